"""Whether the service runs."""

import pytest

from operate.exits import CommandFailed, Exit
from operate.liveness import need_service, service_answers


def test_a_service_is_asked_at_its_health_address(operator, service):
    """It answers while it lives, and not afterwards."""
    assert service_answers(operator.settings) is True
    need_service(operator.settings)
    service()
    assert service_answers(operator.settings) is False
    with pytest.raises(CommandFailed) as caught:
        need_service(operator.settings)
    assert caught.value.exit_code is Exit.UNAVAILABLE


def test_without_a_health_address_nobody_can_tell(operator):
    """Then a command goes on, and waits for what only the service does."""
    assert service_answers(operator.settings) is None
    need_service(operator.settings)
