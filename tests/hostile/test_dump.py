"""A dump tells nothing: whatever is kept on disk is searched for the secrets of the demo's people, by value."""

import sqlite3
from pathlib import Path
from random import Random

from operate.asking import ask, read_environment
from operate.town_documents import made_up

SECRETS = (
    "RADIUS_SECRET", "PERSON_PASSWORD", "SUSPENDED_PASSWORD", "TOTP_PASSWORD", "TOTP_SECRET", "LDAP_READER_PASSWORD",
    "LDAP_RADIUS_PASSWORD",
)  # fmt: skip


def kept(demo) -> dict[str, bytes]:
    """Everything that a thief of disks or backups would read, without the files that are keys themselves."""
    state = demo.var / "demo" / "state"
    found = {}
    for path in state.rglob("*"):
        keys = "keys" in path.parts or path.suffix in (".key", ".password") or "password" in path.name
        if path.is_file() and not keys:
            found[str(path.relative_to(state))] = path.read_bytes()
    return found


def backup(demo, tmp_path) -> bytes:
    """A copy of the database as SQLite makes one, and as text."""
    source = sqlite3.connect(demo.var / "demo" / "state" / "truename.db")
    copy = sqlite3.connect(tmp_path / "copy.db")
    source.backup(copy)
    text = "\n".join(copy.iterdump()).encode("utf-8", "surrogateescape")
    source.close()
    copy.close()
    return text + (tmp_path / "copy.db").read_bytes()


def forms(secret: str) -> set[bytes]:
    """A secret as it is, in hexadecimal and in base64, as a careless program would write it."""
    import base64

    octets = secret.encode()
    return {octets, octets.hex().encode(), octets.hex().upper().encode(), base64.b64encode(octets).rstrip(b"=")}


def test_nothing_on_disk_tells_a_secret(demo, tmp_path):
    """No password, no secret, no identity number in database, directory, logs or backup."""
    values = read_environment(demo.environment)
    assert ask(values, values["PERSON"], values["PERSON_PASSWORD"]).accepted
    random = Random(1949)  # noqa: S311 - the same as the demo's
    numbers = [made_up(random, number) for number in range(1, 201)]
    wanted = {name: forms(values[name]) for name in SECRETS}
    wanted["ADMIN_LINK"] = forms(values["ADMIN_LINK"].rpartition("/")[2])
    wanted |= {f"identity number {place}": {number.encode()} for place, number in enumerate(numbers)}
    files = kept(demo) | {"backup": backup(demo, tmp_path)}
    assert any("truename.db" in name for name in files)
    assert any(name.endswith(".mdb") for name in files)
    told = [(name, what) for name, octets in files.items() for what, each in wanted.items()
            if any(form in octets for form in each)]  # fmt: skip
    assert told == []


def test_no_process_was_started_with_a_secret(demo):
    """What everybody on the machine may read in /proc."""
    values = read_environment(demo.environment)
    lines = b"".join(path.read_bytes() for path in _command_lines(demo.process.pid))
    assert not any(values[name].encode() in lines for name in SECRETS)


def _command_lines(parent: int) -> list[Path]:
    """The command lines of a process and of its children, as the kernel shows them to everybody."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split()
    return [path for pid in (str(parent), *children) if (path := Path(f"/proc/{pid}/cmdline")).exists()]
