"""Nudges between processes on SQLite: an empty Unix datagram says "there is something new, look".

Every follower owns one socket in a directory; a writer sends to all that it finds there. A nudge carries no meaning
and may be lost: whoever follows also looks by itself from time to time.
"""

import contextlib
import os
import secrets
import select
import socket
from pathlib import Path

_SUFFIX = ".nudge"


def _reach(directory: int, name: str) -> str:
    # An address of AF_UNIX holds 107 octets; the way over our own descriptor is short, whatever the directory.
    return f"/proc/self/fd/{directory}/{name}"


def nudge_all(directory: Path) -> None:
    """Nudge every follower in `directory`; sockets that nobody owns any more are removed. Never waits or raises.

    What is told about is committed already: a nudge that cannot be sent must not look like a failure of that.
    """
    with contextlib.suppress(OSError):
        _nudge_all(directory)


def _nudge_all(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            for name in os.listdir(handle):  # noqa: PTH208 - a descriptor, not a path
                if not name.endswith(_SUFFIX):
                    continue
                try:
                    sender.sendto(b"", _reach(handle, name))
                except ConnectionRefusedError:
                    # Its owner died without a word. Names are random, so no living socket can be meant.
                    with contextlib.suppress(OSError):
                        os.unlink(name, dir_fd=handle)
                except OSError:
                    continue  # its queue is full (it will look anyway), or it went away just now
    finally:
        os.close(handle)


class Nudged:
    """One follower's socket. Use it from one thread; `wake` may be called from any."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._name = secrets.token_hex(8) + _SUFFIX
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            self._socket.bind(_reach(self._directory, self._name))
            os.chmod(self._name, 0o600, dir_fd=self._directory)
        except OSError:
            self.close()
            raise

    def wait(self, seconds: float) -> None:
        """Return after the next nudge, or after `seconds`. All nudges that are there count as one."""
        select.select([self._socket], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(1)

    def wake(self) -> None:
        """Make the current or next `wait` return at once."""
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender,
        ):
            sender.setblocking(False)
            sender.sendto(b"", _reach(self._directory, self._name))

    def close(self) -> None:
        """Remove the socket."""
        self._socket.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._name, dir_fd=self._directory)
        os.close(self._directory)
