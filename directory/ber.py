"""The few lines of BER that content synchronisation needs, with strict bounds (RFC 4511 §5.1, X.690). Pure.

Only what LDAP allows: one-octet tags, definite lengths, primitive strings. Offsets into one octet string are passed
around in place of copies, because a first load decodes fifty elements for each of 100,000 people.
"""

from collections.abc import Iterator

SEQUENCE, SET, INTEGER, ENUMERATED, OCTETS, BOOLEAN = 0x30, 0x31, 0x02, 0x0A, 0x04, 0x01


class MalformedSync(Exception):  # noqa: N818 - the one error of hostile octets, named like the others of its family
    """What the server sent is not a message of LDAP or of content synchronisation."""


def element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Return (tag, start, stop) of the element that begins at `at`: its contents are data[start:stop].

    `end` bounds it. Raises MalformedSync.
    """
    start = at + 2
    if start > end:
        raise MalformedSync("element cut short")
    tag = data[at]
    length = data[at + 1]
    if length & 0x80:
        start += length & 0x7F
        # Up to four octets of length; 0x80 would be the indefinite form, which LDAP forbids.
        if length == 0x80 or length > 0x84 or start > end:
            raise MalformedSync("length out of bounds")
        length = int.from_bytes(data[at + 2 : start])
    stop = start + length
    if stop > end or tag & 0x1F == 0x1F:
        raise MalformedSync("element out of bounds")
    return tag, start, stop


def inside(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return (start, stop) of the element at `at`, which must have this tag. Raises MalformedSync."""
    found, start, stop = element(data, at, end)
    if found != tag:
        raise MalformedSync("element of another kind expected")
    return start, stop


def elements(data: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (tag, start, stop) of all elements between `at` and `end`. Raises MalformedSync."""
    while at < end:
        found = element(data, at, end)
        yield found
        at = found[2]


def number(data: bytes, start: int, stop: int) -> int:
    """Return the contents of an INTEGER or ENUMERATED of up to four octets. Raises MalformedSync."""
    if not 1 <= stop - start <= 4:
        raise MalformedSync("number out of bounds")
    return int.from_bytes(data[start:stop], signed=True)


def truth(data: bytes, start: int, stop: int) -> bool:
    """Return the contents of a BOOLEAN. Raises MalformedSync."""
    if stop - start != 1:
        raise MalformedSync("truth value of other than one octet")
    return data[start] != 0


def encode(tag: int, contents: bytes) -> bytes:
    """Return one element in the shortest definite form."""
    length = len(contents)
    if length < 0x80:
        return bytes((tag, length)) + contents
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets))) + octets + contents


def message_length(data: bytes | bytearray, at: int, greatest: int) -> int:
    """Return the octets of the LDAP message that begins at `at`, or 0 while too few of them are there to tell.

    Raises MalformedSync for what is no message, or one of more than `greatest` octets.
    """
    there = len(data) - at
    if there < 2:
        return 0
    if data[at] != SEQUENCE:
        raise MalformedSync("no LDAP message")
    length = data[at + 1]
    if length < 0x80:
        return length + 2
    more = length & 0x7F
    if not 1 <= more <= 4:
        raise MalformedSync("length out of bounds")
    if there < 2 + more:
        return 0
    length = int.from_bytes(data[at + 2 : at + 2 + more])
    if length > greatest:
        raise MalformedSync("message too long")
    return length + 2 + more
