"""radius.hardware: spellings of hardware addresses."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radius.hardware import Spelling, normal_hardware, spell, station_and_ssid

NORMAL = "0a:1b:2c:3d:4e:5f"


@pytest.mark.parametrize(
    "spelling",
    [
        "0A-1B-2C-3D-4E-5F",
        "0a-1b-2c-3d-4e-5f",
        "0a:1b:2c:3d:4e:5f",
        "0A:1B:2C:3D:4E:5F",
        "0a1b.2c3d.4e5f",
        "0a1b-2c3d-4e5f",
        "0a1b:2c3d:4e5f",
        "0a.1b.2c.3d.4e.5f",
        "0a1b2c-3d4e5f",
        "0a1b2c3d4e5f",
        "0A1B2C3D4E5F",
        "0a 1b 2c 3d 4e 5f",
        "0A-1B-2C-3D-4E-5F\0",
    ],
)
def test_every_spelling_means_one_address(spelling: str):
    """RFC 3580 §3.21 asks for hyphens and capitals; devices write what they like."""
    assert normal_hardware(spelling.encode()) == NORMAL


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"0a1b2c3d4e5",
        b"0a1b2c3d4e5f0",
        b"0a-1b:2c-3d-4e-5f",
        b"0a1b.2c3d-4e5f",
        b"0g1b2c3d4e5f",
        b"0a1b2c3d4e5f\n",
        b"-0a1b2c3d4e5f",
        b"user@example",
        "０a1b2c3d4e5f".encode(),
        b"00-00-00-00-00-00",
        b"FFFF.FFFF.FFFF",
        b"\xff" * 253,
    ],
)
def test_anything_else_is_no_address(text: bytes):
    """Mixed separators, other digits and the addresses of nobody are no hardware address."""
    assert normal_hardware(text) is None


@pytest.mark.parametrize(
    ("text", "station", "ssid"),
    [
        (b"0A-1B-2C-3D-4E-5F:City", NORMAL, b"City"),
        (b"0a:1b:2c:3d:4e:5f:City", NORMAL, b"City"),
        (b"0a1b2c3d4e5f:City", NORMAL, b"City"),
        (b"0a1b-2c3d-4e5f:a:b", NORMAL, b"a:b"),
        (b"0a1b2c-3d4e5f:x", NORMAL, b"x"),
        ("0A-1B-2C-3D-4E-5F:政务网".encode(), NORMAL, "政务网".encode()),
        (b"0A-1B-2C-3D-4E-5F:", NORMAL, None),
        (b"0A-1B-2C-3D-4E-5F", NORMAL, None),
        (b"City", None, None),
        (b"", None, None),
    ],
)
def test_called_station_holds_address_and_ssid(text: bytes, station: str | None, ssid: bytes | None):
    """RFC 3580 §3.20: an access point adds its SSID behind a colon."""
    assert station_and_ssid(text) == (station, ssid)


@given(st.integers(1, (1 << 48) - 2), st.sampled_from(list(Spelling)))
@settings(max_examples=60, deadline=None)
def test_what_we_spell_we_read(number: int, spelling: Spelling):
    """Each spelling for orders is one that is understood."""
    hardware = number.to_bytes(6, "big").hex(":")
    assert normal_hardware(spell(hardware, spelling).encode()) == hardware


def test_spellings_for_orders():
    """A device finds a session only under its own spelling."""
    assert [spell(NORMAL, spelling) for spelling in Spelling] == [
        "0A-1B-2C-3D-4E-5F",
        "0a:1b:2c:3d:4e:5f",
        "0a-1b-2c-3d-4e-5f",
        "0a1b.2c3d.4e5f",
        "0a1b-2c3d-4e5f",
        "0a1b2c3d4e5f",
    ]


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_octets_are_an_address_or_none(octets: bytes):
    """Hostile octets give a normal address or None, nothing else."""
    for found in (normal_hardware(octets), station_and_ssid(octets)[0]):
        assert found is None or re.fullmatch("([0-9a-f]{2}:){5}[0-9a-f]{2}", found)
