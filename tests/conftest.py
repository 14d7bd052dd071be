"""The fixtures that every test may ask for."""

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
