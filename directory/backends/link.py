"""One connection to one directory server, and the only file that calls ldap3.

ldap3 2.9.1 alone would accept any certificate, follow a referral with the password in clear, and hang on a silent
server. So it is handed a socket that we opened ourselves, told to follow nothing, and each of its failures becomes
one of ours. No text that a server wrote leaves this file.
"""

import ssl
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from select import select
from typing import Any

from ldap3 import BASE, LEVEL, MODIFY_REPLACE, NONE, SAFE_SYNC, SASL, SIMPLE, SUBTREE, Connection, Server, Tls
from ldap3.core.exceptions import LDAPExceptionError
from ldap3.operation.add import add_operation
from ldap3.operation.bind import bind_operation
from ldap3.operation.delete import delete_operation
from ldap3.operation.modify import modify_operation
from ldap3.operation.modifyDn import modify_dn_operation
from ldap3.operation.search import search_operation
from ldap3.protocol.convert import build_controls_list
from ldap3.protocol.rfc2696 import paged_search_control
from ldap3.protocol.rfc4511 import LDAPMessage, MessageID, ProtocolOp
from ldap3.utils.asn1 import encode

from directory.backends.wire import DirectoryServer, DirectorySlow, DirectoryUnavailable, Limits, Wire, dial

PAGE = 500
PAGED_RESULTS = "1.2.840.113556.1.4.319"
# RFC 4511 appendix A. Busy, unavailable and other say something about the server, not about the question.
SUCCESS, REFERRAL, NO_SUCH_OBJECT, INVALID_CREDENTIALS = 0, 10, 32, 49
BUSY, UNAVAILABLE, OTHER = 51, 52, 80

_SCOPES = {"base": BASE, "one": LEVEL, "subtree": SUBTREE}
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.@:")

Attributes = dict[str, list[bytes]]


class OwnCredentialsRefused(DirectoryUnavailable):
    """The server refused the product's own account. Says nothing about any person's password."""

    slow = True


class DirectoryRefused(Exception):  # noqa: N818 - an answer of the directory, not a fault of the program
    """The server answered, and the answer is no: `code` is its result code (RFC 4511 appendix A)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the directory answered with result code {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the product is at the server. Without a DN it is its Unix identity (SASL EXTERNAL, ldapi only)."""

    dn: str = ""
    password: bytes = field(default=b"", repr=False)


def escape_filter(value: str | bytes) -> str:
    r"""Return `value` as an assertion value of a filter (RFC 4515 §3): all but plain ASCII becomes \XX octets."""
    octets = value.encode() if isinstance(value, str) else value
    return "".join(chr(octet) if octet in _PLAIN else f"\\{octet:02x}" for octet in octets)


def escape_rdn(value: str) -> str:
    """Return `value` as an attribute value of a DN (RFC 4514 §2.4). Raises ValueError for an empty one."""
    if not value:
        raise ValueError("an empty value names nothing")
    last = len(value) - 1
    text = []
    for at, char in enumerate(value):
        if char < " " or char == "\x7f":
            text.append(f"\\{ord(char):02x}")
        elif char in '\\,+"<>;=' or (char == " " and at in {0, last}) or (char == "#" and at == 0):
            text.append(f"\\{char}")
        else:
            text.append(char)
    return "".join(text)


def _search(base: str, condition: str, attributes: Sequence[str], scope: str) -> Any:
    # No dereferencing of aliases, no size or time limit of our own (the answer's deadline is the limit).
    # "1.1" asks for no attribute at all (RFC 4511 §4.5.1.8).
    wanted = list(attributes) or ["1.1"]
    return search_operation(base, condition, _SCOPES[scope], 0, wanted, 0, 0, False, False, True)


def _entries(answers: Sequence[Mapping[str, Any]]) -> list[tuple[str, Attributes]]:
    return [
        (answer["dn"], {name: list(values) for name, values in answer["raw_attributes"].items()})
        for answer in answers
        if answer["type"] == "searchResEntry"
    ]


