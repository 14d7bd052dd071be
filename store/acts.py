"""Reading the record of acts: found by who, what, whom and when, in pages and as a stream."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store.engine import Store
from store.record import ActRow

_CHUNK = 2000  # numbers of one reading; no reader keeps a state of the database for as long as a download takes


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
    """Return the query for all that is told but the act."""
    query = select(ActRow)
    if wanted.actor:
        query = query.where(ActRow.actor == wanted.actor)
    if wanted.subjects:
        query = query.where(ActRow.subject.in_(sorted(wanted.subjects)))
    if wanted.since is not None:
        query = query.where(ActRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(ActRow.at < wanted.until)
    return query


def _meant(session: Session, act: str) -> list[str]:
    """Return the acts that are meant: one, or all that there are of a noun.

    One look into the index for each act that was ever recorded, however many rows there are of it. No comparison by
    prefix: what lies between two texts depends on the collation of the database.
    """
    noun = act.rstrip(".")
    if "." in noun:
        return [noun]
    found: list[str] = []
    following = session.scalar(select(func.min(ActRow.act)))
    while following is not None:
        if following.startswith(f"{noun}."):
            found.append(following)
        following = session.scalar(select(func.min(ActRow.act)).where(ActRow.act > following))
    return found


def search(session: Session, wanted: Wanted, *, before: int | None = None, limit: int = 100) -> Sequence[ActRow]:
    """Return acts, the latest first; `before` is the number of the last one of the page before."""
    query = _chosen(wanted)
    if before is not None:
        query = query.where(ActRow.number < before)
    newest = query.order_by(ActRow.number.desc()).limit(limit)
    if not wanted.act:
        return session.scalars(newest).all()
    # The latest of each act by the index over act and number, instead of all acts of a noun sorted.
    acts = _meant(session, wanted.act)
    rows = [row for act in acts for row in session.scalars(newest.where(ActRow.act == act))]
    return sorted(rows, key=lambda row: -row.number)[:limit]


def stream(store: Store, wanted: Wanted, last: int) -> Iterator[ActRow]:
    """Yield acts from the first on, up to the number `last`. Rows never change, so many short readings do."""
    query = _chosen(wanted).order_by(ActRow.number)
    if wanted.act:
        with store.read() as session:
            query = query.where(ActRow.act.in_(_meant(session, wanted.act)))
    for seen in range(0, last, _CHUNK):
        with store.read() as session:
            part = query.where(ActRow.number > seen, ActRow.number <= min(seen + _CHUNK, last))
            rows = session.scalars(part).all()
        yield from rows


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
