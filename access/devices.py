"""Network devices: who may ask at all, with which secret, and the inbox of those who asked and are none of ours."""

import ipaddress
import re
import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, TypedDict, Unpack

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from access.device_drops import forget_drops
from access.device_table import Device, DeviceTable, plain_address
from access.malformed import DeviceMalformed
from access.tables import DeviceRow, UnknownSourceRow
from store.engine import Unit
from store.sealing import SealBroken, Sealer

SECRET_LENGTH = 32  # characters; 24 random ones are the least that is safe against offline guessing of replies
# Letters and digits that nobody mistakes for another, and that no device's command line takes for something else.
_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
MOST_UNKNOWN_SOURCES = 10_000  # rows of the inbox; source addresses can be forged in any number
_SHORTEST_PREFIX = {4: 8, 6: 16}
_CHOICES = ("yes", "no", "auto")

log = structlog.get_logger()

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def canonical_prefix(text: str) -> str:
    """Return an address or prefix as it is kept. Raises DeviceMalformed("prefix").

    Host bits are refused, since they mean that the length or the address is a slip; so are prefixes so short that
    they name half the world.
    """
    try:
        network: Network = ipaddress.ip_network(text.strip())
    except ValueError:
        raise DeviceMalformed("prefix", "an address or a prefix without host bits, IPv4 or IPv6") from None
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped is not None:
        if network.prefixlen < 96:
            raise DeviceMalformed("prefix", "IPv4 addresses in their own spelling")
        network = ipaddress.IPv4Network((network.network_address.ipv4_mapped, network.prefixlen - 96))
    if network.prefixlen < _SHORTEST_PREFIX[network.version]:
        raise DeviceMalformed("prefix", "no shorter prefix than /8 (IPv4) or /16 (IPv6)")
    return str(network)


def load_devices(session: Session, sealer: Sealer) -> DeviceTable:
    """Read all enabled devices. One whose secret does not open is left out and logged: it cannot be served."""
    devices = []
    for row in session.scalars(select(DeviceRow).where(DeviceRow.enabled)):
        try:
            opened = [_unseal(sealer, row, "secret", row.secret)]
            if row.next_secret is not None:
                opened.append(_unseal(sealer, row, "next_secret", row.next_secret))
        except SealBroken:
            log.error("device left out", device=row.name)  # noqa: TRY400 - the traceback would say no more
            continue
        devices.append(
            Device(
                number=row.number,
                name=row.name,
                prefix=row.prefix,
                vendor=row.vendor,
                group=row.group,
                site=row.site,
                secrets=tuple(opened),
                require=row.require_message_authenticator,
                limit=row.limit_proxy_state,
                observed=row.observed,
                dynauth_port=row.dynauth_port,
                dynauth_address=row.dynauth_address,
            )
        )
    return DeviceTable(devices)


def _seal(sealer: Sealer, row: DeviceRow, column: str, secret: bytes) -> bytes:
    return sealer.seal(secret, table="device", column=column, subject=str(row.number))


def _unseal(sealer: Sealer, row: DeviceRow, column: str, sealed: bytes) -> bytes:
    return sealer.unseal(sealed, table="device", column=column, subject=str(row.number))


def new_secret() -> str:
    """Draw a shared secret: 32 characters, 185 bits."""
    return "".join(secrets.choice(_SIGNS) for _ in range(SECRET_LENGTH))


class DeviceFields(TypedDict, total=False):
    """What may be told of a device; what is absent stays as it is."""

    name: str
    prefix: str
    vendor: str
    group: str
    site: str
    require: str
    limit: str
    dynauth_port: int
    dynauth_address: str | None
    enabled: bool


_COLUMNS = {"require": "require_message_authenticator", "limit": "limit_proxy_state"}


def find(session: Session, name_or_number: str) -> DeviceRow:
    """Return the row of a device by its name, else by its number. Raises DeviceMalformed where there is none."""
    row = session.scalars(select(DeviceRow).where(DeviceRow.name == name_or_number)).one_or_none()
    if row is None and re.fullmatch(r"[0-9]{1,9}", name_or_number):
        row = session.get(DeviceRow, int(name_or_number))
    if row is None:
        raise DeviceMalformed("device", "the name or number of a registered device")
    return row


def protection(row: DeviceRow) -> str:
    """Return how safe a device is from forged requests (CVE-2024-3596): safe, unseen or exposed."""
    if row.require_message_authenticator == "yes":
        return "safe"
    if row.require_message_authenticator == "auto" and row.observed == "signed":
        return "safe"
    if row.require_message_authenticator == "auto" and not row.observed:
        return "unseen"
    return "exposed"


