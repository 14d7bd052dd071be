"""RADIUS packets: strict framing in one pass over `bytes`, and the encoding of attributes.

Grammar (RFC 2865 §3, §5; every number in network order):

    packet    = code(1) identifier(1) length(2) authenticator(16) *attribute
    attribute = type(1) length(1) value(length - 2)

Framing errors discard the packet; what a value means is judged by whoever reads it (RFC 6929 §2.8).
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from radius.drops import Drop

HEADER = 20
LONGEST_PACKET = 4096
LONGEST_VALUE = 253
LONGEST_VENDOR_VALUE = 247  # 253 less vendor number (4), vendor type (1), vendor length (1)
MOST_ATTRIBUTES = 200


class Code(IntEnum):
    """Packet codes (RFC 2865 §4, RFC 2866 §4, RFC 5176 §2.3, RFC 5997 §2, RFC 7930 §4)."""

    ACCESS_REQUEST = 1
    ACCESS_ACCEPT = 2
    ACCESS_REJECT = 3
    ACCOUNTING_REQUEST = 4
    ACCOUNTING_RESPONSE = 5
    ACCESS_CHALLENGE = 11
    STATUS_SERVER = 12
    DISCONNECT_REQUEST = 40
    DISCONNECT_ACK = 41
    DISCONNECT_NAK = 42
    COA_REQUEST = 43
    COA_ACK = 44
    COA_NAK = 45
    PROTOCOL_ERROR = 52


class Attribute(IntEnum):
    """Attribute types that the product reads or writes."""

    USER_NAME = 1  # RFC 2865
    USER_PASSWORD = 2
    CHAP_PASSWORD = 3
    NAS_IP_ADDRESS = 4
    NAS_PORT = 5
    SERVICE_TYPE = 6
    FRAMED_PROTOCOL = 7
    FRAMED_IP_ADDRESS = 8
    FILTER_ID = 11
    FRAMED_MTU = 12
    REPLY_MESSAGE = 18
    STATE = 24
    CLASS = 25
    VENDOR_SPECIFIC = 26
    SESSION_TIMEOUT = 27
    IDLE_TIMEOUT = 28
    TERMINATION_ACTION = 29
    CALLED_STATION_ID = 30
    CALLING_STATION_ID = 31
    NAS_IDENTIFIER = 32
    PROXY_STATE = 33
    ACCT_STATUS_TYPE = 40  # RFC 2866
    ACCT_DELAY_TIME = 41
    ACCT_INPUT_OCTETS = 42
    ACCT_OUTPUT_OCTETS = 43
    ACCT_SESSION_ID = 44
    ACCT_AUTHENTIC = 45
    ACCT_SESSION_TIME = 46
    ACCT_INPUT_PACKETS = 47
    ACCT_OUTPUT_PACKETS = 48
    ACCT_TERMINATE_CAUSE = 49
    ACCT_MULTI_SESSION_ID = 50
    ACCT_LINK_COUNT = 51
    ACCT_INPUT_GIGAWORDS = 52  # RFC 2869
    ACCT_OUTPUT_GIGAWORDS = 53
    EVENT_TIMESTAMP = 55
    EGRESS_VLANID = 56  # RFC 4675
    CHAP_CHALLENGE = 60  # RFC 2865
    NAS_PORT_TYPE = 61
    TUNNEL_TYPE = 64  # RFC 2868
    TUNNEL_MEDIUM_TYPE = 65
    CONNECT_INFO = 77  # RFC 2869
    EAP_MESSAGE = 79
    MESSAGE_AUTHENTICATOR = 80
    TUNNEL_PRIVATE_GROUP_ID = 81  # RFC 2868
    ACCT_INTERIM_INTERVAL = 85  # RFC 2869
    NAS_PORT_ID = 87
    CHARGEABLE_USER_IDENTITY = 89  # RFC 4372
    NAS_FILTER_RULE = 92  # RFC 4849
    NAS_IPV6_ADDRESS = 95  # RFC 3162
    FRAMED_INTERFACE_ID = 96
    FRAMED_IPV6_PREFIX = 97
    ERROR_CAUSE = 101  # RFC 5176
    DELEGATED_IPV6_PREFIX = 123  # RFC 4818
    FRAMED_IPV6_ADDRESS = 168  # RFC 6911


class MalformedPacket(ValueError):  # noqa: N818 - the condition is the name, as the sentences of Drop have it
    """The octets are no RADIUS packet; `drop` says why. The only error that parsing raises."""

    def __init__(self, drop: Drop) -> None:
        """Keep the reason; no octet of the packet enters the text."""
        super().__init__(drop.label)
        self.drop = drop


class Packet(NamedTuple):
    """A packet that is well framed, and not yet believed. `octets` end where the Length field says."""

    code: int
    identifier: int
    authenticator: bytes  # 16 octets
    found: dict[int, bytes]  # the last value of each attribute type; not to be changed
    octets: bytes
    signature_at: int  # where the value of Message-Authenticator starts in `octets`; 0: there is none
    carries_eap: bool
    carries_proxy_state: bool

    @property
    def attributes(self) -> list[tuple[int, bytes]]:
        """All attributes, type and value, in the order of the packet: walked anew each time, most need no list."""
        return _walked(self.octets)

    def first(self, kind: int) -> bytes | None:
        """Return the value of the first attribute of this type, or None."""
        for found, value in self.attributes:
            if found == kind:
                return value
        return None

    def every(self, kind: int) -> list[bytes]:
        """Return the values of all attributes of this type, in order."""
        return [value for found, value in self.attributes if found == kind]


_CODES = frozenset(map(int, Code))
# Plain numbers: reading a member of an enum costs more than the comparison.
_VENDOR_SPECIFIC, _PROXY_STATE, _EAP_MESSAGE, _MESSAGE_AUTHENTICATOR = 26, 33, 79, 80
_NOBODY = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\xfe")
_NOTED = frozenset((0, _PROXY_STATE, _EAP_MESSAGE, _MESSAGE_AUTHENTICATOR))
_SURELY_FEW = HEADER + 2 * MOST_ATTRIBUTES  # octets: more attributes do not fit


def _walked(octets: bytes) -> list[tuple[int, bytes]]:
    """Cut a packet whose framing is proven into attributes."""
    attributes = []
    at = HEADER
    while at < len(octets):
        end = at + octets[at + 1]
        attributes.append((octets[at], octets[at + 2 : end]))
        at = end
    return attributes


def parse(octets: bytes) -> Packet:
    """Check the framing of a datagram and cut it into attributes.

    Octets beyond the Length field are padding and ignored (RFC 2865 §3). Message-Authenticator may stand anywhere,
    once, with 16 octets (RFC 3579 §3.2, §3.3). Raises MalformedPacket.
    """
    if len(octets) < HEADER:
        raise MalformedPacket(Drop.TRUNCATED)
    length = octets[2] << 8 | octets[3]
    if length != len(octets):
        if length < HEADER or length > LONGEST_PACKET:
            raise MalformedPacket(Drop.LENGTH)
        if length > len(octets):
            raise MalformedPacket(Drop.TRUNCATED)
        octets = octets[:length]
    elif length > LONGEST_PACKET:
        raise MalformedPacket(Drop.LENGTH)
    if octets[0] not in _CODES:
        raise MalformedPacket(Drop.UNKNOWN_CODE)
    found: dict[int, bytes] = {}
    noted = _NOTED
    signature_at = 0
    eap = proxied = False
    at = HEADER
    try:
        while at < length:
            kind = octets[at]
            end = at + octets[at + 1]
            if end < at + 2:
                raise MalformedPacket(Drop.ATTRIBUTE_LENGTH)
            if kind in noted:
                if kind == _MESSAGE_AUTHENTICATOR:
                    if signature_at:
                        raise MalformedPacket(Drop.MESSAGE_AUTHENTICATOR_DOUBLED)
                    if end != at + 18:
                        raise MalformedPacket(Drop.MESSAGE_AUTHENTICATOR_LENGTH)
                    signature_at = at + 2
                elif kind == _EAP_MESSAGE:
                    eap = True
                elif kind == _PROXY_STATE:
                    proxied = True
                else:
                    raise MalformedPacket(Drop.ATTRIBUTE_TYPE)
            found[kind] = octets[at + 2 : end]
            at = end
    except IndexError:  # the last octet of the packet is a type without a length
        raise MalformedPacket(Drop.ATTRIBUTE_OVERRUN) from None
    if at != length:
        raise MalformedPacket(Drop.ATTRIBUTE_OVERRUN)
    if length > _SURELY_FEW and len(_walked(octets)) > MOST_ATTRIBUTES:
        raise MalformedPacket(Drop.TOO_MANY_ATTRIBUTES)
    return Packet(octets[0], octets[1], octets[4:20], found, octets, signature_at, eap, proxied)


def read_integer(value: bytes | None) -> int | None:
    """Return a value of 32 bits (RFC 8044 §3.1), or None where there is none.

    A value of a wrong length is an invalid attribute: ignored, the rest of the packet is processed (RFC 6929 §2.8).
    """
    return int.from_bytes(value, "big") if value is not None and len(value) == 4 else None


def read_address(value: bytes | None) -> str | None:
    """Return an IPv4 address in dotted decimals, or None where there is none or it is nobody's.

    255.255.255.255 and .254 are questions, not addresses (RFC 2865 §5.8); with 0.0.0.0 a device says that it does not
    know one yet (RFC 1122 §3.2.1.3: "this host"). A value of a wrong length is ignored (RFC 6929 §2.8).
    """
    if value is None or len(value) != 4 or value in _NOBODY:
        return None
    return f"{value[0]}.{value[1]}.{value[2]}.{value[3]}"


def encode_attribute(kind: int, value: bytes) -> bytes:
    """Return one attribute. Raises ValueError for a value of more than 253 octets (RFC 2865 §5) and a bad type."""
    if len(value) > LONGEST_VALUE:
        raise ValueError("an attribute value has at most 253 octets")
    if not 1 <= kind <= 255:
        raise ValueError("an attribute type is 1..255")
    return bytes((kind, len(value) + 2)) + value


def encode_integer(kind: int, value: int) -> bytes:
    """Return one attribute of 32 bits (RFC 8044 §3.1). Raises ValueError for a number that does not fit."""
    if not 0 <= value <= 0xFFFFFFFF:
        raise ValueError("an integer attribute has 32 bits")
    return encode_attribute(kind, value.to_bytes(4, "big"))


def encode_pieces(kind: int, value: bytes) -> bytes:
    """Return a long value as several attributes of one type, in order (RFC 3579 §3.1, RFC 4849 §2)."""
    return b"".join(
        encode_attribute(kind, value[at : at + LONGEST_VALUE]) for at in range(0, len(value), LONGEST_VALUE)
    )


def vendor_attribute(number: int, kind: int, value: bytes) -> bytes:
    """Return one Vendor-Specific attribute with one sub-attribute (RFC 2865 §5.26).

    `number` is the vendor's private enterprise number. Raises ValueError for a value of more than 247 octets.
    """
    if len(value) > LONGEST_VENDOR_VALUE:
        raise ValueError("a vendor's attribute value has at most 247 octets")
    if not 1 <= number <= 0xFFFFFF or not 1 <= kind <= 255:
        raise ValueError("a vendor number has 24 bits, a vendor type is 1..255")
    size = len(value) + 2
    return bytes((26, size + 6)) + number.to_bytes(4, "big") + bytes((kind, size)) + value


def vendor_integer(number: int, kind: int, value: int) -> bytes:
    """Return one Vendor-Specific attribute of 32 bits. Raises ValueError for a number that does not fit."""
    if not 0 <= value <= 0xFFFFFFFF:
        raise ValueError("an integer attribute has 32 bits")
    return vendor_attribute(number, kind, value.to_bytes(4, "big"))


def vendor_attributes(packet: Packet) -> Iterator[tuple[int, int, bytes]]:
    """Yield vendor number, vendor type and value of every sub-attribute that is well formed (RFC 2865 §5.26).

    A Vendor-Specific attribute of another shape is skipped as a whole, the rest goes on (RFC 6929 §2.8). A value is
    never opened again, so nothing nested can loop; each step takes at least two octets.
    """
    for kind, value in packet.attributes:
        if kind == _VENDOR_SPECIFIC and len(value) >= 6 and value[0] == 0:
            number = value[1] << 16 | value[2] << 8 | value[3]
            yield from ((number, inner, found) for inner, found in _sub_attributes(value))


def _sub_attributes(value: bytes) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    at = 4
    while at < len(value):
        if at + 1 == len(value):
            return []
        end = at + value[at + 1]
        if end < at + 2 or end > len(value):
            return []
        found.append((value[at], value[at + 2 : end]))
        at = end
    return found
