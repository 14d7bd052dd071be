"""What network devices sent and got no answer to: counted by device and reason, for the people who connect them.

A device that gets silence does not know why; whoever pasted another secret sees it here within seconds.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Select, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from access.tables import DeviceDropRow, DeviceRow
from store.engine import Unit

PAUSE = 86_400.0  # seconds without a fault after which it is counted anew: another fault, another day
FEW = 5  # packets of one fault below which nobody is alarmed: a stray one, or somebody's forged source address


class DeviceDrop(NamedTuple):
    """What was dropped of one device for one reason; times in seconds since the epoch."""

    drop: str  # a label of radius.drops
    packets: int  # since first_at
    address: str  # from which the last one came
    first_at: float
    last_at: float


def record_drops(unit: Unit, heard: Mapping[tuple[int, str], tuple[int, str]]) -> None:
    """Add what was dropped since the last time: device number and label → packets, and the address of the last one.

    Devices that are gone are left out.
    """
    present = set(unit.session.scalars(select(DeviceRow.number).where(DeviceRow.number.in_({one for one, _ in heard}))))
    # In one order everywhere, so that two nodes never wait for each other's rows in a circle.
    rows = [
        {
            "device": device,
            "drop": drop,
            "packets": heard[device, drop][0],
            "address": heard[device, drop][1],
            "first_at": unit.now,
            "last_at": unit.now,
        }
        for device, drop in sorted(heard)
        if device in present
    ]
    if not rows:
        return
    row = DeviceDropRow
    insert = postgresql.insert if unit.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for start in range(0, len(rows), 500):
        statement = insert(row).values(rows[start : start + 500])
        new = statement.excluded
        over = row.last_at < new.first_at - PAUSE
        more = {
            "packets": case((over, new.packets), else_=row.packets + new.packets),
            "first_at": case((over, new.first_at), else_=row.first_at),
            "last_at": new.last_at,
            "address": new.address,
        }
        unit.session.execute(statement.on_conflict_do_update(index_elements=["device", "drop_label"], set_=more))


def forget_drops(unit: Unit, number: int) -> None:
    """Forget what was dropped of a device that is taken out."""
    unit.session.execute(delete(DeviceDropRow).where(DeviceDropRow.device == number))


def drops(session: Session, number: int, since: float) -> Sequence[DeviceDrop]:
    """Return what was dropped of a device since then, the latest first."""
    row = DeviceDropRow
    chosen = (
        select(row.drop, row.packets, row.address, row.first_at, row.last_at)
        .where(row.device == number, row.last_at >= since)
        .order_by(row.last_at.desc(), row.packets.desc(), row.drop)
    )
    return [DeviceDrop(*each) for each in session.execute(chosen)]


def unheard_devices(since: float) -> Select[int]:
    """Return the query of the numbers of devices that had packets dropped since then, more than a stray one."""
    row = DeviceDropRow
    return select(row.device).where(row.last_at >= since, row.packets >= FEW).distinct()


def unheard(session: Session, numbers: Collection[int], since: float) -> set[int]:
    """Return which of these devices had packets dropped since then, more than a stray one."""
    return set(session.scalars(unheard_devices(since).where(DeviceDropRow.device.in_(numbers))))


def count_unheard(session: Session, since: float) -> int:
    """Return how many enabled devices had packets dropped since then, more than a stray one."""
    row = DeviceRow
    chosen = select(func.count()).where(row.enabled.is_(True), row.number.in_(unheard_devices(since)))
    return session.scalar(chosen) or 0
