"""Sealing: what is sealed opens only in its own place, and a change of the master key loses nothing."""

import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from store import sealing
from store.engine import Store
from store.record import verify
from store.sealing import DataKeyRow, SealBroken, Sealer, rotate_master

PLACE = {"table": "device", "column": "secret", "subject": "7"}


@pytest.fixture
def keyfile(tmp_path: Path) -> Path:
    """Return a new master key's file."""
    file = tmp_path / "master.key"
    Sealer.create(file)
    return file


def test_master_key_file_is_private_and_never_replaced(keyfile: Path):
    """The file has mode 0400 from its first moment, and a second creation is refused."""
    assert stat.S_IMODE(keyfile.stat().st_mode) == 0o400
    content = keyfile.read_bytes()
    with pytest.raises(FileExistsError):
        Sealer.create(keyfile)
    assert keyfile.read_bytes() == content


def test_seal_opens_again_in_every_process(keyfile: Path, store: Store):
    """A value sealed by one process opens in another that loads the same key."""
    sealed = Sealer.load(keyfile, store).seal("密钥𠮷".encode(), **PLACE)
    assert Sealer.load(keyfile, store).unseal(sealed, **PLACE) == "密钥𠮷".encode()


def test_nothing_of_the_value_or_keys_is_in_the_database(keyfile: Path, sqlite_store: Store, tmp_path: Path):
    """Neither the plain value nor the data key nor the master key lies in the database's files."""
    sealer = Sealer.load(keyfile, sqlite_store)
    sealed = sealer.seal(b"a-plain-shared-secret", **PLACE)
    master = bytes.fromhex(keyfile.read_text())
    content = b"".join(file.read_bytes() for file in tmp_path.glob("truename.db*") if file.is_file())
    assert b"a-plain-shared-secret" not in sealed + content
    assert master not in content
    assert master.hex().encode() not in content


def test_two_seals_of_one_value_differ(keyfile: Path, sqlite_store: Store):
    """Equal values cannot be recognised by their sealed form."""
    sealer = Sealer.load(keyfile, sqlite_store)
    assert sealer.seal(b"x", **PLACE) != sealer.seal(b"x", **PLACE)