def add(
    unit: Unit,
    actor: str,
    sealer: Sealer,
    vendors: Collection[str] | None = None,
    **fields: Unpack[DeviceFields],
) -> tuple[int, str]:
    """Register a device; return its number and its secret, which nobody can read again afterwards.

    Name, prefix and vendor are needed; `vendors` are the vendor names that exist. Raises DeviceMalformed.
    """
    told = {"group": "", "site": "", "require": "auto", "limit": "auto", "dynauth_port": 3799, "enabled": True}
    told |= {"name": "", "prefix": "", "vendor": "", "dynauth_address": None, **fields}
    row = DeviceRow(secret=b"", observed="", created_at=unit.now)
    _set(unit.session, row, told, vendors)
    unit.session.add(row)
    _flush(unit.session)
    secret = new_secret()
    row.secret = _seal(sealer, row, "secret", secret.encode())  # bound to the number, which is known only now
    _forget_unknown(unit.session, row.prefix)
    _trace(unit, actor, "device.add", row, None)
    return row.number, secret


def change(
    unit: Unit,
    actor: str,
    number: int,
    vendors: Collection[str] | None = None,
    **fields: Unpack[DeviceFields],
) -> None:
    """Change what is known of a device; its secret is changed by rotation only. Raises DeviceMalformed."""
    row = _present(unit.session, number)
    before = _shown(row)
    _set(unit.session, row, dict(fields), vendors)
    _flush(unit.session)
    _forget_unknown(unit.session, row.prefix)
    _trace(unit, actor, "device.change", row, before)


def remove(unit: Unit, actor: str, number: int) -> None:
    """Take a device out; nothing that it sends is answered any more. Raises DeviceMalformed where there is none."""
    row = _present(unit.session, number)
    unit.session.delete(row)
    forget_drops(unit, number)
    unit.changed("device", str(number))
    unit.act(actor, "device.remove", str(number), _shown(row), None)


def rotate_secret(unit: Unit, actor: str, sealer: Sealer, number: int) -> str:
    """Draw the next secret and return it; until `finish_rotation` both are valid.

    Begun again, it draws another next one: the first was perhaps lost on the way to the device.
    """
    row = _present(unit.session, number)
    secret = new_secret()
    row.next_secret = _seal(sealer, row, "next_secret", secret.encode())
    unit.changed("device", str(number))
    unit.act(actor, "device.rotate", str(number), None, {"name": row.name})
    return secret


def finish_rotation(unit: Unit, actor: str, sealer: Sealer, number: int) -> None:
    """Make the next secret the only one. Raises DeviceMalformed where no rotation was begun, SealBroken."""
    row = _present(unit.session, number)
    if row.next_secret is None:
        raise DeviceMalformed("next_secret", "a rotation that was begun")
    secret = _unseal(sealer, row, "next_secret", row.next_secret)
    row.secret, row.next_secret = _seal(sealer, row, "secret", secret), None
    unit.changed("device", str(number))
    unit.act(actor, "device.rotated", str(number), None, {"name": row.name})


def cancel_rotation(unit: Unit, actor: str, number: int) -> None:
    """Forget the next secret: the one before stays the only one. Raises DeviceMalformed where none was begun."""
    row = _present(unit.session, number)
    if row.next_secret is None:
        raise DeviceMalformed("next_secret", "a rotation that was begun")
    row.next_secret = None
    unit.changed("device", str(number))
    unit.act(actor, "device.keep", str(number), None, {"name": row.name})


def record_observed(unit: Unit, number: int, observed: str) -> bool:
    """Keep what a device was seen to do (radius.forgery.Observed); return whether it was news.

    A device that signed once is held to it: what a worker concludes that has not heard of it yet (in the same
    second, on another node) does not open the door to forgeries again (CVE-2024-3596). Only `forget_observed` does.
    """
    row = unit.session.get(DeviceRow, number)
    if row is None or row.observed in (observed, "signed"):
        return False
    before = {"observed": row.observed}
    row.observed, row.observed_at = observed, unit.now
    unit.changed("device", str(number))
    unit.act("radius", "device.observe", str(number), before, {"observed": observed})
    return True


def forget_observed(unit: Unit, actor: str, number: int) -> None:
    """Let the next request of a device decide anew, say after it was replaced by an older model."""
    row = _present(unit.session, number)
    before = {"observed": row.observed}
    row.observed, row.observed_at = "", None
    unit.changed("device", str(number))
    unit.act(actor, "device.forget", str(number), before, {"observed": ""})


class UnknownSource(NamedTuple):
    """An address that asked and belongs to no device."""

    address: str
    packets: int
    first_at: float  # seconds since the epoch
    last_at: float


def remember_unknown(unit: Unit, sources: Mapping[str, int]) -> None:
    """Add to the inbox who was heard since the last time, address → packets; the oldest rows go once it is full."""
    heard: Counter[str] = Counter()
    for source, packets in sources.items():
        with suppress(ValueError):
            heard[str(plain_address(source))] += packets
    session = unit.session
    # Heard before it was registered, counted after: it waits for nobody any more.
    for address in _registered(session, list(heard)):
        del heard[address]
    if not heard:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # In one order everywhere, so that two nodes never wait for each other's rows in a circle.
    rows = [
        {"address": address, "packets": heard[address], "first_at": unit.now, "last_at": unit.now}
        for address in sorted(heard)
    ]
    for start in range(0, len(rows), 500):
        statement = insert(UnknownSourceRow).values(rows[start : start + 500])
        added = {
            "packets": UnknownSourceRow.packets + statement.excluded.packets,
            "last_at": statement.excluded.last_at,
        }
        session.execute(statement.on_conflict_do_update(index_elements=["address"], set_=added))
    _keep_newest(session)


