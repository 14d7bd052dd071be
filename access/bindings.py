"""Bindings: who stands behind a hardware address for a while, because the person proved it at the portal.

A binding grants nothing by itself: whenever a network device asks about the hardware address, the person is judged
anew (radius.driver). Every act runs inside the caller's unit of work; followers read the row of the hardware address
that a change names, and everything where it names none.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from access import own_devices
from access.evidence import Strength
from access.own_devices import CHANGED
from access.reasons import Reason
from access.tables import BindingRow
from directory import spelling
from store.engine import Unit

EVERYTHING = ""  # the subject of a change where there are too many to name
_MOST_NAMED = 200  # hardware addresses that one act names one by one


class BindingRefused(Exception):  # noqa: N818 - it is a refusal with a reason, not an error of the program
    """Nobody may be bound to this hardware address; nothing was changed."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"{reason.code} {reason.value.english}")
        self.reason = reason


def bind(
    unit: Unit,
    *,
    hardware: str,
    subject: str,
    strength: Strength,
    device: int,
    address: str,
    valid_until: float,
    actor: str,
) -> None:
    """Bind a person to a hardware address (aa:bb:cc:dd:ee:ff) until `valid_until`, in seconds since the epoch.

    Whoever was bound to it before no longer is. `device` is the number of the network device at which the person
    proved who it is with this `strength`, coming from `address`. Raises BindingRefused for a device that was
    reported lost, RegistryRefused for what is no hardware address, ValueError for a time that is over.
    """
    if valid_until <= unit.now:
        raise ValueError("a binding ends after now")
    kept = spelling.hardware(hardware)
    if own_devices.is_lost(unit.session, kept):
        raise BindingRefused(Reason.DEVICE_LOST)
    own_devices.seen(unit, kept, subject)
    row = unit.session.get(BindingRow, kept)
    before = None if row is None else _shown(row)
    values = {
        "subject": subject,
        "strength": int(strength),
        "device": device,
        "address": address,
        "made_at": unit.now,
        "valid_until": valid_until,
    }
    # In one statement: a person who is in a hurry sends the form twice, perhaps to two processes.
    insert = postgresql.insert if unit.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(BindingRow).values(hardware=kept, **values)
    unit.session.execute(statement.on_conflict_do_update(index_elements=["hardware"], set_=values))
    unit.changed(CHANGED, kept)
    unit.act(actor, "binding.make", kept, before, {**values, "hardware": kept})
    unit.session.get(BindingRow, kept, populate_existing=True)  # whoever holds the row sees it as it is now


def unbind(unit: Unit, hardware: str, actor: str) -> bool:
    """Take the person away from behind a hardware address; return whether there was one."""
    row = unit.session.get(BindingRow, hardware)
    if row is None:
        return False
    _end(unit, row, actor)
    return True


def unbind_all(unit: Unit, subject: str, actor: str) -> list[str]:
    """End all bindings of a person; return the hardware addresses."""
    rows = unit.session.scalars(select(BindingRow).where(BindingRow.subject == subject)).all()
    for row in rows:
        _end(unit, row, actor)
    return [row.hardware for row in rows]


def of_subject(session: Session, subject: str, now: float) -> Sequence[BindingRow]:
    """Return the bindings of a person that hold at `now`, the latest first."""
    chosen = (
        select(BindingRow)
        .where(BindingRow.subject == subject, BindingRow.valid_until > now)
        .order_by(BindingRow.made_at.desc(), BindingRow.hardware)
    )
    return session.scalars(chosen).all()


def find(session: Session, hardware: str, now: float) -> BindingRow | None:
    """Return the binding of a hardware address that holds at `now`."""
    row = session.get(BindingRow, hardware)
    return row if row is not None and row.valid_until > now else None


def prune(unit: Unit) -> int:
    """Remove bindings that are over; return how many. Nobody did anything, so the record of acts stays silent."""
    ended = delete(BindingRow).where(BindingRow.valid_until <= unit.now).returning(BindingRow.hardware)
    gone = unit.session.scalars(ended).all()
    for hardware in gone if len(gone) <= _MOST_NAMED else (EVERYTHING,):
        unit.changed(CHANGED, hardware)
    return len(gone)


def _end(unit: Unit, row: BindingRow, actor: str) -> None:
    unit.session.delete(row)
    unit.session.flush()  # whoever looks it up again in this unit finds none
    unit.changed(CHANGED, row.hardware)
    unit.act(actor, "binding.end", row.hardware, _shown(row), None)


def _shown(row: BindingRow) -> dict[str, Any]:
    shown = ("hardware", "subject", "strength", "device", "address", "made_at", "valid_until")
    return {field: getattr(row, field) for field in shown}
