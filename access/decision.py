"""`decide`: may this subject, with this proof, here, now? Pure; the same for every door, and for `explain`."""

from typing import NamedTuple

from access.reasons import Reason


class Zone(NamedTuple):
    """What a zone means on a port. `vlan` is an id as text or a VLAN name (RFC 3580 §3.31)."""

    code: str
    name: str
    vlan: str | None = None
    acl: str | None = None  # Filter-Id: number or name of an ACL on the device (RFC 2865 §5.11)
    role: str | None = None  # user group or role name, where the vendor has one
    rate_up: int | None = None  # bit/s towards the network
    rate_down: int | None = None  # bit/s towards the subject
    session_timeout: int | None = None  # seconds (RFC 2865 §5.27)
    reauthenticate: bool = True  # at session_timeout: ask again rather than cut (RFC 2865 §5.29)
    idle_timeout: int | None = None  # seconds (RFC 2865 §5.28)
    interim: int | None = None  # seconds between interim records (RFC 2869 §5.16)
    redirect_url: str | None = None  # sends the subject to the portal; rendered by the vendor's file
    redirect_acl: str | None = None
    message: str | None = None  # Reply-Message to the person


class Step(NamedTuple):
    """One rule that was looked at: `failed` is its first condition that did not hold, None where it applied."""

    rule: int
    failed: str | None  # name of the condition
    wanted: str | None  # what would have passed, as data of the rule, never as data of the person


class Grant(NamedTuple):
    """Yes, into this zone."""

    zone: Zone
    rule: int
    trace: tuple[Step, ...]


class Refusal(NamedTuple):
    """No, and why."""

    reason: Reason
    trace: tuple[Step, ...] = ()
    until: float | None = None  # seconds since the epoch, where waiting helps


Decision = Grant | Refusal
