"""An order of the database, carried out by the vendor's file and the dynamic-authorisation client."""

import secrets
from collections.abc import Mapping
from typing import NamedTuple

from access import enforcement, redirects
from access.decision import Zone
from access.device_table import Device, DeviceTable, order_address, own_address
from operate.order_words import Unsent
from radius.dynauth import OrderKind, Result
from radius.dynauth_client import DynauthClient
from radius.integrity import Secret
from radius.vendor import Attempt, Target, probe_attempts, vendor_named


class Answer(NamedTuple):
    """What to record of an order."""

    outcome: enforcement.Outcome
    detail: str  # see operate.order_words


def target_of(order: enforcement.Order) -> Target:
    """Put the session of an order as its device told it."""
    return Target(
        acct_session=order.acct_session.encode() or None,
        login=order.login.encode() or None,
        hardware=order.hardware,
        address=order.address,
        address6=order.address6,
        nas_port=order.nas_port,
        port=order.port.encode() if order.port else None,
        nas_address=order.nas_address,
        nas_identifier=order.nas_identifier.encode() if order.nas_identifier else None,
    )


def address_of(device: Device, order: enforcement.Order) -> str | None:
    """Return where orders for a device go: as set, its only address, or what it calls its own within its prefix.

    A probe of a prefix goes nowhere: it would be one device of several, and nobody asked about that one.
    """
    recorded = order_address(device.prefix, device.dynauth_address)
    if recorded is not None or order.kind is enforcement.Kind.PROBE:
        return recorded
    # The address in a packet is the device's word: believed only where the record covers it.
    told = DeviceTable([device]).find(order.nas_address) if order.nas_address else None
    return order.nas_address if told is not None else None


# An answer that proves nothing is none; that it came stands in the detail.
_OUTCOMES = {
    Result.ACK: enforcement.Outcome.ACK,
    Result.NAK: enforcement.Outcome.NAK,
    Result.TIMEOUT: enforcement.Outcome.TIMEOUT,
    Result.UNPROVEN: enforcement.Outcome.TIMEOUT,
    Result.UNREACHABLE: enforcement.Outcome.UNREACHABLE,
    Result.IMPOSSIBLE: enforcement.Outcome.UNREACHABLE,
}


class Plan(NamedTuple):
    """How an order is put to a device: ways of one kind, then Disconnect-Requests where none was acknowledged."""

    kind: OrderKind
    attempts: tuple[Attempt, ...]
    fallback: tuple[Attempt, ...] = ()


def plan_for(order: enforcement.Order, device: Device, zones: Mapping[str, Zone], redirect_key: bytes) -> Plan:
    """Return the ways of the device's vendor to put this order; none where it cannot be put."""
    if order.kind is enforcement.Kind.PROBE:
        # Where no session told what the device calls its own address: most likely that of its record.
        told = order.nas_address or own_address(device.prefix) or device.dynauth_address
        return Plan(OrderKind.DISCONNECT, probe_attempts(_nobody(), told))
    vendor = vendor_named(device.vendor)
    target = target_of(order)
    if order.kind is enforcement.Kind.DISCONNECT:
        return Plan(OrderKind.DISCONNECT, vendor.disconnect_attempts(target))
    if order.kind is enforcement.Kind.REAUTHENTICATE:
        again = vendor.reauthentication_attempts(target)
        ended = tuple(one._replace(label=f"{one.label}, disconnect") for one in vendor.disconnect_attempts(target))
        return Plan(OrderKind.COA, again, ended) if again else Plan(OrderKind.DISCONNECT, ended)
    zone = zones.get(order.zone or "")
    if zone is None:
        return Plan(OrderKind.COA, ())
    if zone.redirect_url is not None:
        token = redirects.make(redirect_key, order.hardware, device.number) if order.hardware else ""
        zone = zone._replace(redirect_url=redirects.filled(zone.redirect_url, token))
    return Plan(OrderKind.COA, vendor.coa_attempts(target, zone))


def _nobody() -> bytes:
    """Return an Acct-Session-Id that no device gives. Its log says whose it is; who wants a number finds none in it."""
    return f"truename-probe-{secrets.token_hex(8)}".encode()


async def carry_out(
    client: DynauthClient,
    order: enforcement.Order,
    devices: DeviceTable,
    zones: Mapping[str, Zone],
    redirect_key: bytes,
) -> Answer:
    """Send an order to its device and return what it answered. What cannot be sent is an answer too.

    `redirect_key` is that of access.redirects.
    """
    device = devices.by_number(order.device)
    if device is None:
        return _unsent(Unsent.DEVICE_GONE)
    if not device.dynauth_port:
        return _unsent(Unsent.TAKES_NONE)
    address = address_of(device, order)
    if address is None:
        return _unsent(Unsent.ADDRESS_UNKNOWN)
    plan = plan_for(order, device, zones, redirect_key)
    if not plan.attempts:
        return _unsent(Unsent.NO_WAY)
    known = [Secret(octets) for octets in device.secrets]
    outcome = await client.carry_out(
        plan.kind, plan.attempts, known, address, device.dynauth_port, fallback=plan.fallback
    )
    return Answer(_OUTCOMES[outcome.result], outcome.in_words())


def _unsent(why: Unsent) -> Answer:
    return Answer(enforcement.Outcome.UNREACHABLE, why.detail)
