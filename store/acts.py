"""Reading the record of acts: found by who, what, whom and when, in pages and as a stream."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store.engine import Store
from store.record import ActRow

_CHUNK = 1000  # rows of one reading; no reader keeps a state of the database for as long as a download takes


class Wanted(NamedTuple):
    """Which acts; what is empty does not narrow. Times are in seconds since the epoch, `until` not included."""

    actor: str = ""
    act: str = ""  # a whole act such as person.suspend, or a noun such as person
    subjects: frozenset[str] = frozenset()  # any of these
    since: float | None = None
    until: float | None = None


class Head(NamedTuple):
    """The last act: how many there are, and the hash that stands for all of them (32 octets)."""

    acts: int
    hash: bytes


def _chosen(wanted: Wanted) -> Select[ActRow]:
    query = select(ActRow)
    if wanted.actor:
        query = query.where(ActRow.actor == wanted.actor)
    if wanted.act:
        noun = wanted.act.rstrip(".")
        # A noun means all that was done to it: what lies between "person." and "person/", the sign after the dot.
        query = query.where(
            ActRow.act == noun if "." in noun else (ActRow.act >= f"{noun}.") & (ActRow.act < f"{noun}/")
        )
    if wanted.subjects:
        query = query.where(ActRow.subject.in_(sorted(wanted.subjects)))
    if wanted.since is not None:
        query = query.where(ActRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(ActRow.at < wanted.until)
    return query


def search(session: Session, wanted: Wanted, *, before: int | None = None, limit: int = 100) -> Sequence[ActRow]:
    """Return acts, the latest first; `before` is the number of the last one of the page before."""
    query = _chosen(wanted)
    if before is not None:
        query = query.where(ActRow.number < before)
    return session.scalars(query.order_by(ActRow.number.desc()).limit(limit)).all()


def stream(store: Store, wanted: Wanted, last: int) -> Iterator[ActRow]:
    """Yield acts from the first on, up to the number `last`. Rows never change, so many short readings do."""
    seen = 0
    while True:
        query = _chosen(wanted).where(ActRow.number > seen, ActRow.number <= last)
        with store.read() as session:
            rows = session.scalars(query.order_by(ActRow.number).limit(_CHUNK)).all()
        yield from rows
        if len(rows) < _CHUNK:
            return
        seen = rows[-1].number


def find(session: Session, number: int) -> ActRow | None:
    """Return one act."""
    return session.get(ActRow, number)


def head(session: Session) -> Head:
    """Return the end of the record; 32 zero octets while it is empty."""
    row = session.execute(select(ActRow.number, ActRow.hash).order_by(ActRow.number.desc()).limit(1)).first()
    return Head(row.number, row.hash) if row is not None else Head(0, bytes(32))


def place_of(session: Session, noted: bytes) -> int | None:
    """Return the number of the act with this hash: a head that was noted earlier. None: acts were cut off since."""
    newest = select(func.max(ActRow.number)).where(ActRow.hash == noted)
    return session.scalar(newest)
