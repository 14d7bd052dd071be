"""A real embedded OpenLDAP server for tests."""

import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from directory.backends.embedded import EmbeddedDirectory
from directory.settings import DirectorySettings

SUFFIX = "dc=truename,dc=internal"


def free_port() -> int:
    """Return a TCP port of the loopback address that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _state(stack: ExitStack) -> Path:
    # Short, because the path of a Unix socket has at most 107 octets.
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tn-")))


@pytest.fixture(scope="session")
def directory_server() -> Iterator[EmbeddedDirectory]:
    """One running directory for the whole session, with ldaps:// on the loopback address.

    Whoever writes into it takes an own unit or own names below ou=orgs, and leaves the server running.
    """
    with ExitStack() as stack:
        settings = DirectorySettings(suffix=SUFFIX, city="测试市", listen=f"127.0.0.1:{free_port()}")
        directory = EmbeddedDirectory(_state(stack), settings)
        stack.callback(directory.stop)
        directory.start()
        yield directory


@pytest.fixture
def make_directory() -> Iterator[Callable[..., EmbeddedDirectory]]:
    """Return a function that makes a directory of its own, not yet prepared nor started; arguments are settings.

    `state=` puts it into a directory that the test chose. Whatever runs at the end of the test is stopped.
    """
    with ExitStack() as stack:

        def make(*, state: Path | None = None, **settings: Any) -> EmbeddedDirectory:
            chosen = DirectorySettings(**{"suffix": SUFFIX, "city": "测试市", **settings})
            directory = EmbeddedDirectory(_state(stack) if state is None else state, chosen)
            stack.callback(directory.stop)
            return directory

        yield make
