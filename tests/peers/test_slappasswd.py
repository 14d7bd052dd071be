"""OpenLDAP's own slappasswd: what it makes today is what directory.hashes understands."""

import shutil
import subprocess
from pathlib import Path

import pytest

from directory.hashes import Kind, decode, matches

WORD = "密码 Pass-1"
SLAPPASSWD = shutil.which("slappasswd") or "/usr/sbin/slappasswd"

SCHEMES = [
    ("SSHA", None), ("SHA", None), ("SMD5", None), ("MD5", None), ("CRYPT", None), ("ARGON2", "argon2"),
    *[(scheme, "pw-sha2") for scheme in ("SHA256", "SSHA256", "SHA384", "SSHA384", "SHA512", "SSHA512")],
    *[(scheme, "pw-pbkdf2") for scheme in ("PBKDF2", "PBKDF2-SHA1", "PBKDF2-SHA256", "PBKDF2-SHA512")],
]  # fmt: skip


@pytest.mark.skipif(not Path(SLAPPASSWD).exists(), reason="slappasswd is not installed (Debian: slapd)")
@pytest.mark.parametrize(("scheme", "library"), SCHEMES)
def test_what_slappasswd_makes_is_understood(scheme: str, library: str | None, tmp_path: Path):
    """A fresh value of each scheme that Debian's slapd can make proves its password and no other."""
    secret = tmp_path / "word"
    secret.write_text(WORD)
    secret.chmod(0o600)
    command = [SLAPPASSWD, "-h", f"{{{scheme}}}", "-T", secret, "-c", "$y$j9T$%.16s"]
    if library:
        command += ["-o", f"module-load={library}"]
    made = subprocess.run(command, check=True, capture_output=True).stdout.strip()
    assert decode(made).kind is not Kind.UNKNOWN
    assert matches(made, WORD.encode())
    assert not matches(made, WORD.encode() + b"x")
