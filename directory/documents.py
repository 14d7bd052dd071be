"""Identity documents of people: the number sealed, found by a blind index, shown masked (GB/T 45574-2025, PIPL §51).

A number is read again only by `reveal`, which is an act in the record. Acts, logs and errors carry the mask. One number
belongs to one person, and a person has one document of each kind.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory import people, spelling
from directory.identity_numbers import Kind, Number, checked, concealed, masked, normal
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from directory.registry import DocumentRow
from store.engine import Unit
from store.sealing import Sealer

_GONE = frozenset({State.LEFT.value, State.PRESERVED.value})


class Document(NamedTuple):
    """A document as pages show it."""

    kind: Kind
    masked: str
    recorded_at: float  # seconds since the epoch


def of(session: Session, subject: str) -> list[Document]:
    """Return the documents of a person, by kind."""
    columns = (DocumentRow.kind, DocumentRow.masked, DocumentRow.recorded_at)
    query = select(*columns).where(DocumentRow.subject == subject).order_by(DocumentRow.kind)
    return [Document(Kind(kind), shown, at) for kind, shown, at in session.execute(query)]


def find(session: Session, sealer: Sealer, kind: Kind, number: str) -> str | None:
    """Return the subject whose document this is, however it is spelled; None where there is nobody."""
    wanted = Number(kind, normal(number))
    return owners(session, sealer, [wanted]).get(wanted)


def owners(session: Session, sealer: Sealer, numbers: Iterable[Number]) -> dict[Number, str]:
    """Return the subjects of those numbers that are on record, for many at once."""
    wanted = {(each.kind.value, _blind(sealer, each)): each for each in numbers}
    return {wanted[kind, blind]: subject for kind, blind, subject in _on_record(session, wanted)}


def _on_record(session: Session, wanted: Collection[tuple[str, bytes]]) -> Iterator[tuple[str, bytes, str]]:
    """Give (kind, blind index, subject) of those that are on record."""
    indexes = [blind for _, blind in wanted]
    for start in range(0, len(indexes), 500):  # a statement has a bounded number of parameters
        several = DocumentRow.blind.in_(indexes[start : start + 500])
        for kind, blind, subject in session.execute(
            select(DocumentRow.kind, DocumentRow.blind, DocumentRow.subject).where(several)
        ):
            if (kind, blind) in wanted:
                yield kind, blind, subject


def record(unit: Unit, sealer: Sealer, actor: str, subject: str, kind: Kind, number: str) -> None:
    """Put a document on record, in the place of an earlier one of its kind; the same number again changes nothing.

    Whoever left keeps a number only until the same human being begins under a new account: then it goes over. Raises
    RegistryRefused for an unknown person, an impossible number, and the number of somebody else.
    """
    people.find(unit.session, subject)
    wanted = Number(kind, checked(kind, number, unit.now))
    owner = owners(unit.session, sealer, [wanted]).get(wanted)
    if owner == subject:
        return
    if owner is not None:
        if people.find(unit.session, owner).state not in _GONE:
            raise RegistryRefused(Flaw.DOCUMENT_TAKEN, "number")
        _take(unit, actor, owner, kind, "document.hand_over", {"to": subject})
    before = _removed(unit, subject, kind)
    try:
        with unit.session.begin_nested():
            unit.session.execute(insert(DocumentRow), [_row(sealer, subject, wanted) | {"recorded_at": unit.now}])
    except IntegrityError:  # on PostgreSQL somebody else may have been quicker
        raise RegistryRefused(Flaw.DOCUMENT_TAKEN, "number") from None
    _trace(unit, actor, "document.record", subject, before, _shown(kind, masked(*wanted)))


def record_many(unit: Unit, sealer: Sealer, actor: str, numbers: Mapping[str, Number]) -> None:
    """Put the documents of many people on record at once, by subject id; as `add_rows`."""
    add_rows(unit, actor, new_rows(sealer, numbers, unit.now))


def new_rows(sealer: Sealer, numbers: Mapping[str, Number], now: float) -> list[dict[str, Any]]:
    """Return the rows of documents by subject id for `add_rows`, sealed. Raises RegistryRefused.

    Apart from `add_rows` because the work is here, and nobody else can write while a unit of work lasts. `now` is in
    seconds since the epoch.
    """
    for each in numbers.values():
        checked(each.kind, each.number, now)
    return [_row(sealer, subject, each) for subject, each in numbers.items()]


def add_rows(unit: Unit, actor: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put the documents of `new_rows` on record; one refusal refuses all.

    For people who have none of the kind yet, and for numbers that nobody has. Raises RegistryRefused.
    """
    blind = {(row["kind"], row["blind"]) for row in rows}
    if len(blind) < len(rows) or next(_on_record(unit.session, blind), None) is not None:
        raise RegistryRefused(Flaw.DOCUMENT_TAKEN, "number")
    if rows:
        try:
            with unit.session.begin_nested():
                unit.session.execute(insert(DocumentRow), [{**row, "recorded_at": unit.now} for row in rows])
        except IntegrityError:
            raise RegistryRefused(Flaw.DOCUMENT_TAKEN, "number") from None
    for row in rows:
        _trace(unit, actor, "document.record", row["subject"], None, _shown(Kind(row["kind"]), row["masked"]))


