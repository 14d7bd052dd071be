"""The record of administrative acts: who did what to whom, before and after. Rows are only ever added.

Each row carries a hash over the hash of the row before it and its own content, so a row that is changed, removed or
slipped in later shows in `verify`. Rows cut off at the end show when an earlier `head` is compared with.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Index, LargeBinary, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from store.tables import Instant, Key, Table, Words

_TELL = 1000  # rows between two words about progress
_FIRST = bytes(32)  # what the first row takes for the hash of its predecessor


class ActRow(Table):
    """One administrative act. The number counts without gaps, and is part of what is hashed."""

    __tablename__ = "act"
    __table_args__ = (
        Index("ix_act_subject", "subject", "number"),
        Index("ix_act_actor", "actor", "number"),
        Index("ix_act_act", "act", "number"),
        Index("ix_act_at", "at"),
    )

    number: Mapped[Key]
    at: Mapped[Instant]
    actor: Mapped[Words]
    act: Mapped[Words]
    subject: Mapped[Words]
    before: Mapped[str | None]  # canonical JSON
    after: Mapped[str | None]  # canonical JSON
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Act(NamedTuple):
    """An act that is not yet written."""

    actor: str
    act: str
    subject: str
    before: str | None
    after: str | None


class Chain(NamedTuple):
    """What `verify` found."""

    acts: int  # rows that hang together
    head: bytes  # hash of the last of them (32 octets); a copy kept elsewhere proves that nothing was cut off
    broken: int | None  # number of the first row that does not fit; None: all do


def canonical(value: Mapping[str, Any] | None) -> str | None:
    """Return the one JSON text for `value`: sorted keys, no space, UTF-8 unescaped.

    Raises TypeError for what JSON cannot say (octets above all: secrets do not belong here) and ValueError for NaN,
    infinity and lone surrogates.
    """
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    text.encode()  # a lone surrogate fails here, not at the database
    return text


def _hash(previous: bytes, number: int, at: float, act: Act) -> bytes:
    line = json.dumps([number, at, *act], ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(previous + line.encode()).digest()


def append(session: Session, at: float, acts: list[Act]) -> None:
    """Write acts at the end. The caller holds the lock that keeps every other writer of this table out."""
    last = session.execute(select(ActRow.number, ActRow.hash).order_by(ActRow.number.desc()).limit(1)).first()
    number, previous = (last.number, last.hash) if last else (0, _FIRST)
    rows = []
    for act in acts:
        number += 1
        previous = _hash(previous, number, at, act)
        rows.append({"number": number, "at": at, "hash": previous, **act._asdict()})
    if rows:  # not as objects: a list of people makes tens of thousands
        session.connection().execute(insert(ActRow), rows)


def position(session: Session) -> int:
    """Return the number of the last act, 0 where there is none: while it stays, nobody changed the registry."""
    return session.scalar(select(func.max(ActRow.number))) or 0


def verify(session: Session, progress: Callable[[int], None] = lambda _: None) -> Chain:
    """Check the whole record from its first row on; `progress` is told now and then how many rows hang together."""
    count, previous = 0, _FIRST
    table = ActRow.__table__
    for row in session.execute(select(table).order_by(table.c.number)).yield_per(1000):
        act = Act(row.actor, row.act, row.subject, row.before, row.after)
        if row.number != count + 1 or row.hash != _hash(previous, row.number, row.at, act):
            return Chain(count, previous, row.number)
        count, previous = row.number, row.hash
        if count % _TELL == 0:
            progress(count)
    return Chain(count, previous, None)
