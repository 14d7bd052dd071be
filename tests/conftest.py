"""The fixtures that every test may ask for, and how long a test may take."""

import logging

import pytest
import structlog

LONG = 3600  # seconds for a test that is known to take minutes

pytest_plugins = [
    "tests.support.databases",
    "tests.support.directory_server",
    "tests.support.product",
    "tests.support.doors",
    "tests.support.network",
    "tests.support.running_demo",
    "tests.support.browser",
    "tests.support.console_browser",
]


def pytest_collection_modifyitems(items):
    """Give tests that are marked long a time of their own; the others have that of pyproject.toml."""
    for item in items:
        if item.get_closest_marker("long") is not None:
            item.add_marker(pytest.mark.timeout(LONG))


@pytest.fixture(autouse=True)
def _logs_of_its_own():
    """End what a command set up in this process: its level would silence the logs that later tests look at."""
    yield
    structlog.reset_defaults()
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    root.handlers[:] = [one for one in root.handlers if type(one).__module__ != "operate.logs"]
