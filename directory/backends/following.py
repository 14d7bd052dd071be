"""The thread of a follower: one server after the other, for as long as it runs, whatever goes wrong with them.

How changes are heard of differs by server (openldap, polling). Which server is asked, how soon again after a failure,
what is said about it, and how it ends is the same.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence

import structlog

from directory.backends.connection import (
    CertificateRefused,
    DirectoryRefused,
    DirectoryServer,
    DirectoryUnavailable,
    OwnCredentialsRefused,
    check,
)
from directory.ber import MalformedSync

# Seconds between attempts; doubled from the first to the last while nothing works.
FIRST_PAUSE, LAST_PAUSE = 0.1, 5.0

log = structlog.get_logger()


class Resume(Exception):  # noqa: N818 - a way out of a session, not an error
    """End this session and begin the next one with the same server at once."""


class Following(ABC):
    """A thread that turns a directory into events; a backend says how one server is followed."""

    def __init__(self, servers: Sequence[DirectoryServer]) -> None:
        """Prepare to follow `servers`, in order of preference. Raises ValueError as DirectoryPool does."""
        if not servers:
            raise ValueError("nobody to follow")
        for server in servers:
            check(server)
        self._servers = tuple(servers)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="directory follower", daemon=True)
        self.server: str | None = None  # URI of the server that is followed now; None while there is none

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it: at once, or after the time-out of a connection being made."""
        self._stopping.set()
        self._interrupt()
        if self._thread.ident is not None:
            self._thread.join()

    @abstractmethod
    def _follow(self, server: DirectoryServer) -> None:
        """Follow one server until it fails, and set `server` once it is followed. Called in the thread."""

    @abstractmethod
    def _interrupt(self) -> None:
        """Have `_follow` notice that it is to stop, whatever it waits for. Called by any thread."""

    @abstractmethod
    def _distrust(self) -> None:
        """Go on from nothing that is known: the server was not understood, or the fault is ours."""

    def _run(self) -> None:
        at, pause = 0, FIRST_PAUSE
        while not self._stopping.is_set():
            server = self._servers[at]
            try:
                self._follow(server)
            except Resume:
                self.server = None
                continue
            except Exception as error:  # noqa: BLE001 - the thread must live: else the mirror grows old, nobody gets in
                if self._stopping.is_set():
                    return  # how a connection ends that was interrupted tells nothing
                self._failed(server, error)
            followed, self.server = self.server is not None, None
            pause = FIRST_PAUSE if followed else min(pause * 2, LAST_PAUSE)
            at = (at + 1) % len(self._servers)
            self._stopping.wait(pause)

    def _failed(self, server: DirectoryServer, error: Exception) -> None:
        uri = server.uri
        if isinstance(error, CertificateRefused | OwnCredentialsRefused):
            log.error("directory cannot be followed", server=uri, reason=str(error))
        elif isinstance(error, DirectoryUnavailable):
            log.warning("directory lost", server=uri, reason=str(error))
        elif isinstance(error, DirectoryRefused):
            # Most likely a limit or a right of our account (RFC 4511 appendix A: 3, 4, 11, 50): an operator's matter.
            log.error("directory cannot be read", server=uri, result=error.code)
        elif isinstance(error, MalformedSync):
            self._distrust()
            log.error("directory not understood", server=uri, reason=str(error))
        else:
            self._distrust()
            log.error("directory follower failed", server=uri, exc_info=error)
