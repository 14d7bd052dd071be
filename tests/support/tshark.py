"""Octets into a capture file, and what tshark makes of them: needs neither a network card nor rights."""

import json
import struct
import subprocess
from pathlib import Path
from typing import Any

from tests.support.loopback import program

LOOPBACK = bytes((127, 0, 0, 1))
RAW_IPV4 = 228  # LINKTYPE_IPV4: no link layer


def _datagram(payload: bytes, source: int, destination: int) -> bytes:
    """Wrap octets in UDP and IPv4, without checksums, as a capture may have them."""
    length = 28 + len(payload)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, 17, 0, LOOPBACK, LOOPBACK)
    return ip + struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def read_with_tshark(
    folder: Path, exchanges: list[tuple[bytes, bytes]], secret: str, port: int
) -> list[dict[str, Any]]:
    """Return the fields of every request and its answer, in turn; nothing may be malformed or remarkable.

    Every exchange comes from a port of its own, so that tshark cannot take one for the repeat of another.
    """
    capture = folder / "capture.pcap"
    records = []
    for number, (request, answer) in enumerate(exchanges):
        records += [_datagram(request, 40000 + number, port), _datagram(answer, port, 40000 + number)]
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW_IPV4)
    framed = (struct.pack("<IIII", at, 0, len(one), len(one)) + one for at, one in enumerate(records))
    capture.write_bytes(head + b"".join(framed))
    command = [program("tshark"), "-r", str(capture), "-d", f"udp.port=={port},radius", "-T", "json"]
    command += [
        "--no-duplicate-keys",
        "-o",
        "radius.validate_authenticator:TRUE",
        "-o",
        f"radius.shared_secret:{secret}",
    ]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout
    assert "_ws.malformed" not in output
    assert "_ws.expert" not in output, output
    return [packet["_source"]["layers"]["radius"] for packet in json.loads(output)]


def first_attribute(layer: dict[str, Any]) -> str:
    """The type of the first attribute of a packet."""
    trees = layer["Attribute Value Pairs"]["radius.avp_tree"]
    kind: str = (trees[0] if isinstance(trees, list) else trees)["radius.avp.type"]
    return kind


def texts(layer: object) -> str:
    """Everything that tshark says of a packet, as one text."""
    return json.dumps(layer, ensure_ascii=False)
