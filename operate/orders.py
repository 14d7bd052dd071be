"""An order of the database, carried out by the vendor's file and the dynamic-authorisation client."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import NamedTuple

from access import enforcement
from access.decision import Zone
from access.device_table import Device, DeviceTable
from operate.order_words import Unsent
from radius.dynauth import OrderKind, Result
from radius.dynauth_client import DynauthClient
from radius.integrity import Secret
from radius.vendor import Attempt, Target, vendor_named


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
    """Return where orders for a device go: as set, its only address, or what it calls its own within its prefix."""
    if device.dynauth_address:
        return device.dynauth_address
    network = ip_network(device.prefix)
    if network.num_addresses == 1:
        return str(network.network_address)
    # The address in a packet is the device's word: believed only where the record covers it.
    told = DeviceTable([device]).find(order.nas_address) if order.nas_address else None
    return order.nas_address if told is not None else None


def attempts_for(order: enforcement.Order, device: Device, zones: Mapping[str, Zone]) -> tuple[Attempt, ...]:
    """Return the ways of the device's vendor to put this order; none where it cannot be put."""
    vendor = vendor_named(device.vendor)
    target = target_of(order)
    if order.kind is enforcement.Kind.DISCONNECT:
        return vendor.disconnect_attempts(target)
    zone = zones.get(order.zone or "")
    if zone is None or not vendor.supports_coa:
        return ()
    return vendor.coa_attempts(target, zone)


async def carry_out(
    client: DynauthClient, order: enforcement.Order, devices: DeviceTable, zones: Mapping[str, Zone]
) -> Answer:
    """Send an order to its device and return what it answered. What cannot be sent is an answer too."""
    device = devices.by_number(order.device)
    if device is None:
        return _unsent(Unsent.DEVICE_GONE)
    if not device.dynauth_port:
        return _unsent(Unsent.TAKES_NONE)
    address = address_of(device, order)
    if address is None:
        return _unsent(Unsent.ADDRESS_UNKNOWN)
    attempts = attempts_for(order, device, zones)
    if not attempts:
        return _unsent(Unsent.NO_WAY)
    secrets = [Secret(octets) for octets in device.secrets]
    outcome = await client.carry_out(OrderKind(order.kind), attempts, secrets, address, device.dynauth_port)
    result = Result.UNREACHABLE if outcome.result is Result.IMPOSSIBLE else outcome.result
    return Answer(enforcement.Outcome(result.value), outcome.in_words())


def _unsent(why: Unsent) -> Answer:
    return Answer(enforcement.Outcome.UNREACHABLE, why.detail)
