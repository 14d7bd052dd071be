"""Octets that standards print. See README.md."""

from pathlib import Path


def vectors(name: str) -> dict[str, bytes]:
    """Read one file of this folder."""
    found: dict[str, str] = {}
    key = ""
    for line in (Path(__file__).parent / name).read_text().splitlines():
        text = line.partition("#")[0]
        before, sign, after = text.partition("=")
        if sign:
            key = before.strip()
            found[key] = after
        elif text.strip():
            found[key] += text
    return {key: bytes.fromhex(text) for key, text in found.items()}
