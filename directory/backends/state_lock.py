"""One owner for a state directory, through the life of a process."""

import fcntl
import os
from pathlib import Path


class StateInUse(Exception):  # noqa: N818 - the name is the sentence
    """Another process owns this state directory."""


class StateLock:
    """An flock(2) on one file.

    A second slapd on the same data starts without complaint and takes the socket away from the first, so slapd
    itself is no guard. The kernel gives the lock back however the process ends; slapd does not inherit it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def taken(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def take(self) -> None:
        """Take the lock, or raise StateInUse at once. Harmless when it is held already."""
        if self._descriptor is not None:
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            whom = f" (process {owner})" if owner.isdigit() else ""
            raise StateInUse(f"{self._path.parent} is in use by another process{whom}") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)  # for that message only; the lock is what counts
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back. Harmless when it is not held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
