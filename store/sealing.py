"""Secrets at rest: AES-256-GCM under a data key, which the database keeps wrapped by a master key from outside it.

A copy of the database shows nothing without the master key's file, and a sealed value only opens in the table,
the column and for the subject that it was sealed for. Layout of a sealed value: version (1 octet), number of the
data key (4 octets, most significant first), nonce (12), ciphertext, tag (16).

What must be found or compared without being read again has a blind index instead: a keyed hash, whose key is derived
for its own table and column from the first data key. That key outlives every change of the master key and of the data
key that seals, so an index stays valid.
"""

import contextlib
import fcntl
import hashlib
import hmac
import os
import secrets
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.engine import Store, Unit
from store.tables import Instant, Key, Table, Words

_VERSION = 1
_HEADER = struct.Struct(">BI")
_NONCE = 12  # octets (NIST SP 800-38D §8.2.2: random, so a data key serves 2**32 values at most)
_TAG = 16
_KEY = 32


class SealBroken(Exception):  # noqa: N818 - says what is the matter, as all our errors do
    """A sealed value, a data key or the master key's file is not what it must be. The text holds no secret."""


class DataKeyRow(Table):
    """A data key, wrapped by the master key."""

    __tablename__ = "data_key"

    number: Mapped[Key]
    master: Mapped[Words]  # fingerprint of the master key that wraps it
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Instant]