def _registered(session: Session, addresses: Iterable[str]) -> list[str]:
    """Return which of these addresses belong to a device that is served."""
    enabled = select(DeviceRow.number, DeviceRow.name, DeviceRow.prefix).where(DeviceRow.enabled.is_(True))
    table = DeviceTable(Device(number, name, prefix, "") for number, name, prefix in session.execute(enabled))
    return [address for address in addresses if table.find(address) is not None]


def unknown_sources(session: Session, limit: int = 200) -> Sequence[UnknownSource]:
    """Return the inbox, the latest first."""
    row = UnknownSourceRow
    chosen = select(row.address, row.packets, row.first_at, row.last_at).order_by(row.last_at.desc()).limit(limit)
    return [UnknownSource(*each) for each in session.execute(chosen)]


def _keep_newest(session: Session) -> None:
    count = session.scalar(select(func.count()).select_from(UnknownSourceRow)) or 0
    if count > MOST_UNKNOWN_SOURCES:
        old = select(UnknownSourceRow.address).order_by(UnknownSourceRow.last_at).limit(count - MOST_UNKNOWN_SOURCES)
        session.execute(delete(UnknownSourceRow).where(UnknownSourceRow.address.in_(old)))


def _forget_unknown(session: Session, prefix: str) -> None:
    """Take addresses out of the inbox that belong to a device now."""
    network = ipaddress.ip_network(prefix)
    known = [str(network.network_address)]
    if network.num_addresses > 1:
        waiting = session.scalars(select(UnknownSourceRow.address))
        known = [address for address in waiting if ipaddress.ip_address(address) in network]
    for start in range(0, len(known), 500):
        session.execute(delete(UnknownSourceRow).where(UnknownSourceRow.address.in_(known[start : start + 500])))


def _present(session: Session, number: int) -> DeviceRow:
    row = session.get(DeviceRow, number)
    if row is None:
        raise DeviceMalformed("device", "the name or number of a registered device")
    return row


def _set(session: Session, row: DeviceRow, fields: Mapping[str, Any], vendors: Collection[str] | None) -> None:
    told = {field: _acceptable(field, value, vendors) for field, value in fields.items()}
    for column in (DeviceRow.name, DeviceRow.prefix):
        taken = session.scalars(select(DeviceRow).where(column == told.get(column.key))).first()
        if taken is not None and taken is not row:
            raise DeviceMalformed(column.key, f"one that no other device has (see device {taken.number})")
    for field, value in told.items():
        setattr(row, _COLUMNS.get(field, field), value)


def _acceptable(field: str, value: Any, vendors: Collection[str] | None) -> Any:
    if field == "prefix":
        return canonical_prefix(value)
    if field in ("require", "limit"):
        if value not in _CHOICES:
            raise DeviceMalformed(field, "yes, no or auto")
    elif field == "vendor":
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", value) or (vendors is not None and value not in vendors):
            raise DeviceMalformed(field, f"one of {', '.join(sorted(vendors or ('the files in radius/vendors',)))}")
    elif field == "dynauth_port":
        if not 0 <= value <= 65535:
            raise DeviceMalformed(field, "a UDP port; 0 where the device takes no orders")
    elif field == "dynauth_address":
        try:
            return None if value is None else str(plain_address(value))
        except ValueError:
            raise DeviceMalformed(field, "an address") from None
    elif field != "enabled":
        # Commas part names in rules; group and site may be empty.
        if len(value) > 100 or not value.isprintable() or "," in value or not (value.strip() or field != "name"):
            raise DeviceMalformed(field, "at most 100 characters, no comma, no control characters")
        return value.strip()
    return value


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError:  # somebody else was quicker
        raise DeviceMalformed("prefix", "a name and a prefix that no other device has") from None


def _trace(unit: Unit, actor: str, act: str, row: DeviceRow, before: dict[str, Any] | None) -> None:
    unit.changed("device", str(row.number))
    unit.act(actor, act, str(row.number), before, _shown(row))


def _shown(row: DeviceRow) -> dict[str, Any]:
    """Return what the record of acts may show: everything but the secrets."""
    return {
        "name": row.name,
        "prefix": row.prefix,
        "vendor": row.vendor,
        "group": row.group,
        "site": row.site,
        "require": row.require_message_authenticator,
        "limit": row.limit_proxy_state,
        "dynauth_port": row.dynauth_port,
        "dynauth_address": row.dynauth_address,
        "enabled": row.enabled,
    }
