"""The devices with which people logged in at the portal: their names, and which of them were reported lost.

A lost device is refused wherever it shows up, by whatever it proves, until its owner takes it back: whoever found a
phone found the password that it stores. Every act runs inside the caller's unit of work.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from access.tables import BindingRow, OwnDeviceRow
from directory import spelling
from directory.refusal import Flaw, RegistryRefused
from store.engine import Unit

CHANGED = "binding"  # the kind of change that tells of bindings and of lost devices: one table follows both
_LONGEST_NAME = 40  # characters


def seen(unit: Unit, hardware: str, subject: str) -> None:
    """Note that a person logged in with a device. One that was somebody else's is this person's from now on."""
    insert = postgresql.insert if unit.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = OwnDeviceRow
    new = insert(row).values(hardware=hardware, subject=subject, name="", first_at=unit.now, last_at=unit.now)
    same = row.subject == subject
    known = {
        "subject": subject,
        "name": case((same, row.name), else_=""),
        "first_at": case((same, row.first_at), else_=unit.now),
        "last_at": unit.now,
    }
    unit.session.execute(new.on_conflict_do_update(index_elements=["hardware"], set_=known))
    unit.session.get(row, hardware, populate_existing=True)  # whoever holds the row sees it as it is now


def is_lost(session: Session, hardware: str) -> bool:
    """Return whether a device was reported lost and not taken back."""
    lost = select(OwnDeviceRow.lost_at).where(OwnDeviceRow.hardware == hardware)
    return session.scalars(lost).first() is not None


def of_subject(session: Session, subject: str) -> Sequence[OwnDeviceRow]:
    """Return the devices of a person, the one that was used last first."""
    chosen = select(OwnDeviceRow).where(OwnDeviceRow.subject == subject)
    return session.scalars(chosen.order_by(OwnDeviceRow.last_at.desc(), OwnDeviceRow.hardware)).all()


def rename(unit: Unit, hardware: str, subject: str, name: str, actor: str) -> None:
    """Give a device of a person a name. Raises RegistryRefused."""
    row = _of(unit.session, hardware, subject)
    before = _shown(row)
    row.name = spelling.name(name, longest=_LONGEST_NAME)
    unit.act(actor, "own_device.rename", hardware, before, _shown(row))


def forget(unit: Unit, hardware: str, subject: str, actor: str) -> None:
    """Strike a device from a person's list, and end its binding. Raises RegistryRefused.

    A lost one stays: forgotten, it would be let in again.
    """
    row = _of(unit.session, hardware, subject)
    if row.lost_at is not None:
        raise RegistryRefused(Flaw.STATE_FORBIDS, "lost")
    _unbind(unit, hardware)
    unit.session.delete(row)
    unit.session.flush()
    unit.act(actor, "own_device.forget", hardware, _shown(row), None)


def report_lost(unit: Unit, hardware: str, subject: str, actor: str) -> None:
    """Refuse a device of a person everywhere, and end its binding. Raises RegistryRefused.

    What it has open is ended by orders (access.enforcement.order_all_at), which the caller gives in the same unit.
    """
    row = _of(unit.session, hardware, subject)
    if row.lost_at is not None:
        return
    before = _shown(row)
    row.lost_at = unit.now
    _unbind(unit, hardware)
    unit.act(actor, "own_device.lost", hardware, before, _shown(row))


def taken_back(unit: Unit, hardware: str, subject: str, actor: str) -> None:
    """Let a lost device be judged like any other again; its person logs in anew. Raises RegistryRefused."""
    row = _of(unit.session, hardware, subject)
    if row.lost_at is None:
        return
    before = _shown(row)
    row.lost_at = None
    unit.changed(CHANGED, hardware)
    unit.act(actor, "own_device.taken_back", hardware, before, _shown(row))


def _of(session: Session, hardware: str, subject: str) -> OwnDeviceRow:
    row = session.get(OwnDeviceRow, hardware)
    if row is None or row.subject != subject:
        # The same answer for both: nobody finds out here which devices others have.
        raise RegistryRefused(Flaw.ENDPOINT_UNKNOWN, "hardware")
    return row


def _unbind(unit: Unit, hardware: str) -> None:
    binding = unit.session.get(BindingRow, hardware)
    if binding is not None:
        unit.session.delete(binding)
        unit.session.flush()  # whoever looks it up again in this unit finds none
    unit.changed(CHANGED, hardware)


def _shown(row: OwnDeviceRow) -> dict[str, Any]:
    return {field: getattr(row, field) for field in ("hardware", "subject", "name", "first_at", "last_at", "lost_at")}
