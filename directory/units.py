"""Units of the city: a tree of any depth, kept in the registry. Every act runs inside the caller's unit of work."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from directory import outbox, spelling
from directory.outbox import Kind
from directory.refusal import Flaw, RegistryRefused
from directory.registry import EndpointRow, PersonRow, UnitRow
from store.engine import Unit


class Branch(NamedTuple):
    """A unit and how deep it lies; the top is 0."""

    depth: int
    row: UnitRow


def find(session: Session, code: str) -> UnitRow:
    """Return the unit; raises RegistryRefused where there is none."""
    row = session.get(UnitRow, code) if code.isascii() and code.isprintable() else None
    if row is None:
        raise RegistryRefused(Flaw.UNIT_UNKNOWN, "unit")
    return row


def listed(session: Session) -> Sequence[UnitRow]:
    """Return all units by code."""
    return session.scalars(select(UnitRow).order_by(UnitRow.code)).all()


def tree(session: Session) -> Iterator[Branch]:
    """Yield all units, each before those below it, neighbours by code."""
    below: dict[str | None, list[UnitRow]] = {}
    for row in listed(session):
        below.setdefault(row.parent, []).append(row)
    waiting = [Branch(0, row) for row in reversed(below.get(None, []))]
    while waiting:
        branch = waiting.pop()
        yield branch
        waiting.extend(Branch(branch.depth + 1, row) for row in reversed(below.get(branch.row.code, [])))


def subtree(session: Session, code: str) -> list[str]:
    """Return the codes of a unit and of all units below it; raises RegistryRefused for an unknown unit."""
    find(session, code)
    top = select(UnitRow.code).where(UnitRow.code == code).cte("subtree", recursive=True)
    # UNION and not UNION ALL: even a circle, which `move` keeps out, would end here.
    every = top.union(select(UnitRow.code).where(UnitRow.parent == top.c.code))
    return list(session.scalars(select(every.c.code)))


def parents(session: Session) -> dict[str, str | None]:
    """Return the parent of every unit."""
    return dict(iter(session.execute(select(UnitRow.code, UnitRow.parent))))


def ancestors(above: Mapping[str, str | None], code: str) -> list[str]:
    """Return the unit and all units above it, nearest first; raises RegistryRefused for a circle or a gap."""
    line: list[str] = []
    at: str | None = code
    while at is not None:
        if at in line:
            raise RegistryRefused(Flaw.UNIT_CYCLE, "parent")
        if at not in above:
            raise RegistryRefused(Flaw.UNIT_UNKNOWN, "unit")
        line.append(at)
        at = above[at]
    return line


def add(unit: Unit, actor: str, *, code: str, name: str, kind: str, parent: str | None = None) -> str:
    """Add a unit and return its code."""
    row = UnitRow(
        code=spelling.code(code),
        name=spelling.name(name),
        kind=spelling.choice(kind, spelling.UNIT_KINDS, "kind"),
        parent=parent,
        created_at=unit.now,
    )
    if parent is not None:
        find(unit.session, parent)
    if unit.session.get(UnitRow, row.code) is not None:
        raise RegistryRefused(Flaw.CODE_TAKEN, "code")
    unit.session.add(row)
    unit.session.flush()  # before any row that refers to it
    _record(unit, actor, "unit.add", row, None)
    return row.code


def rename(unit: Unit, actor: str, code: str, name: str) -> None:
    """Give a unit another name; its code stays."""
    row = find(unit.session, code)
    before = _shown(row)
    row.name = spelling.name(name)
    _record(unit, actor, "unit.rename", row, before)


def move(unit: Unit, actor: str, code: str, parent: str | None) -> None:
    """Put a unit, with everything below it, under another one; None makes it a top."""
    # All rows are locked (where the database locks rows): two moves at once could close a circle between them.
    rows = select(UnitRow.code, UnitRow.parent).order_by(UnitRow.code).with_for_update()
    above = dict(iter(unit.session.execute(rows)))
    row = find(unit.session, code)
    if parent is not None and code in ancestors(above, parent):
        raise RegistryRefused(Flaw.UNIT_CYCLE, "parent")
    before = _shown(row)
    row.parent = parent
    _record(unit, actor, "unit.move", row, before)


def remove(unit: Unit, actor: str, code: str) -> None:
    """Remove a unit for which nobody and nothing is left: no people in any state, no endpoints, no units below."""
    row = find(unit.session, code)
    kept = (PersonRow.unit == code, EndpointRow.unit == code, UnitRow.parent == code)
    if any(unit.session.scalar(select(exists().where(condition))) for condition in kept):
        raise RegistryRefused(Flaw.UNIT_NOT_EMPTY, "unit")
    before = _shown(row)
    unit.session.delete(row)
    outbox.queue(unit, Kind.UNIT, code)
    unit.changed("unit", code)
    unit.act(actor, "unit.remove", code, before, None)


def _shown(row: UnitRow) -> dict[str, str | None]:
    return {"name": row.name, "kind": row.kind, "parent": row.parent}


def _record(unit: Unit, actor: str, act: str, row: UnitRow, before: dict[str, str | None] | None) -> None:
    outbox.queue(unit, Kind.UNIT, row.code)
    unit.changed("unit", row.code)
    unit.act(actor, act, row.code, before, _shown(row))
