"""Ask a RADIUS server whether it lives, and find it a port."""

import os
import socket

from bench.codec import UNSIGNED, Key, fault, status_request


def answers(host: str, port: int, secret: str, *, within: float = 0.2) -> bool:
    """Say whether a server gives a correct answer to Status-Server within that many seconds (RFC 5997).

    Its Response Authenticator proves the secret. FreeRADIUS 3.2 does not sign this one answer, so that is let pass.
    """
    key = Key(secret.encode())
    authenticator = os.urandom(16)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(within)
        try:
            probe.connect((host, port))
            probe.send(status_request(0, authenticator, key))
            return fault(probe.recv(4096), 0, authenticator, key) in {None, UNSIGNED}
        except OSError:  # nobody there yet, or silent
            return False


def free_ports(count: int) -> list[int]:
    """Return UDP ports of the loopback address that nobody used a moment ago."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()
