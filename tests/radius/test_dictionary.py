"""radius.dictionary: names for people."""

from hypothesis import given, settings
from hypothesis import strategies as st

from radius.dictionary import FOLDER, HIDDEN, Number, describe, dictionary, name_of, number_of
from radius.packet import Attribute, encode_attribute, parse, vendor_attribute
from radius.tunnel import encode_vlan


def packet_of(body: bytes):
    """Frame attributes."""
    return parse(bytes((1, 1)) + (20 + len(body)).to_bytes(2, "big") + bytes(16) + body)


def test_every_attribute_that_the_product_uses_has_a_name():
    """A trace shows names, and the names of the standards: Acct-Session-Id, not a number."""
    for kind in Attribute:
        if kind is not Attribute.VENDOR_SPECIFIC:
            assert name_of(kind).upper().replace("-", "_") == kind.name
            assert number_of(name_of(kind)) == Number(0, kind)


def test_names_of_vendors():
    """Vendor attributes have names of their own; unknown ones show their numbers."""
    assert number_of("Huawei-Portal-URL") == Number(2011, 156)
    assert name_of(210, 25506) == "H3C-AV-Pair"
    assert name_of(250) == "Attr-250"
    assert name_of(1, 4881) == "Vendor-4881-Attr-1"
    assert number_of("Nothing") is None


def test_no_number_has_two_names():
    """A name that another hides would never be shown."""
    names = [line.split()[1] for file in FOLDER.iterdir() for line in file.read_text().splitlines()
             if line.startswith("ATTRIBUTE")]  # fmt: skip
    assert len(names) == len(set(names))
    assert len([number_of(name) for name in names]) == len({number_of(name) for name in names})
    assert all(name in dictionary() for name in names)


def test_a_packet_for_people():
    """Values are shown by their names, and vendors' attributes are opened."""
    body = (
        encode_attribute(1, "阿依古丽·买买提 㐂𠮷".encode())
        + encode_attribute(4, bytes((10, 1, 2, 3)))
        + encode_attribute(95, bytes(15) + b"\x01")
        + encode_attribute(61, (15).to_bytes(4, "big"))
        + encode_attribute(5, (4711).to_bytes(4, "big"))
        + encode_attribute(25, b"\x00\xff")
        + encode_vlan("120")
        + vendor_attribute(2011, 255, b"S5735")
        + vendor_attribute(4881, 7, b"\x01")
        + encode_attribute(26, b"\x00\x00")
    )
    assert describe(packet_of(body)) == [
        ("User-Name", "阿依古丽·买买提 㐂𠮷"),
        ("NAS-IP-Address", "10.1.2.3"),
        ("NAS-IPv6-Address", "::1"),
        ("NAS-Port-Type", "Ethernet"),
        ("NAS-Port", "4711"),
        ("Class", "0x00ff"),
        ("Tunnel-Type", "VLAN"),
        ("Tunnel-Medium-Type", "IEEE-802"),
        ("Tunnel-Private-Group-Id", "120"),
        ("Huawei-Product-ID", "S5735"),
        ("Vendor-4881-Attr-7", "0x01"),
        ("Attr-26", "0x0000"),
    ]


def test_what_proves_a_password_is_hidden():
    """No password, response or key is shown, whether hidden on the wire or not."""
    body = encode_attribute(2, b"p" * 16) + encode_attribute(3, b"c" * 17) + encode_attribute(69, b"t" * 19)
    for kind in (1, 16, 17, 25, 27):
        body += vendor_attribute(311, kind, b"secret")
    assert {named.value for named in describe(packet_of(body))} == {HIDDEN}


@given(st.integers(1, 255).filter(lambda kind: kind != 80), st.binary(max_size=253))
@settings(max_examples=200, deadline=None)
def test_any_value_is_printable(kind: int, value: bytes):
    """Hostile values move no cursor, turn no text and raise nothing."""
    for named in describe(packet_of(encode_attribute(kind, value))):
        assert (named.name + named.value).isprintable()


def test_text_that_moves_a_cursor_is_escaped():
    """CR, LF, NUL, ANSI escapes and right-to-left marks come out as escapes."""
    (named,) = describe(packet_of(encode_attribute(1, "a\r\n\0\x1b[2J\u202eb".encode() + b"\xff")))
    assert named.value == "a\\r\\n\\x00\\x1b[2J\\u202eb\\xff"
