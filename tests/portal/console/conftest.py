"""What the tests of several rooms need."""

import pytest

from access import devices


@pytest.fixture
def switch(knowledge):
    """Register a switch, 1; return its number and secret."""
    with knowledge.store.write() as unit:
        return devices.add(unit, "test", knowledge.sealer, name="sw-0", prefix="127.0.0.9", vendor="h3c", site="南关")