class Link:
    """One open connection; belongs to one thread at a time. Once DirectoryUnavailable was raised it is closed."""

    def __init__(self, server: DirectoryServer, limits: Limits) -> None:
        """Connect. Raises DirectoryUnavailable, or ValueError for a URI that does not protect a password."""
        self.server = server
        self.limits = limits
        self.referrals = 0  # answers that pointed elsewhere: counted, not followed
        self.socket = dial(server, limits.connect)
        self._wire = Wire(self.socket)
        # With a verifying Tls as well, should ldap3 ever open a socket of its own accord.
        tls = Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=server.ca_file or None)
        self._ldap = Connection(
            Server(server.uri, get_info=NONE, tls=tls, connect_timeout=limits.connect),
            client_strategy=SAFE_SYNC,
            auto_referrals=False,
            auto_range=False,
            auto_escape=False,
            check_names=False,
            raise_exceptions=False,
            return_empty_attributes=False,
        )
        # What ldap3's own open() would set up; the version is pinned and tests/directory/test_link.py watches it.
        self._ldap.socket = self._wire
        self._ldap.strategy._outstanding = {}  # noqa: SLF001 - see the line above
        self._ldap.closed = False
        self._ldap.listening = True

    def close(self) -> None:
        """Close without ceremony: either side may just go (RFC 4511 §5.3)."""
        self._ldap.closed = True
        self._ldap.listening = False
        self._wire.close()

    def quiet(self) -> bool:
        """Tell whether a kept connection is open and silent; octets nobody asked for mean that it is ending."""
        try:
            return not select([self.socket], [], [], 0)[0]
        except (OSError, ValueError):
            return False

    def _lost(self, error: Exception) -> DirectoryUnavailable:
        """Close, and return what to raise. ldap3 merges the class of the socket's error into its own."""
        self.close()
        if isinstance(error, TimeoutError):
            return DirectorySlow(f"{self.server.uri}: no answer in time")
        if isinstance(error, LDAPExceptionError | OSError):
            return DirectoryUnavailable(f"{self.server.uri}: connection lost")
        return DirectoryUnavailable(f"{self.server.uri}: answer not understood")

    def _send(self, kind: str, request: Any, controls: Any, seconds: float) -> int:
        """Send one request, return its message id.

        Not by ldap3's send(): that decodes the request again, keeps it with its password, and stumbles over a
        password that is not UTF-8.
        """
        number = int(self._ldap.server.next_message_id())
        message = LDAPMessage()
        message["messageID"] = MessageID(number)
        message["protocolOp"] = ProtocolOp().setComponentByName(kind, request)
        if controls:
            message["controls"] = build_controls_list(controls)
        octets = encode(message)
        self._ldap.strategy._outstanding[number] = {}  # noqa: SLF001 - get_response looks there, and only for the key
        self._wire.begin(seconds)
        try:
            self._wire.sendall(octets)
        except OSError as error:
            raise self._lost(error) from None
        return number

    def _ask(self, kind: str, request: Any, controls: Any = None, *, seconds: float = 0.0) -> tuple[list[Any], Any]:
        """Send one request and return (answers, result). Whatever the server does wrong is DirectoryUnavailable."""
        number = self._send(kind, request, controls, seconds or self.limits.answer)
        try:
            answers, result = self._ldap.get_response(number)
            code = int(result["result"])
            self.referrals += sum(answer["type"] == "searchResRef" for answer in answers) + (code == REFERRAL)
        except Exception as error:  # noqa: BLE001 - ldap3's decoder raises anything at hostile octets
            raise self._lost(error) from None
        return answers, result

    def _settle(self, code: int, fine: Collection[int] = (SUCCESS,)) -> int:
        """Return a code that is fine, else raise what it means."""
        if code in fine:
            return code
        if code in {BUSY, UNAVAILABLE, OTHER}:
            self.close()
            raise DirectoryUnavailable(f"{self.server.uri}: result code {code}")
        raise DirectoryRefused(code)

    def bind(self, dn: str, password: bytes) -> int:
        """Bind by name and password, as they are (RFC 4513 §5.1.3), and return the result code.

        Raises ValueError where one of them is empty: such a bind proves nothing (RFC 4513 §5.1.2, §6.3.1).
        """
        if not dn or not password:
            raise ValueError("an unauthenticated bind proves nothing")
        request = bind_operation(3, SIMPLE, dn, password, auto_encode=True)
        return int(self._ask("bindRequest", request)[1]["result"])

    def authenticate(self, credentials: Credentials) -> None:
        """Become the product's own account. Raises OwnCredentialsRefused where the server will not have it."""
        if credentials.dn:
            code = self.bind(credentials.dn, credentials.password)
        elif self.server.uri.startswith("ldapi:"):
            request = bind_operation(3, SASL, "", None, "EXTERNAL", b"")
            code = int(self._ask("bindRequest", request)[1]["result"])
        else:
            raise ValueError("without a bind DN only the local socket can tell who we are")
        if code in {BUSY, UNAVAILABLE, OTHER}:
            self._settle(code)
        if code != SUCCESS:
            self.close()
            raise OwnCredentialsRefused(f"{self.server.uri}: own account refused, result code {code}")

    def page(
        self, base: str, condition: str, attributes: Sequence[str], scope: str, cookie: bytes
    ) -> tuple[list[tuple[str, Attributes]], bytes]:
        """Return one page of a search and the cookie of the next page, empty after the last (RFC 2696)."""
        request = _search(base, condition, attributes, scope)
        control = paged_search_control(False, PAGE, cookie or None)
        answers, result = self._ask("searchRequest", request, [control])
        self._settle(result["result"])
        following = result.get("controls", {}).get(PAGED_RESULTS)
        return _entries(answers), bytes(following["value"]["cookie"]) if following else b""

    def read(self, dn: str, attributes: Sequence[str]) -> Attributes | None:
        """Return the attributes of one entry, or None where there is none (or none that we may see)."""
        answers, result = self._ask("searchRequest", _search(dn, "(objectClass=*)", attributes, "base"))
        self._settle(result["result"], (SUCCESS, NO_SUCH_OBJECT))
        found = _entries(answers)
        return found[0][1] if found else None

    def send_search(
        self, base: str, condition: str, attributes: Sequence[str], controls: Sequence[tuple[str, bool, bytes]]
    ) -> int:
        """Send a search of the subtree and return its message id; the answers are the caller's to read."""
        request = _search(base, condition, attributes, "subtree")
        return self._send("searchRequest", request, controls, self.limits.answer)

    def _write(self, kind: str, request: Any) -> None:
        code = int(self._ask(kind, request, seconds=self.limits.write)[1]["result"])
        # To a write, "other" is an answer: the entry could not be stored (a full map), while reads go on.
        if code == OTHER:
            raise DirectoryRefused(code)
        self._settle(code)

    def add(self, dn: str, attributes: Mapping[str, Sequence[bytes]]) -> None:
        """Add an entry; attributes without a value are left out."""
        self._write("addRequest", add_operation(dn, {k: list(v) for k, v in attributes.items() if v}, True))

    def modify(self, dn: str, changes: Mapping[str, Sequence[bytes]]) -> None:
        """Give each attribute exactly these values; without a value it is removed."""
        wanted = {name: [(MODIFY_REPLACE, list(values))] for name, values in changes.items()}
        self._write("modifyRequest", modify_operation(dn, wanted, True))

    def delete(self, dn: str) -> None:
        """Delete an entry that has none below it."""
        self._write("delRequest", delete_operation(dn))

    def rename(self, dn: str, new_rdn: str, new_superior: str | None) -> None:
        """Rename, move, or both. The old RDN's value goes: a person has one uid only."""
        self._write("modDNRequest", modify_dn_operation(dn, new_rdn, True, new_superior))
