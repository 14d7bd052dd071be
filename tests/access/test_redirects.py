"""The token of a redirect address: what was made is read back, and nothing else is."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from access import redirects

KEY, OTHER = b"k" * 32, b"o" * 32
HARDWARE = "02:00:00:00:00:01"
OCTETS = st.binary(min_size=6, max_size=6)


@given(OCTETS, st.integers(0, 2**32 - 1))
def test_what_was_made_is_read_back(octets: bytes, device: int):
    """Any hardware address, any device number; 24 signs that need no escape in an address (RFC 3986 §2.3)."""
    token = redirects.make(KEY, octets.hex(":"), device)

    assert len(token) == redirects.LENGTH
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert redirects.read(KEY, token) == (octets.hex(":"), device)


def test_the_layout_is_hardware_device_tag():
    """Octet order: the device's number with its most significant octet first."""
    octets = base64.urlsafe_b64decode(redirects.make(KEY, HARDWARE, 0x01020304))

    assert octets[:10] == bytes((2, 0, 0, 0, 0, 1, 1, 2, 3, 4))
    assert len(octets) == 18


def test_nobody_names_the_hardware_of_somebody_else():
    """One changed bit anywhere, or another installation's key, and it is no token."""
    octets = base64.urlsafe_b64decode(redirects.make(KEY, HARDWARE, 7))
    for bit in range(len(octets) * 8):
        changed = bytearray(octets)
        changed[bit // 8] ^= 1 << bit % 8
        assert redirects.read(KEY, base64.urlsafe_b64encode(changed).decode()) is None
    assert redirects.read(OTHER, redirects.make(KEY, HARDWARE, 7)) is None


@given(st.text(max_size=40) | st.text(alphabet="Aa0-_=+/ ", min_size=20, max_size=28))
def test_hostile_tokens_are_none(text: str):
    """Accept or None, whatever an address bar holds; base64 with padding, blanks or another alphabet is none."""
    assert redirects.read(KEY, text) is None


def test_the_token_has_its_place_in_the_address():
    """An address without a place for it stays as it is."""
    assert redirects.filled("https://portal/in/{token}?", "abc") == "https://portal/in/abc?"
    assert redirects.filled("https://portal/", "abc") == "https://portal/"
