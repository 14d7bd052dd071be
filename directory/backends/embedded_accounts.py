"""What the embedded directory holds before the first person: base entries and service accounts.

Passwords are random, stand in one file each (mode 0400) and nowhere else,
and the directory has only their argon2id hash.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from argon2 import PasswordHasher

from directory.backends.private_authority import write_private
from directory.backends.slapd_child import DATABASE, SlapdChild, SlapdFailed
from directory.backends.slapd_configuration import account_entry, base_entries

SERVICE_ACCOUNTS = ("mirror", "radius")
_READER_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_PREPARED = "prepared"  # which base entries this directory has; below slapd's own directory
# slapd's own parameters (KiB, passes, lanes): nothing stronger is needed for 256 random bits.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class ReaderRefused(ValueError):  # noqa: N818 - the name is the sentence
    """No outside application can have this name."""


class Accounts:
    """Names and passwords of the service accounts of one tree."""

    def __init__(self, suffix: str, keys: Path) -> None:
        self.suffix = suffix
        self._keys = keys

    def dn(self, name: str) -> str:
        """Return the name of a service account of the product."""
        return f"uid={name},ou=services,{self.suffix}"

    def reader_dn(self, name: str) -> str:
        """Return the name of an outside application's account. Raises ReaderRefused."""
        if _READER_NAME.fullmatch(name) is None:
            raise ReaderRefused("The name of a reader is made of a-z, 0-9 and -, begins with a letter, at most 63 long")
        return f"uid={name},ou=readers,ou=services,{self.suffix}"

    def password_file(self, dn: str) -> Path:
        """Return the file that holds the password of this account."""
        kind = "ldap-reader-" if ",ou=readers," in dn else "ldap-"
        return self._keys / f"{kind}{dn.partition(',')[0].removeprefix('uid=')}"

    def hashed(self, dn: str) -> tuple[bytes, bytes]:
        """Return the account's password (a new one where there is none) and a hash of it for userPassword."""
        try:
            password = self.password_file(dn).read_bytes()
        except FileNotFoundError:
            password = secrets.token_urlsafe(32).encode()
        return password, b"{ARGON2}" + _hasher.hash(password).encode()

    def keep(self, dn: str, password: bytes) -> None:
        """Write the password's file: after the directory knows the hash, so that a file is never wrong."""
        write_private(self.password_file(dn), password)


def fill(child: SlapdChild, accounts: Accounts, city: str) -> None:
    """Add what is missing of the base entries and service accounts, with slapd at rest. Raises SlapdFailed."""
    suffix = accounts.suffix
    base = base_entries(suffix, city)
    names = [accounts.dn(name) for name in SERVICE_ACCOUNTS]
    lost = {dn for dn in names if not accounts.password_file(dn).exists()}
    mark = child.home / _PREPARED
    wanted = f"{hashlib.sha256(base.encode()).hexdigest()} {suffix}\n"
    began = (child.home / DATABASE).exists()
    was = mark.read_text("utf-8") if began and mark.exists() else ""
    if was == wanted and not lost:
        return
    if was and was.rstrip("\n").partition(" ")[2] != suffix:
        raise SlapdFailed(
            f"this state directory holds the tree {was.rstrip().partition(' ')[2]}, "
            f"and [directory] suffix says {suffix}: take another state directory, or the old suffix"
        )
    there = _names_in(child) if began else set()
    additions = [entry for dn, entry in _entries(base) if dn not in there]
    changes = []
    passwords = {}
    for dn in names:
        if dn in there and dn not in lost:
            continue
        passwords[dn], hashed = accounts.hashed(dn)
        if dn in there:
            changes.append(_new_password(dn, hashed))
        else:
            additions.append(account_entry(dn, suffix, hashed))
    # -w: the change number of the tree goes on, so that those who follow it (RFC 4533) hear of these too.
    if additions:
        child.tool("add", ["-w", "-b", suffix], "\n\n".join(additions).encode())
    if changes:
        child.tool("modify", ["-w", "-b", suffix], "\n\n".join(changes).encode())
    for dn, password in passwords.items():
        accounts.keep(dn, password)
    mark.write_text(wanted, "utf-8")


def _entries(ldif: str) -> Iterator[tuple[str, str]]:
    for block in re.split(r"\n\s*\n", ldif):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if lines:
            yield lines[0].removeprefix("dn: "), "\n".join(lines)


def _names_in(child: SlapdChild) -> set[str]:
    """Return the names of the entries that are not people, units or devices."""
    kinds = ("organization", "organizationalUnit", "organizationalRole", "account")
    wanted = "(|" + "".join(f"(objectClass={kind})" for kind in kinds) + ")"
    listed = child.tool("cat", ["-n1", "-o", "ldif-wrap=no", "-a", wanted]).decode()
    names = set()
    for line in listed.splitlines():
        if line.startswith("dn:: "):
            names.add(base64.b64decode(line[5:]).decode())
        elif line.startswith("dn: "):
            names.add(line[4:])
    return names


def _new_password(dn: str, hashed: bytes) -> str:
    return f"dn: {dn}\nchangetype: modify\nreplace: userPassword\nuserPassword: {hashed.decode()}"
