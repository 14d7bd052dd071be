"""A switch that speaks octets: builds requests and checks answers with nothing of radius/, so that two must agree."""

import hashlib
import hmac
import socket
import struct
from dataclasses import dataclass, field

from passlib.crypto.des import des_encrypt_block
from passlib.hash import nthash

Attributes = list[tuple[int, bytes]]


def encode(attributes: Attributes) -> bytes:
    """Write attributes as RFC 2865 §5 has them."""
    return b"".join(bytes((kind, len(value) + 2)) + value for kind, value in attributes)


def decode(octets: bytes) -> Attributes:
    """Read the attributes of a packet that is well framed."""
    found, at = [], 20
    while at < len(octets):
        found.append((octets[at], octets[at + 2 : at + octets[at + 1]]))
        at += octets[at + 1]
    return found


def vendor(number: int, kind: int, value: bytes) -> tuple[int, bytes]:
    """A vendor-specific attribute with one sub-attribute (RFC 2865 §5.26)."""
    return 26, struct.pack(">IBB", number, kind, len(value) + 2) + value


def nt_response(name: str, password: str, authenticator_challenge: bytes, peer_challenge: bytes) -> bytes:
    """NT-Response (RFC 2759 §8.1), with passlib's DES and not the product's."""
    challenge = hashlib.sha1(peer_challenge + authenticator_challenge + name.encode()).digest()[:8]
    keys = nthash.raw(password) + bytes(5)
    return b"".join(des_encrypt_block(keys[at : at + 7], challenge) for at in (0, 7, 14))


@dataclass
class Answer:
    """What came back."""

    code: int
    identifier: int
    attributes: Attributes
    octets: bytes

    def first(self, kind: int) -> bytes | None:
        """The first value of a type."""
        return next((value for found, value in self.attributes if found == kind), None)

    @property
    def vlan(self) -> str | None:
        """Tunnel-Private-Group-Id without its tag."""
        value = self.first(81)
        if value is None:
            return None
        return (value[1:] if value[0] < 0x20 else value).decode()


@dataclass
class Switch:
    """One device with its secret; `identifier` and `authenticator` move on with each request."""

    secret: bytes
    identity: Attributes = field(default_factory=lambda: [(4, bytes((192, 0, 2, 1))), (32, b"switch-1")])
    identifier: int = 0

    def _authenticator(self) -> bytes:
        self.identifier = (self.identifier + 1) % 256
        return hashlib.md5(b"%d %d" % (self.identifier, id(self))).digest()

    def hide(self, password: bytes, authenticator: bytes) -> bytes:
        """User-Password (RFC 2865 §5.2)."""
        padded = password + bytes(-len(password) % 16) if password else bytes(16)
        hidden, last = b"", authenticator
        for start in range(0, len(padded), 16):
            stream = hashlib.md5(self.secret + last).digest()
            last = bytes(a ^ b for a, b in zip(padded[start : start + 16], stream, strict=True))
            hidden += last
        return hidden

    def request(self, code: int, attributes: Attributes, authenticator: bytes, *, sign: bool = True) -> bytes:
        """An Access-Request or Status-Server; Message-Authenticator first where signed (RFC 3579 §3.2)."""
        body = encode(attributes)
        if sign:
            body = bytes((80, 18)) + bytes(16) + body
        packet = struct.pack(">BBH", code, self.identifier, 20 + len(body)) + authenticator + body
        if sign:
            packet = packet[:22] + hmac.digest(self.secret, packet, "md5") + packet[38:]
        return packet

    def pap(self, name: str, password: str, extra: Attributes | None = None, *, sign: bool = True) -> bytes:
        """A PAP login on wired port 7."""
        authenticator = self._authenticator()
        attributes = [(1, name.encode()), (2, self.hide(password.encode(), authenticator)), *self.identity]
        attributes += [(5, (7).to_bytes(4, "big")), (61, (15).to_bytes(4, "big")), (87, b"GE1/0/7")]
        attributes += extra if extra is not None else [(31, b"02-00-00-00-00-07")]
        return self.request(1, attributes, authenticator, sign=sign)

    def chap(self, name: str, password: str) -> bytes:
        """A CHAP login with the Request Authenticator as challenge (RFC 2865 §5.3)."""
        authenticator = self._authenticator()
        response = hashlib.md5(b"\x09" + password.encode() + authenticator).digest()
        attributes = [(1, name.encode()), (3, b"\x09" + response), *self.identity, (61, (15).to_bytes(4, "big"))]
        return self.request(1, attributes, authenticator)

    def mschapv2(self, name: str, password: str) -> bytes:
        """An MS-CHAPv2 login (RFC 2759, RFC 2548 §2.3)."""
        authenticator = self._authenticator()
        ours, theirs = (
            hashlib.sha256(authenticator).digest()[:16],
            hashlib.sha256(b"peer" + authenticator).digest()[:16],
        )
        response = b"\x05\x00" + theirs + bytes(8) + nt_response(name, password, ours, theirs)
        attributes = [(1, name.encode()), vendor(311, 11, ours), vendor(311, 25, response), *self.identity]
        return self.request(1, [*attributes, (61, (15).to_bytes(4, "big"))], authenticator)

    def mac(self, name: str, calling: str) -> bytes:
        """A MAC authentication (Service-Type Call-Check)."""
        authenticator = self._authenticator()
        attributes = [(1, name.encode()), (2, self.hide(name.encode(), authenticator)), *self.identity]
        attributes += [(6, (10).to_bytes(4, "big")), (31, calling.encode()), (61, (15).to_bytes(4, "big"))]
        return self.request(1, attributes, authenticator)

    def status(self) -> bytes:
        """Status-Server (RFC 5997)."""
        return self.request(12, list(self.identity), self._authenticator())

    def accounting(self, status: int, session: str, attributes: Attributes | None = None) -> bytes:
        """An Accounting-Request (RFC 2866 §3)."""
        self._authenticator()
        every = [(40, status.to_bytes(4, "big")), (44, session.encode()), *self.identity, *(attributes or [])]
        body = encode(every)
        head = struct.pack(">BBH", 4, self.identifier, 20 + len(body))
        return head + hashlib.md5(head + bytes(16) + body + self.secret).digest() + body

    def read(self, answer: bytes, request: bytes) -> Answer:
        """Check Response Authenticator and Message-Authenticator of an answer, and cut it."""
        wanted = hashlib.md5(answer[:4] + request[4:20] + answer[20:] + self.secret).digest()
        assert answer[4:20] == wanted, f"Response Authenticator: {answer.hex()} to {request.hex()}"
        attributes = decode(answer)
        if answer[0] in (2, 3, 11):
            assert attributes[0][0] == 80, "Message-Authenticator comes first"
            unsigned = answer[:4] + request[4:20] + answer[20:22] + bytes(16) + answer[38:]
            assert answer[22:38] == hmac.digest(self.secret, unsigned, "md5"), "Message-Authenticator"
        assert answer[1] == request[1], "Identifier"
        return Answer(answer[0], answer[1], attributes, answer)

    def ask(
        self, request: bytes, address: tuple[str, int], *, tries: int = 3, seconds: float = 3.0, source: str = ""
    ) -> Answer | None:
        """Send a request over UDP and wait for the answer, repeating as a switch does; None where none came.

        `source` is the own address to send from, where it matters.
        """
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as wire:
            wire.settimeout(seconds)
            if source:
                wire.bind((source, 0))
            wire.connect(address)
            for _ in range(tries):
                wire.send(request)
                try:
                    return self.read(wire.recv(4096), request)
                except (TimeoutError, ConnectionRefusedError):
                    continue
        return None
