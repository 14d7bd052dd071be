"""radius.tunnel: tags and VLANs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radius.tunnel import (
    TaggedInteger,
    TaggedText,
    decode_tagged_integer,
    decode_tagged_text,
    encode_tagged_integer,
    encode_tagged_text,
    encode_vlan,
)


def test_a_vlan_is_three_attributes_with_one_tag():
    """RFC 3580 §3.31: Tunnel-Type 13, Tunnel-Medium-Type 6 and the VLAN as text, all with the same tag."""
    assert encode_vlan("120") == b"\x40\x06\x00\x00\x00\x0d\x41\x06\x00\x00\x00\x06\x51\x05120"
    assert encode_vlan("120", 3) == b"\x40\x06\x03\x00\x00\x0d\x41\x06\x03\x00\x00\x06\x51\x06\x03120"
    assert encode_vlan("访客").endswith("访客".encode())


@given(st.integers(0, 31), st.integers(0, 0xFFFFFF), st.binary(min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_tags_survive(tag: int, number: int, text: bytes):
    """RFC 2868 §3.1, §3.6: tag and value come back as they went, with and without a tag."""
    assert decode_tagged_integer(encode_tagged_integer(64, tag, number)[2:]) == TaggedInteger(tag, number)
    if tag or text[0] > 0x1F:
        assert decode_tagged_text(encode_tagged_text(81, tag, text)[2:]) == TaggedText(tag, text)


def test_an_octet_above_the_highest_tag_begins_the_text():
    """RFC 2868 §3.6: a first octet above 0x1F is part of the text; an integer's is ignored."""
    assert decode_tagged_text(b" 12") == TaggedText(0, b" 12")
    assert decode_tagged_text(b"\x1f12") == TaggedText(31, b"12")
    assert decode_tagged_text(b"\x0012") == TaggedText(0, b"12")
    assert decode_tagged_integer(b"\x20\x00\x00\x0d") == TaggedInteger(0, 13)


@given(st.binary(max_size=253))
@settings(max_examples=100, deadline=None)
def test_any_value_is_read_or_skipped(value: bytes):
    """Hostile values raise nothing."""
    assert decode_tagged_text(value).tag <= 31
    assert (decode_tagged_integer(value) is None) == (len(value) != 4)


def test_what_does_not_fit_is_refused():
    """RFC 2868 §3.1: a tag is at most 0x1F, an integer has 24 bits; untagged text must not look tagged."""
    with pytest.raises(ValueError, match="tag"):
        encode_tagged_integer(64, 32, 13)
    with pytest.raises(ValueError, match="24 bits"):
        encode_tagged_integer(64, 0, 1 << 24)
    for text in (b"", b"\x0112"):
        with pytest.raises(ValueError, match="untagged"):
            encode_tagged_text(81, 0, text)
