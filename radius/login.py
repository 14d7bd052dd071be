"""Access-Request → which proof, of whom, from where. Shape only: nothing here knows who exists."""

from typing import NamedTuple

from access.device_table import Device
from access.evidence import STRENGTH, Evidence, Medium, Method, Place
from access.reasons import Reason
from directory.challenge import ChapProof, MsChapV2Proof, PapProof, Proof
from directory.person import Endpoint, Person, normal_login
from radius.hardware import normal_hardware, station_and_ssid
from radius.integrity import PasswordHidingBroken, Secret
from radius.packet import Attribute, Packet, read_address, read_integer, vendor_attributes

MICROSOFT = 311
MS_CHAP_RESPONSE, MS_CHAP_CHALLENGE, MS_CHAP2_RESPONSE = 1, 11, 25  # RFC 2548 §2
CALL_CHECK = 10  # Service-Type of a MAC authentication (RFC 2865 §5.6)
LONGEST_NAME = 253

# Plain numbers and members: on CPython 3.11 reading one through its enum costs ten times as much.
_USER_NAME = int(Attribute.USER_NAME)
_USER_PASSWORD = int(Attribute.USER_PASSWORD)
_CHAP_PASSWORD = int(Attribute.CHAP_PASSWORD)
_NAS_IP_ADDRESS = int(Attribute.NAS_IP_ADDRESS)
_NAS_PORT = int(Attribute.NAS_PORT)
_SERVICE_TYPE = int(Attribute.SERVICE_TYPE)
_FRAMED_IP_ADDRESS = int(Attribute.FRAMED_IP_ADDRESS)
_CALLED_STATION_ID = int(Attribute.CALLED_STATION_ID)
_CALLING_STATION_ID = int(Attribute.CALLING_STATION_ID)
_NAS_IDENTIFIER = int(Attribute.NAS_IDENTIFIER)
_CHAP_CHALLENGE = int(Attribute.CHAP_CHALLENGE)
_NAS_PORT_TYPE = int(Attribute.NAS_PORT_TYPE)
_EAP_MESSAGE = int(Attribute.EAP_MESSAGE)
_NAS_PORT_ID = int(Attribute.NAS_PORT_ID)
_NAS_IPV6_ADDRESS = int(Attribute.NAS_IPV6_ADDRESS)
_PAP, _MAC = Method.PAP, Method.MAC
_UNKNOWN, _WIRELESS = Medium.UNKNOWN, Medium.WIRELESS

# NAS-Port-Type (RFC 2865 §5.41): what a rule may tell apart.
_MEDIUM = {
    15: Medium.WIRED,
    19: Medium.WIRELESS,
    5: Medium.REMOTE,
    0: Medium.REMOTE,
    1: Medium.REMOTE,
    2: Medium.REMOTE,
    16: Medium.REMOTE,
    17: Medium.REMOTE,
    18: Medium.WIRELESS,
}


class LoginRequest(NamedTuple):
    """What one Access-Request says, read once; `refused` is set where its shape alone forbids an answer yes."""

    packet: Packet
    device: Device
    place: Place
    secret: Secret
    claimed: str  # the name as claimed, printable
    login: str  # the name to look up; empty for a hardware address
    method: Method
    proof: Proof | None
    hardware: str | None
    medium: Medium
    ssid: str | None
    port: str | None
    address: str | None
    refused: Reason | None = None
    eap: int | None = None  # Identifier of an EAP packet that waits for its Failure


def printable(octets: bytes) -> str:
    """Make text of octets that came from outside: UTF-8 where it is, and nothing that moves a cursor.

    Octets that are no UTF-8, control characters, and marks that turn the direction of text come out as escapes.
    """
    text = octets.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def split_realm(name: str, local_realms: frozenset[str]) -> str | None:
    """Return the login name without a realm of ours (RFC 7542 §2.2), or None where the name is not well formed.

    A foreign realm stays in the name: nobody of that name exists here, and relaying has its own place.
    """
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or name != name.strip():
        return None
    user, at, realm = name.partition("@")
    if not at:
        return name
    if not user or not realm or "@" in realm:
        return None
    return user if realm.casefold() in local_realms else name


def _microsoft(packet: Packet, name: bytes) -> tuple[Proof | None, Reason | None]:
    """Find MS-CHAPv2 (RFC 2548 §2.3.2: ident, flags, peer challenge 16, reserved 8, response 24)."""
    challenge: bytes | None = None
    response: bytes | None = None
    for number, kind, value in vendor_attributes(packet):
        if number != MICROSOFT:
            continue
        if kind == MS_CHAP_CHALLENGE:
            challenge = value
        elif kind == MS_CHAP2_RESPONSE:
            response = value
        elif kind == MS_CHAP_RESPONSE:
            return None, Reason.METHOD_NOT_ALLOWED  # version 1 gives its key away (RFC 2759 §1)
    if response is None:
        return None, None
    if challenge is None or len(challenge) != 16 or len(response) != 50:
        return None, Reason.REQUEST_INCOMPLETE
    # The name that was hashed is without the domain in front (RFC 2759 §4).
    return MsChapV2Proof(challenge, response[2:18], response[26:50], name.rpartition(b"\\")[2], response[0]), None


