"""Servers that misbehave in a way that no real one can be asked to."""

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from directory.backends.private_authority import ensure_certificate

Behaviour = Callable[[socket.socket], None]


def silent(connection: socket.socket) -> None:
    """Take whatever comes and never answer."""
    with suppress(OSError):
        while connection.recv(65536):
            pass


def gone(connection: socket.socket) -> None:
    """Take one request and hang up."""
    connection.recv(65536)


def trickling(connection: socket.socket) -> None:
    """Answer the first request for ever, one octet at a time."""
    connection.recv(65536)
    with suppress(OSError):
        connection.sendall(b"\x30\x83\x10\x00\x00\x02\x01")
        while True:
            connection.sendall(b"\x01")
            time.sleep(0.05)


def saying(*answers: bytes) -> Behaviour:
    """Answer each request with the next of these octets, then keep silent. MM stands for the request's message id."""

    def behave(connection: socket.socket) -> None:
        for answer in answers:
            request = connection.recv(65536)
            if not request:
                return
            connection.sendall(answer.replace(b"MM", message_id(request)))
        silent(connection)

    return behave


def message_id(request: bytes) -> bytes:
    """Return the message id of a request as two octets."""
    at = 2 if request[1] < 0x80 else 2 + (request[1] & 0x7F)
    octets = request[at + 2 : at + 2 + request[at + 1]]
    return int.from_bytes(octets).to_bytes(2)


def result(tag: int, code: int = 0) -> bytes:
    """Return an LDAPMessage with such a result, for the message id MM."""
    operation = b"\x0a" + (b"\x01" + bytes((code,)) if code < 0x80 else b"\x02" + code.to_bytes(2))
    operation += b"\x04\x00\x04\x00"
    inner = b"\x02\x02MM" + bytes((tag, len(operation))) + operation
    return bytes((0x30, len(inner))) + inner


def certify(where: Path, *names: str) -> Path:
    """Make ca.pem, server.pem and server.key for these names; return `where` they are."""
    ensure_certificate(where, where, names=names, owner=(os.getuid(), os.getgid()), now=datetime.now(UTC))
    return where


def speaking_tls(where: Path) -> Behaviour:
    """Shake hands with the certificate in `where`, then keep silent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(where / "server.pem", where / "server.key")

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection.dup(), server_side=True) as wrapped:
            silent(wrapped)

    return behave


class Rogue:
    """Such a server, on a local socket or a TCP port of the loopback address."""

    def __init__(self, listener: socket.socket, behaviour: Behaviour, uri: str) -> None:
        self.uri = uri
        self.contacts = 0
        self._listener = listener
        self._behaviour = behaviour
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return
            self.contacts += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            self._behaviour(connection)
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        """End all threads and close all sockets."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()
        for connection in self._open:
            connection.close()


@contextmanager
def rogue(where: Path, behaviour: Behaviour) -> Iterator[Rogue]:
    """Run such a server on the local socket `where`."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(where))
    listener.listen(16)
    server = Rogue(listener, behaviour, "ldapi://" + quote(str(where), safe=""))
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def rogue_tcp(behaviour: Behaviour) -> Iterator[Rogue]:
    """Run such a server on a TCP port; its URI says ldaps, whatever it speaks."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Rogue(listener, behaviour, f"ldaps://127.0.0.1:{listener.getsockname()[1]}")
    try:
        yield server
    finally:
        server.stop()
