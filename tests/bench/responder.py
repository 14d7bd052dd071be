"""A trivial RADIUS server: it looks at nothing and signs what it is told to say, rightly or wrongly."""

import hashlib
import hmac
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

SECRET = b"a secret of the tests"
WANTED = {1: 2, 4: 5, 12: 2}  # code of the request to code of the reply


def sign(code: int, request: bytes, *, secret: bytes = SECRET, attributes: bytes = b"") -> bytes:
    """Return a reply by the plain reading of RFC 2865 §3 and RFC 2869 §5.14, with the standard library alone."""
    length = 20 + 18 + len(attributes)
    head = bytes((code, request[1])) + length.to_bytes(2, "big")
    zeroed = head + request[4:20] + b"\x50\x12" + bytes(16) + attributes
    signed = b"\x50\x12" + hmac.digest(secret, zeroed, "md5") + attributes
    return head + hashlib.md5(head + request[4:20] + signed + secret, usedforsecurity=False).digest() + signed


def truly(request: bytes) -> bytes:
    """Answer as wanted."""
    return sign(WANTED[request[0]], request)


class Responder:
    """A thread with a socket on a free port; `answer` may return None to say nothing."""

    def __init__(self, answer: Callable[[bytes], bytes | None] = truly) -> None:
        self._answer = answer
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self.port: int = self._socket.getsockname()[1]
        self._ends = False
        self._thread = threading.Thread(target=self.serve)

    def serve(self) -> None:
        """Answer until told to end."""
        while not self._ends:
            try:
                request, source = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            self.reply(request, source)

    def reply(self, request: bytes, source: tuple[str, int]) -> None:
        """Answer one request."""
        reply = self._answer(request)
        if reply is not None:
            self._socket.sendto(reply, source)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends = True
        self._thread.join()
        self._socket.close()