class _Master:
    """The master key; its repr shows the fingerprint only."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self.fingerprint = hashlib.sha256(b"truename master key" + key).hexdigest()[:16]

    def __repr__(self) -> str:
        return f"_Master({self.fingerprint})"

    def wrap(self, number: int, key: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, key, _bound("data_key", "wrapped", str(number)))

    def unwrap(self, number: int, wrapped: bytes) -> bytes:
        try:
            bound = _bound("data_key", "wrapped", str(number))
            return self._cipher.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
        except (InvalidTag, ValueError):
            raise SealBroken(f"data key {number} does not open with this master key") from None


class Sealer:
    """Seals and unseals. Threads may share it."""

    def __init__(self, keys: dict[int, bytes]) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in keys.items()}
        self._newest = max(keys)
        self._first = keys[min(keys)]

    @staticmethod
    def create(keyfile: Path) -> None:
        """Make a new master key in a new file of mode 0400. Raises FileExistsError: a key is never replaced."""
        _write(keyfile, secrets.token_bytes(_KEY))

    @classmethod
    def load(cls, keyfile: Path, store: Store) -> "Sealer":
        """Read the master key and with it the data keys; the first data key is made here.

        Raises SealBroken where the file is missing, malformed, open to others or of another database.
        """
        with _alone(keyfile):
            with store.read() as session:
                rows = _rows(session)
            master = _matching(keyfile, rows)
        if not rows:
            with store.write() as unit:
                unit.order()
                rows = _rows(unit.session)
                if not rows:
                    rows = [_new_key(unit, master)]
        return cls({row.number: master.unwrap(row.number, row.wrapped) for row in rows})

    def seal(self, plain: bytes, *, table: str, column: str, subject: str) -> bytes:
        """Return `plain` sealed for one field of one subject."""
        head = _HEADER.pack(_VERSION, self._newest)
        nonce = secrets.token_bytes(_NONCE)
        bound = head + _bound(table, column, subject)
        return head + nonce + self._ciphers[self._newest].encrypt(nonce, plain, bound)

    def unseal(self, sealed: bytes, *, table: str, column: str, subject: str) -> bytes:
        """Return what was sealed. Raises SealBroken for anything else than our own value in its own place."""
        if len(sealed) < _HEADER.size + _NONCE + _TAG:
            raise SealBroken(f"sealed value too short in {table}.{column}")
        version, number = _HEADER.unpack_from(sealed)
        cipher = self._ciphers.get(number)
        if version != _VERSION or cipher is None:
            raise SealBroken(f"sealed value of unknown version or data key in {table}.{column}")
        start = _HEADER.size + _NONCE
        bound = sealed[: _HEADER.size] + _bound(table, column, subject)
        try:
            return cipher.decrypt(sealed[_HEADER.size : start], sealed[start:], bound)
        except InvalidTag:
            raise SealBroken(f"sealed value does not open in {table}.{column}") from None

    def blind(self, value: bytes, *, table: str, column: str, subject: str = "") -> bytes:
        """Return the blind index of `value` (32 octets): HMAC-SHA-256 under the key of this column (RFC 5869 §2.3).

        Equal values of one column and subject have equal indexes. With a `subject` (a hash that is compared) the same
        value of somebody else looks different; without one (an index that is searched) it can be found.
        """
        key = HKDFExpand(SHA256(), _KEY, b"blind index" + _bound(table, column, "")).derive(self._first)
        return hmac.digest(key, _bound(subject, "", "") + value, "sha256")


def rotate_master(keyfile: Path, store: Store, actor: str = "operator") -> int:
    """Wrap all data keys by a new master key; return how many. Sealed values stay as they are.

    The new key lies beside the old one (`.next`) until the database has committed, and only then takes its name. A
    crash before the commit leaves the old key valid, one after it leaves the new one under its first name, where
    `Sealer.load` and the next rotation find it.
    """
    after = _next_of(keyfile)
    with _alone(keyfile):
        with store.write() as unit:
            unit.order()
            rows = _rows(unit.session)
            old = _matching(keyfile, rows)
            after.unlink(missing_ok=True)  # of a rotation that never committed; _matching renamed any other
            _write(after, secrets.token_bytes(_KEY))
            new = _read(after)
            for row in rows:
                row.wrapped = new.wrap(row.number, old.unwrap(row.number, row.wrapped))
                row.master = new.fingerprint
            before = {"master": old.fingerprint}
            unit.act(actor, "master key rotated", "data_key", before, {"master": new.fingerprint})
        _take_over(keyfile)
    return len(rows)


@contextlib.contextmanager
def _alone(keyfile: Path) -> Iterator[None]:
    """Keep two rotations, and a rotation and a load, from renaming each other's files."""
    try:
        handle = os.open(keyfile.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SealBroken(f"directory of master key file {keyfile.name}: {error.strerror}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _rows(session: Session) -> list[DataKeyRow]:
    return list(session.scalars(select(DataKeyRow).order_by(DataKeyRow.number)))


def _new_key(unit: Unit, master: _Master) -> DataKeyRow:
    wrapped = master.wrap(1, secrets.token_bytes(_KEY))
    row = DataKeyRow(number=1, master=master.fingerprint, wrapped=wrapped, created_at=unit.now)
    unit.session.add(row)
    unit.session.flush()
    return row


def _bound(table: str, column: str, subject: str) -> bytes:
    # Lengths first: no two places may give the same octets.
    parts = [part.encode() for part in (table, column, subject)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _next_of(keyfile: Path) -> Path:
    return keyfile.with_name(keyfile.name + ".next")


def _matching(keyfile: Path, rows: list[DataKeyRow]) -> _Master:
    """Return the master key that wraps `rows`; finish a rotation that committed and then crashed."""
    master = _read(keyfile)
    wanted = {row.master for row in rows}
    if wanted <= {master.fingerprint}:
        return master
    after = _next_of(keyfile)
    if after.exists():
        master = _read(after)
        if wanted == {master.fingerprint}:
            with contextlib.suppress(PermissionError):  # a worker may read keys but not the directory around them
                _take_over(keyfile)
            return master
    raise SealBroken(f"master key file {keyfile.name} belongs to another database, or was replaced")


def _take_over(keyfile: Path) -> None:
    _next_of(keyfile).replace(keyfile)
    _sync_directory(keyfile.parent)


def _write(file: Path, key: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    with os.fdopen(handle, "wb") as stream:
        stream.write(key.hex().encode() + b"\n")
        stream.flush()
        os.fsync(handle)
    _sync_directory(file.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(file: Path) -> _Master:
    try:
        with file.open("rb") as stream:
            if stat.S_IMODE(os.fstat(stream.fileno()).st_mode) & 0o077:
                raise SealBroken(f"master key file {file.name} is open to others: chmod 0400")
            content = stream.read(2 * _KEY + 2)
    except OSError as error:
        raise SealBroken(f"master key file {file.name} cannot be read: {error.strerror}") from None
    try:
        key = bytes.fromhex(content.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _KEY:
        raise SealBroken(f"master key file {file.name} does not hold 64 hexadecimal digits")
    return _Master(key)
