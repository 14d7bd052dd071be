"""Wireshark's tshark as an independent reader of every answer and order that the codec makes."""

import json
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest

from access.decision import Zone
from radius.integrity import Secret
from radius.packet import Attribute, Code, encode_attribute, vendor_attribute
from radius.vendor import vendor_named, vendor_names
from tests.radius.vendors.reading import PLAIN, TARGET
from tests.support.loopback import program

KEY = b"a secret of enough length"
SECRET = Secret(KEY)
AUTHENTICATOR = bytes(range(16))
ZONES: dict[str, Zone] = {
    "aruba": PLAIN._replace(role="guest", redirect_url="https://portal.example/"),
    "cisco": PLAIN._replace(acl="guests", redirect_url="https://portal.example/", redirect_acl="REDIRECT"),
    "h3c": PLAIN._replace(acl="3001", role="guests", rate_up=1000, rate_down=2000, redirect_url="https://p.example/"),
    "huawei": PLAIN._replace(acl="3001", rate_up=1000, rate_down=2000, redirect_url="https://p.example/"),
    "ruijie": PLAIN._replace(acl="guests", redirect_url="https://portal.example/", redirect_acl="REDIRECT"),
    "standard": PLAIN._replace(acl="guests"),
}


def datagram(payload: bytes, source: int, destination: int) -> bytes:
    """Wrap octets in UDP and IPv4, without checksums, as a capture may have them."""
    length = 28 + len(payload)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, 17, 0, bytes((127, 0, 0, 1)), bytes((127, 0, 0, 1)))
    return ip + struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def seen(folder: Path, request: bytes, answer: bytes | None = None, port: int = 1812) -> list[dict[str, Any]]:
    """Return what tshark makes of a request and its answer, as one dictionary of fields for each."""
    capture = folder / "capture.pcap"
    records = [datagram(request, 40000, port)] + ([] if answer is None else [datagram(answer, port, 40000)])
    capture.write_bytes(
        struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 228)  # 228: IPv4 without a link layer
        + b"".join(struct.pack("<IIII", at, 0, len(one), len(one)) + one for at, one in enumerate(records))
    )
    options = ["radius.validate_authenticator:TRUE", f"radius.shared_secret:{KEY.decode()}"]
    command = [
        program("tshark"),
        "-r",
        str(capture),
        "-d",
        f"udp.port=={port},radius",
        "-T",
        "json",
        "--no-duplicate-keys",
    ]
    for option in options:
        command += ["-o", option]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "_ws.malformed" not in output
    assert "_ws.expert" not in output, output
    return [packet["_source"]["layers"]["radius"] for packet in json.loads(output)]


def request_of(body: bytes) -> bytes:
    """An Access-Request of which only the octets matter."""
    return bytes((1, 9)) + (20 + len(body)).to_bytes(2, "big") + AUTHENTICATOR + body


def texts(layer: object) -> str:
    """Everything that tshark says of a packet, as one text."""
    return json.dumps(layer, ensure_ascii=False)


@pytest.mark.parametrize("name", vendor_names())
def test_an_accept_of_each_vendor_is_read_and_verified(name: str, tmp_path: Path):
    """RFC 2865 §3, CVE-2024-3596: the authenticator is right, Message-Authenticator comes first."""
    zone = ZONES[name]
    assert vendor_named(name).objections(zone) == ()
    body = encode_attribute(Attribute.CLASS, b"c" * 16) + vendor_named(name).render(zone)
    answer = SECRET.reply(Code.ACCESS_ACCEPT, 9, AUTHENTICATOR, body)
    _, layer = seen(tmp_path, request_of(encode_attribute(1, "张三".encode())), answer)
    said = texts(layer)
    assert layer["radius.code"] == "2"
    assert layer["radius.authenticator_tree"]["radius.authenticator.valid"] == "1"
    first = layer["Attribute Value Pairs"]["radius.avp_tree"][0]
    assert first["radius.avp.type"] == "80"
    assert "120" in said
    if zone.redirect_url:
        # As octets where this tshark is older than the attribute.
        assert zone.redirect_url in said or zone.redirect_url.encode().hex(":") in said


def test_an_order_is_read(tmp_path: Path):
    """RFC 5176 §3: identification attributes behind a Message-Authenticator; hostapd and FreeRADIUS verify it."""
    (order, *_) = vendor_named("standard").disconnect_attempts(TARGET)
    octets = SECRET.order(Code.DISCONNECT_REQUEST, 3, order.attributes)
    (layer,) = seen(tmp_path, octets, port=3799)
    assert layer["radius.code"] == "40"
    assert layer["Attribute Value Pairs"]["radius.avp_tree"][0]["radius.avp.type"] == "80"
    assert "0A-1B-2C-3D-4E-5F" in texts(layer)


def test_mppe_keys_are_read(tmp_path: Path):
    """RFC 2548 §2.4.2, §2.4.3: salted keys are vendor attributes 311/16 and 311/17 of a right length."""
    body = b"".join(
        vendor_attribute(311, kind, SECRET.salt_encrypt(b"k" * 32, AUTHENTICATOR, salt))
        for kind, salt in ((16, b"\x80\x01"), (17, b"\x80\x02"))
    )
    _, layer = seen(tmp_path, request_of(b""), SECRET.reply(Code.ACCESS_ACCEPT, 9, AUTHENTICATOR, body))
    assert "MS-MPPE-Send-Key" in texts(layer) or "MS_MPPE_Send_Key" in texts(layer)
