"""Octets of a device in, effects out: known device, framing, integrity, forgery rules, repeats, rates. Pure.

Two things move this machine: a datagram, and an answer that the driver brings back. Time is an argument.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import NamedTuple

from access.device_table import Device, DeviceTable
from access.evidence import Place, place_of
from radius.admission import UNLIMITED, Admission
from radius.drops import Drop
from radius.duplicates import Duplicates, Key
from radius.forgery import Observed, judge_signature
from radius.integrity import MessageAuthenticator, Secret
from radius.login import LoginRequest, read_login
from radius.packet import Code, MalformedPacket, Packet, parse
from radius.reply import proxy_states


class Door(IntEnum):
    """The port on which a datagram came."""

    AUTHENTICATION = 0
    ACCOUNTING = 1

    @property
    def label(self) -> str:
        """The name, for logs and metrics."""
        return self.name.lower()


class Send(NamedTuple):
    """Answer the device at once."""

    octets: bytes


class Discard(NamedTuple):
    """Say nothing to the device; tell the operators why."""

    drop: Drop
    device: Device | None
    hardware: str | None = None  # of the client, where the fault is a single one's


class Judge(NamedTuple):
    """Find out whether this login is allowed; `Exchange.answered` takes the reply."""

    request: LoginRequest
    key: Key


class Account(NamedTuple):
    """Make this accounting request durable; answer only afterwards (RFC 2866 §2)."""

    packet: Packet
    device: Device
    secret: Secret
    key: Key


Effect = Send | Discard | Judge | Account
Handler = Callable[["Exchange", Packet, Device, Key, float], Effect]


# On CPython 3.11 reading a member through its enum costs ten times as much as a global.
_VALID, _INVALID = MessageAuthenticator.VALID, MessageAuthenticator.INVALID
_AUTHENTICATION, _ACCOUNTING = Door.AUTHENTICATION, Door.ACCOUNTING
_SIGNED = Observed.SIGNED


class Exchange:
    """The requests of one worker. `devices` may be replaced at any time; what is under way goes on."""

    def __init__(
        self,
        devices: DeviceTable,
        *,
        duplicate_seconds: float,
        admission: Admission = UNLIMITED,
        local_realms: frozenset[str] = frozenset(),
        default_require: str = "auto",
        default_limit: str = "auto",
    ) -> None:
        """Start with the devices that are known; the defaults are for devices whose record says auto."""
        self._local_realms = local_realms
        self._defaults = (default_require, default_limit)
        self._admission = admission
        self._repeats = tuple(Duplicates(duplicate_seconds) for _ in Door)
        self._observed: dict[int, Observed] = {}
        self._secrets: dict[int, tuple[Secret, ...]] = {}
        self._places: dict[int, Place] = {}
        self.fresh_observations: dict[int, Observed] = {}
        self.devices = devices
        self.replace_devices(devices)

    def replace_devices(self, devices: DeviceTable) -> None:
        """Take new device records: secrets, flags and what was observed of them, here or by another worker."""
        self.devices = devices
        self._secrets = {}
        self._places = {}
        self._observed = {}

    def take_observations(self) -> dict[int, Observed]:
        """Return what was seen of devices since the last time, by their number."""
        fresh, self.fresh_observations = self.fresh_observations, {}
        return fresh

    def give_back(self, observations: Mapping[int, Observed]) -> None:
        """Take observations back that could not be kept; what was seen since then is newer."""
        self.fresh_observations = {**observations, **self.fresh_observations}

    def receive(self, door: Door, octets: bytes, address: str, port: int, now: float) -> Effect:
        """Take one datagram. Source and code are judged before any attribute is believed."""
        device = self.devices.find(address)
        if device is None:
            return Discard(Drop.UNKNOWN_SOURCE, None)
        try:
            packet = parse(octets)
        except MalformedPacket as malformed:
            return Discard(malformed.drop, device)
        handler = _HANDLERS.get((door, packet.code))
        if handler is None:
            return Discard(Drop.WRONG_CODE, device)
        return handler(self, packet, device, (address, port, packet.identifier), now)

    def answered(self, door: Door, key: Key, authenticator: bytes, answer: bytes) -> None:
        """Keep an answer that the driver has sent, for repeats."""
        self._repeats[door].answered(key, authenticator, answer)

    def forget(self, door: Door, key: Key, authenticator: bytes) -> None:
        """Nobody will answer this request: hear its repeat as a new one."""
        self._repeats[door].forget(key, authenticator)

    def secrets_of(self, device: Device) -> tuple[Secret, ...]:
        """Return the device's secrets, the one that worked last in front."""
        known = self._secrets.get(device.number)
        if known is None:
            known = self._secrets[device.number] = tuple(Secret(octets) for octets in device.secrets)
        return known

    def _repeat(self, door: Door, packet: Packet, device: Device, key: Key, now: float) -> Effect | None:
        known = self._repeats[door].seen(key, packet.authenticator, now)
        if known is None:
            return None
        if known.answer is None:
            return Discard(Drop.DUPLICATE_PENDING, device)
        return Send(known.answer)

    def _signature(self, packet: Packet, device: Device) -> tuple[MessageAuthenticator, Secret]:
        """Check Message-Authenticator with each secret that is valid now, and learn which one is in use."""
        secrets = self.secrets_of(device)
        secret = secrets[0]
        state = secret.check_message_authenticator(packet)
        if state is not _INVALID or len(secrets) == 1:
            return state, secret
        for other in secrets[1:]:
            if other.check_message_authenticator(packet) is _VALID:
                self._secrets[device.number] = (other, *(one for one in secrets if one is not other))
                return _VALID, other
        return state, secret

    def _access_request(self, packet: Packet, device: Device, key: Key, now: float) -> Effect:
        state, secret = self._signature(packet, device)
        if state is _INVALID:
            return Discard(Drop.MESSAGE_AUTHENTICATOR, device)  # the cache is untouched (RFC 5080 §2.2.2)
        observed = self._observed.get(device.number)
        if observed is None:
            observed = self._observed[device.number] = self._known(device)
        if state is not _VALID or observed is not _SIGNED:  # signed by one who always signs: nothing to judge or learn
            verdict = judge_signature(
                device,
                observed,
                signed=state is _VALID,
                eap=packet.carries_eap,
                proxied=packet.carries_proxy_state,
                default_require=self._defaults[0],
                default_limit=self._defaults[1],
            )
            if verdict.drop is not None:
                return Discard(verdict.drop, device)
            if verdict.observed is not observed:
                self._observed[device.number] = self.fresh_observations[device.number] = verdict.observed
        repeat = self._repeat(_AUTHENTICATION, packet, device, key, now)
        if repeat is not None:
            return repeat
        place = self._places.get(device.number)
        if place is None:
            place = self._places[device.number] = place_of(device)
        request = read_login(packet, device, place, secret, self._local_realms)
        admission, hardware = self._admission, request.hardware
        if not admission.login(device.number, hardware or request.claimed, now):
            return self._too_many(_AUTHENTICATION, packet, device, key, hardware)
        if not admission.device_login(device.number, now):
            return self._too_many(_AUTHENTICATION, packet, device, key)
        return Judge(request, key)

    def _known(self, device: Device) -> Observed:
        """Return what is kept with the device, else what was seen here since: who signed once is held to it.

        Another worker may have seen the signature while an unsigned request was believed here.
        """
        kept = _remembered(device)
        return kept if kept is _SIGNED else self.fresh_observations.get(device.number, kept)

    def _accounting_request(self, packet: Packet, device: Device, key: Key, now: float) -> Effect:
        for secret in self.secrets_of(device):
            if secret.check_accounting_request(packet):
                break
        else:
            return Discard(Drop.AUTHENTICATOR, device)  # RFC 2866 §3
        repeat = self._repeat(_ACCOUNTING, packet, device, key, now)
        if repeat is not None:
            return repeat
        if not self._admission.device_accounting(device.number, now):
            return self._too_many(_ACCOUNTING, packet, device, key)
        return Account(packet, device, secret, key)

    def _too_many(self, door: Door, packet: Packet, device: Device, key: Key, hardware: str | None = None) -> Discard:
        self.forget(door, key, packet.authenticator)  # its repeat may find a token
        return Discard(Drop.RATE_LIMITED, device, hardware)

    def _status_server(self, packet: Packet, device: Device, door: Door) -> Effect:
        # RFC 5997 §3: Message-Authenticator is mandatory; no user is looked up, nothing is kept or relayed.
        state, secret = self._signature(packet, device)
        if state is not _VALID:
            return Discard(Drop.STATUS_UNSIGNED, device)
        code = Code.ACCESS_ACCEPT if door is Door.AUTHENTICATION else Code.ACCOUNTING_RESPONSE
        body = proxy_states(packet) if packet.carries_proxy_state else b""
        return Send(secret.reply(code, packet.identifier, packet.authenticator, body))

    def _status_at_authentication(self, packet: Packet, device: Device, _key: Key, _now: float) -> Effect:
        return self._status_server(packet, device, Door.AUTHENTICATION)

    def _status_at_accounting(self, packet: Packet, device: Device, _key: Key, _now: float) -> Effect:
        return self._status_server(packet, device, Door.ACCOUNTING)


def _remembered(device: Device) -> Observed:
    try:
        return Observed(device.observed)
    except ValueError:
        return Observed.NOTHING


_HANDLERS: dict[tuple[Door, int], Handler] = {
    (Door.AUTHENTICATION, Code.ACCESS_REQUEST): Exchange._access_request,  # noqa: SLF001 - the table of this class
    (Door.AUTHENTICATION, Code.STATUS_SERVER): Exchange._status_at_authentication,  # noqa: SLF001 - likewise
    (Door.ACCOUNTING, Code.ACCOUNTING_REQUEST): Exchange._accounting_request,  # noqa: SLF001 - likewise
    (Door.ACCOUNTING, Code.STATUS_SERVER): Exchange._status_at_accounting,  # noqa: SLF001 - likewise
}