@pytest.mark.parametrize("part", ["table", "column", "subject"])
def test_sealed_value_opens_only_in_its_place(keyfile: Path, sqlite_store: Store, part: str):
    """A sealed value copied to another table, column or subject does not open."""
    sealer = Sealer.load(keyfile, sqlite_store)
    sealed = sealer.seal(b"x", **PLACE)
    with pytest.raises(SealBroken):
        sealer.unseal(sealed, **{**PLACE, part: "8"})
    with pytest.raises(SealBroken):
        sealer.unseal(sealed, table="devic", column="esecret", subject="7")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_anything_else_is_broken_and_nothing_else_is_raised(data: st.DataObject):
    """Any other octets raise SealBroken, the flip of any single bit too."""
    sealer = Sealer({1: bytes(range(32))})
    sealed = sealer.seal(b"secret", **PLACE)
    position = data.draw(st.integers(0, len(sealed) * 8 - 1))
    flipped = bytearray(sealed)
    flipped[position // 8] ^= 1 << position % 8
    for wrong in (bytes(flipped), data.draw(st.binary(max_size=80)), sealed[: position // 8]):
        with pytest.raises(SealBroken):
            sealer.unseal(wrong, **PLACE)


def test_a_blind_index_belongs_to_its_place_and_key(keyfile: Path, sqlite_store: Store):
    """Equal values are found again, also under a new master key; elsewhere and by other keys they look different."""
    place = {"table": "document", "column": "blind"}
    made = Sealer.load(keyfile, sqlite_store).blind(b"x", **place)
    rotate_master(keyfile, sqlite_store)
    sealer = Sealer.load(keyfile, sqlite_store)
    others = [
        sealer.blind(b"y", **place),
        sealer.blind(b"x", **place, subject="p-1"),
        sealer.blind(b"x", table="document", column="hash"),
        sealer.blind(b"x", table="documen", column="tblind"),
        Sealer({1: bytes(32)}).blind(b"x", **place),
        Sealer({1: bytes(32), 2: bytes(range(32))}).blind(b"x", **place),
    ]
    assert sealer.blind(b"x", **place) == made
    assert len(made) == 32
    assert made not in others
    assert others[-2] == others[-1], "a further data key changes no index"


@pytest.mark.parametrize("content", ["", "00", "zz" * 32, "00" * 33])
def test_malformed_master_key_file(tmp_path: Path, sqlite_store: Store, content: str):
    """A file that does not hold exactly 64 hexadecimal digits is no master key."""
    file = tmp_path / "k"
    file.write_text(content)
    file.chmod(0o400)
    with pytest.raises(SealBroken):
        Sealer.load(file, sqlite_store)


def test_master_key_open_to_others_or_missing(keyfile: Path, sqlite_store: Store, tmp_path: Path):
    """A file that others may read is refused, and so is one that is not there."""
    keyfile.chmod(0o440)
    with pytest.raises(SealBroken, match="0400"):
        Sealer.load(keyfile, sqlite_store)
    with pytest.raises(SealBroken):
        Sealer.load(tmp_path / "none", sqlite_store)
    with pytest.raises(SealBroken):
        Sealer.load(tmp_path / "nowhere" / "none", sqlite_store)


def test_master_key_of_another_database(keyfile: Path, store: Store, tmp_path: Path):
    """A master key that does not wrap this database's keys is refused, before anything is written."""
    Sealer.load(keyfile, store)
    other = tmp_path / "other.key"
    Sealer.create(other)
    with pytest.raises(SealBroken):
        Sealer.load(other, store)
    with pytest.raises(SealBroken):
        rotate_master(other, store, "operator")


def test_wrapped_key_that_was_tampered_with(keyfile: Path, store: Store):
    """A wrapped data key that was changed does not open."""
    Sealer.load(keyfile, store)
    with store.write() as unit:
        row = unit.session.scalars(select(DataKeyRow)).one()
        row.wrapped = row.wrapped[:-1] + bytes([row.wrapped[-1] ^ 1])
    with pytest.raises(SealBroken):
        Sealer.load(keyfile, store)


def test_rotation_keeps_values_and_retires_the_old_key(keyfile: Path, store: Store, tmp_path: Path):
    """After a rotation all values open with the new file, none with the old one, and the act is on record."""
    sealer = Sealer.load(keyfile, store)
    sealed = sealer.seal(b"x", **PLACE)
    old = shutil.copy(keyfile, tmp_path / "old.key")
    assert rotate_master(keyfile, store, "operator") == 1
    assert stat.S_IMODE(keyfile.stat().st_mode) == 0o400
    assert Sealer.load(keyfile, store).unseal(sealed, **PLACE) == b"x"
    assert sealer.unseal(sealed, **PLACE) == b"x"
    with pytest.raises(SealBroken):
        Sealer.load(Path(old), store)
    assert not keyfile.with_name("master.key.next").exists()
    with store.read() as session:
        assert verify(session).acts == 1
        record = str(session.execute(text("SELECT before, after FROM act")).all())
    assert keyfile.read_text().strip() not in record


class Crash(BaseException):
    """The process died here."""


def test_crash_before_the_commit_leaves_the_old_key(keyfile: Path, store: Store, monkeypatch: pytest.MonkeyPatch):
    """A rotation that dies before its commit changed nothing, and can be begun again."""
    sealed = Sealer.load(keyfile, store).seal(b"x", **PLACE)
    content = keyfile.read_bytes()

    def die(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr("store.engine.append", die)
        with pytest.raises(Crash):
            rotate_master(keyfile, store, "operator")
    assert keyfile.read_bytes() == content
    assert Sealer.load(keyfile, store).unseal(sealed, **PLACE) == b"x"
    assert rotate_master(keyfile, store, "operator") == 1
    assert Sealer.load(keyfile, store).unseal(sealed, **PLACE) == b"x"


@pytest.mark.parametrize("then", ["load", "rotate"])
def test_crash_after_the_commit_is_finished_by_the_next(
    keyfile: Path, store: Store, monkeypatch: pytest.MonkeyPatch, then: str
):
    """A rotation that dies right after its commit is finished by whoever comes next."""
    sealed = Sealer.load(keyfile, store).seal(b"x", **PLACE)

    def die(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_take_over", die)
        with pytest.raises(Crash):
            rotate_master(keyfile, store, "operator")
    if then == "rotate":
        rotate_master(keyfile, store, "operator")
    assert Sealer.load(keyfile, store).unseal(sealed, **PLACE) == b"x"
    assert not keyfile.with_name("master.key.next").exists()


def test_rotations_and_loads_at_once_queue(keyfile: Path, store: Store):
    """Whoever rotates or loads while another rotates waits for it, and every value still opens."""
    sealed = Sealer.load(keyfile, store).seal(b"x", **PLACE)
    errors: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            for _ in range(5):
                work()
        except BaseException as error:  # noqa: BLE001 - carried to the test's own thread
            errors.append(error)

    works = [
        lambda: rotate_master(keyfile, store, "a"),
        lambda: rotate_master(keyfile, store, "b"),
        lambda: Sealer.load(keyfile, store),
    ]
    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Sealer.load(keyfile, store).unseal(sealed, **PLACE) == b"x"


def test_no_secret_in_any_repr(keyfile: Path, sqlite_store: Store):
    """Neither the sealer nor the master key shows key material."""
    sealer = Sealer.load(keyfile, sqlite_store)
    master = sealing._read(keyfile)
    assert keyfile.read_text().strip()[:8] not in repr(sealer) + repr(master) + repr(vars(master))
