"""CVE-2024-3596 (BlastRADIUS): which requests of which device are believed without a Message-Authenticator.

The two flags and their `auto` follow draft-ietf-radext-deprecating-radius: `auto` lets the first Access-Request of a
device decide. The observation is kept with the device, so that a restart does not open the question again.
"""

from enum import StrEnum
from typing import NamedTuple

from access.device_table import Device
from radius.drops import Drop


class Observed(StrEnum):
    """What a device was seen to do in Access-Requests without EAP (with EAP every device signs, RFC 3579 §3.2)."""

    NOTHING = ""
    SIGNED = "signed"  # safe: from now on an unsigned request is a forgery
    UNSIGNED = "unsigned"  # exposed: only the order of our reply protects it
    UNSIGNED_PROXY = "unsigned-proxy"  # exposed, and Proxy-State, the carrier of the attack, is let through
    MIXED = "mixed"  # signs now and did not before: an operator should lock it


class Verdict(NamedTuple):
    """`drop` is None where the request is believed; `observed` is what to remember of the device from now on."""

    drop: Drop | None
    observed: Observed


# (what is known, signed, carries Proxy-State) → what is known afterwards.
_LEARN = {
    (Observed.NOTHING, True, False): Observed.SIGNED,
    (Observed.NOTHING, True, True): Observed.SIGNED,
    (Observed.NOTHING, False, False): Observed.UNSIGNED,
    (Observed.NOTHING, False, True): Observed.UNSIGNED_PROXY,
    (Observed.UNSIGNED, True, False): Observed.MIXED,
    (Observed.UNSIGNED, True, True): Observed.MIXED,
}


def judge_signature(
    device: Device,
    observed: Observed,
    *,
    signed: bool,
    eap: bool,
    proxied: bool,
    default_require: str,
    default_limit: str,
) -> Verdict:
    """Say whether an Access-Request is believed; `signed` means a valid Message-Authenticator is there.

    An invalid one never comes here: it is dropped whatever the flags say.
    """
    if eap:
        # With EAP it is mandatory, and says nothing about what the device does without (RFC 3579 §3.2).
        return Verdict(None if signed else Drop.EAP_UNSIGNED, observed)
    require = device.require if device.require != "auto" else default_require
    limit = device.limit if device.limit != "auto" else default_limit
    learnt = _LEARN.get((observed, signed, proxied), observed)
    if signed:
        return Verdict(None, learnt)
    if require == "yes" or (require == "auto" and observed is Observed.SIGNED):
        return Verdict(Drop.UNSIGNED, observed)
    if proxied and (limit == "yes" or (limit == "auto" and learnt is not Observed.UNSIGNED_PROXY)):
        return Verdict(Drop.PROXY_STATE_UNSIGNED, observed)
    return Verdict(None, learnt)
