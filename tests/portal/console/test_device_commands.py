"""The commands to paste: one source for the console and the documentation, and all vendors in it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from access.decision import Zone
from portal.console.device_commands import TEXTS, VENDORS, Spot, commands, own_address_towards, spot
from portal.settings import PortalSettings
from radius.vendor import vendor_names

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "connect-a-device.md"
HERE = Spot("192.0.2.5", 1812, 1813, "192.0.2.5")


def test_every_vendor_has_its_commands():
    """Whoever adds a vendor's file adds its commands, and there are none beside."""
    assert set(VENDORS) == set(vendor_names()) == {path.stem for path in TEXTS.glob("*.txt")}


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_documentation_shows_the_same(vendor):
    """docs/connect-a-device.md has the text with example values."""
    chapter = DOCUMENT.read_text("utf-8").partition(f"(`--vendor {vendor}`)")[2].partition("\n### ")[0]
    assert f"```\n{commands(vendor, HERE, secret='SECRET')}```" in chapter


@pytest.mark.parametrize("vendor", VENDORS)
def test_all_places_are_filled(vendor):
    """Server, ports and secret stand where they belong; nothing is left open."""
    text = commands(vendor, Spot("10.9.8.7", 11812, 11813, "10.9.8.6"), secret="Geheim", coa_port=13799)
    assert "{{" not in text
    assert {"10.9.8.7", "Geheim"} <= set(re.findall(r"[\w.]+", text))
    assert "Geheim" not in commands(vendor, HERE)


def test_the_redirecting_zone_names_acl_and_role():
    """What the device must have is what the answers will name."""
    zones = [
        Zone("office", "办公"),
        Zone("portal", "入网", redirect_url="http://p/", redirect_acl="to-portal", role="guest"),
    ]
    assert "acl name to-portal advance" in commands("huawei", HERE, zones=zones)
    assert "ip access-list extended to-portal" in commands("cisco", HERE, zones=zones)
    assert "port-access role guest" in commands("aruba", HERE, zones=zones)
    assert "acl number 3001" in commands("huawei", HERE)


def test_the_server_is_where_the_device_reaches_it(knowledge):
    """The address on which RADIUS listens, else the one that routes lead out of; the portal's where it is one."""
    assert own_address_towards("127.0.0.1") == "127.0.0.1"
    knowledge.radius_addresses = ("0.0.0.0", "2001:db8::5", "10.0.0.5")
    assert spot(knowledge, "10.1.0.0/16").server == "10.0.0.5"
    assert spot(knowledge, "2001:db8:1::/48").server == "2001:db8::5"
    assert spot(knowledge, "10.1.0.1/32").portal == "10.0.0.5"
    knowledge.portal = replace(PortalSettings(), url="https://10.0.0.8:8443")
    assert spot(knowledge, "10.1.0.1/32").portal == "10.0.0.8"
