"""FreeRADIUS's radclient: the client program of the field."""

import re
import subprocess
from typing import NamedTuple

from tests.support.loopback import program


class Said(NamedTuple):
    """What radclient printed, and whether it got the answer that counts as success."""

    success: bool
    text: str

    @property
    def answer(self) -> str:
        """The name of the packet that came back; empty where none did, or none that it could verify."""
        found = re.search(r"^Received (\S+) Id", self.text, re.MULTILINE)
        return found[1] if found else ""

    def attribute(self, name: str) -> list[str]:
        """The values of an attribute of the answer."""
        received = self.text.partition("Received ")[2]
        return re.findall(rf"^\t{re.escape(name)}(?::\d+)? = (.*)$", received, re.MULTILINE)


def radclient(
    address: tuple[str, int], command: str, secret: str, lines: list[str], *, tries: int = 2, wait: float = 3
) -> Said:
    """Send one request: `command` is auth, acct, status or the like, `lines` are its attributes."""
    host, port = address
    host = f"[{host}]" if ":" in host else host
    words = [program("radclient"), "-x", "-t", str(wait), "-r", str(tries), f"{host}:{port}", command, secret]
    ended = subprocess.run(words, input="\n".join(lines).encode() + b"\n", capture_output=True, timeout=60, check=False)
    return Said(ended.returncode == 0, (ended.stdout + ended.stderr).decode("utf-8", "replace"))