def remove(unit: Unit, actor: str, subject: str, kind: Kind) -> None:
    """Take a document off the record: the number is gone for good. Raises RegistryRefused where there is none."""
    _take(unit, actor, subject, kind, "document.remove", None)


def reveal(unit: Unit, sealer: Sealer, actor: str, subject: str, reason: str) -> list[Number]:
    """Return the numbers of a person in clear; who looked, and why, is on record once this unit is committed.

    So the caller shows them only after the commit. Raises RegistryRefused without a reason (2 to 200 characters) or a
    document, SealBroken where a number does not open.
    """
    told = _reason(reason)
    rows = unit.session.scalars(select(DocumentRow).where(DocumentRow.subject == subject).order_by(DocumentRow.kind))
    shown, opened = [], []
    for row in rows:
        kind = Kind(row.kind)
        plain = sealer.unseal(row.sealed, table="document", column="sealed", subject=_bound(subject, kind))
        opened.append(Number(kind, plain.decode("ascii")))
        shown.append({"kind": row.kind, "masked": row.masked})
    if not opened:
        raise RegistryRefused(Flaw.DOCUMENT_UNKNOWN, "document")
    unit.act(actor, "document.reveal", subject, None, {"reason": told, "documents": shown})
    return opened


def _reason(text: str) -> str:
    try:
        told = spelling.name(text, "reason", longest=200)
    except RegistryRefused:
        raise RegistryRefused(Flaw.REASON_MISSING, "reason") from None
    if len(told) < 2:
        raise RegistryRefused(Flaw.REASON_MISSING, "reason")
    return concealed(told)


def _row(sealer: Sealer, subject: str, wanted: Number) -> dict[str, Any]:
    plain = wanted.number.encode("ascii")
    return {
        "subject": subject,
        "kind": wanted.kind.value,
        "sealed": sealer.seal(plain, table="document", column="sealed", subject=_bound(subject, wanted.kind)),
        "blind": _blind(sealer, wanted),
        "masked": masked(*wanted),
    }


def _bound(subject: str, kind: Kind) -> str:
    # The kind too: two documents of one person must not be exchanged either.
    return f"{subject} {kind.value}"


def _blind(sealer: Sealer, wanted: Number) -> bytes:
    value = f"{wanted.kind.value} {wanted.number}".encode("utf-8", "surrogatepass")
    return sealer.blind(value, table="document", column="blind")


def _take(unit: Unit, actor: str, subject: str, kind: Kind, act: str, after: dict[str, str] | None) -> None:
    before = _removed(unit, subject, kind)
    if before is None:
        raise RegistryRefused(Flaw.DOCUMENT_UNKNOWN, "document")
    _trace(unit, actor, act, subject, before, after)


def _removed(unit: Unit, subject: str, kind: Kind) -> dict[str, str] | None:
    rows = delete(DocumentRow).where(DocumentRow.subject == subject, DocumentRow.kind == kind.value)
    shown = unit.session.scalars(rows.returning(DocumentRow.masked)).first()
    return None if shown is None else _shown(kind, shown)


def _shown(kind: Kind, mask: str) -> dict[str, str]:
    return {"kind": kind.value, "masked": mask}


def _trace(
    unit: Unit, actor: str, act: str, subject: str, before: dict[str, str] | None, after: dict[str, str] | None
) -> None:
    unit.changed("document", subject)
    unit.act(actor, act, subject, before, after)