def _proof(
    packet: Packet, found: dict[int, bytes], secret: Secret, name: bytes
) -> tuple[Method, Proof | None, Reason | None]:
    hidden = found.get(_USER_PASSWORD)
    chap = found.get(_CHAP_PASSWORD)
    if hidden is not None:
        if chap is not None:
            return Method.PAP, None, Reason.REQUEST_CONTRADICTORY  # RFC 2865 §4.1
        try:
            return _PAP, PapProof(secret.unhide_password(hidden, packet.authenticator)), None
        except PasswordHidingBroken:
            return Method.PAP, None, Reason.REQUEST_INCOMPLETE
    if chap is not None:
        # The challenge is attribute 60, or else the Request Authenticator (RFC 2865 §5.3).
        if len(chap) != 17:
            return Method.CHAP, None, Reason.REQUEST_INCOMPLETE
        challenge = found.get(_CHAP_CHALLENGE, packet.authenticator)
        return Method.CHAP, ChapProof(chap[0], challenge, chap[1:]), None
    proof, refused = _microsoft(packet, name)
    if proof is not None or refused is not None:
        return Method.MSCHAPV2, proof, refused
    return Method.PAP, None, Reason.REQUEST_INCOMPLETE  # RFC 2865 §4.1: some credential is needed


def read_login(
    packet: Packet, device: Device, place: Place, secret: Secret, local_realms: frozenset[str]
) -> LoginRequest:
    """Read an Access-Request whose framing and authenticators are proven. Never raises on hostile content."""
    found = packet.found
    name = found.get(_USER_NAME, b"")
    claimed = printable(name)
    station = found.get(_CALLING_STATION_ID)
    hardware = normal_hardware(station) if station is not None else None
    port = found.get(_NAS_PORT_ID) or None
    if port is not None:
        where: str | None = printable(port)
    else:
        number = read_integer(found.get(_NAS_PORT))
        where = None if number is None else str(number)
    called = found.get(_CALLED_STATION_ID)
    medium = _MEDIUM.get(read_integer(found.get(_NAS_PORT_TYPE)) or -1, _UNKNOWN)
    ssid = None
    if called is not None and medium is _WIRELESS:
        ssid = printable(station_and_ssid(called)[1] or b"") or None

    refused: Reason | None = None
    eap: int | None = None
    login = ""
    proof: Proof | None = None
    method = _MAC
    named_hardware = normal_hardware(name) if len(name) >= 12 else None
    message = found.get(_EAP_MESSAGE)
    if not (_NAS_IP_ADDRESS in found or _NAS_IDENTIFIER in found or _NAS_IPV6_ADDRESS in found):
        refused = Reason.REQUEST_INCOMPLETE  # RFC 2865 §4.1: a device says which one it is
    elif message is not None:
        eap = message[1] if len(message) >= 2 else 0
        method = Method.PAP
        contradictory = _USER_PASSWORD in found or _CHAP_PASSWORD in found
        refused = Reason.REQUEST_CONTRADICTORY if contradictory else Reason.EAP_NOT_SERVED  # RFC 3579 §2.2
    elif read_integer(found.get(_SERVICE_TYPE)) == CALL_CHECK or (
        named_hardware is not None and named_hardware == hardware
    ):
        if named_hardware is None or named_hardware != hardware:
            refused = Reason.HARDWARE_MISMATCH
    else:
        method, proof, refused = _proof(packet, found, secret, name)
        if name.isalnum():  # ASCII letters and digits, as most names are
            login = claimed.lower()
        else:
            user = split_realm(name.decode("utf-8", "replace"), local_realms)
            if user is None or "\ufffd" in user:
                refused = refused or Reason.NAME_MALFORMED
            else:
                login = normal_login(user)
    address = read_address(found.get(_FRAMED_IP_ADDRESS))
    return LoginRequest(
        packet, device, place, secret, claimed, login, method, proof, hardware, medium, ssid, where, address, refused,
        eap,
    )  # fmt: skip


def evidence_of(request: LoginRequest, subject: Person | Endpoint | None) -> Evidence:
    """Put what the packet said beside whom the directory knows."""
    return Evidence(
        subject,
        request.method,
        STRENGTH[request.method],
        request.place,
        request.hardware,
        request.medium,
        request.ssid,
        request.port,
        request.address,
    )
