"""What the registry's rows look like as directory entries, and how an entry found differs from that.

    ou=orgs       rnOrgCode=yz > rnOrgCode=north > uid=zhangsan    units nested as they are, people in their unit
    ou=devices    rnSubjectId=e-...                                endpoints, flat
    ou=preserved  uid=zhangsan                                     leavers taken out of the tree

Publication owns the attributes written here and no others: passwords, locks, administrators and descriptions belong
to whoever wrote them.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from directory import spelling
from directory.person import State
from directory.registry import EndpointRow, PersonRow, UnitRow

Attributes = Mapping[str, Sequence[bytes]]

UNIT_CLASSES = ("top", "organizationalUnit", "rnOrgUnit")
PERSON_CLASSES = ("top", "person", "organizationalPerson", "inetOrgPerson", "rnPerson")
ENDPOINT_CLASSES = ("top", "device", "ieee802Device", "rnDevice")

UNIT_OWNED = ("rnOrgCode", "rnOrgKind", "ou", "displayName")
PERSON_OWNED = (
    *("uid", "rnSubjectId", "rnStatus", "rnEmployment", "rnHomeUnit", "rnValidFrom", "rnValidUntil", "rnZone"),
    *("rnAssurance", "rnSessionLimit", "cn", "sn", "displayName", "mail", "title", "telephoneNumber"),
)
ENDPOINT_OWNED = (
    *("rnSubjectId", "rnStatus", "macAddress", "cn", "rnDeviceKind", "rnOwnerId", "rnHomeUnit", "rnValidUntil"),
    "rnZone",
)

_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2})|\\(.)", re.DOTALL)


class Entry(NamedTuple):
    """An entry as it should be. Every owned attribute that is not named here has no value."""

    rdn: str
    superior: str
    classes: tuple[str, ...]
    owned: tuple[str, ...]
    attributes: Mapping[str, tuple[bytes, ...]]

    @property
    def dn(self) -> str:
        """The entry's whole name."""
        return f"{self.rdn},{self.superior}"


def unit_dn(parents: Mapping[str, str | None], code: str, suffix: str) -> str:
    """Return where a unit belongs. The caller knows that `parents` has neither gap nor circle."""
    line = []
    at: str | None = code
    while at is not None:
        line.append(f"rnOrgCode={at}")  # a code needs no escaping (spelling.code)
        at = parents[at]
    return ",".join([*line, f"ou=orgs,{suffix}"])


def unit_entry(row: UnitRow, superior: str) -> Entry:
    """Return a unit's entry."""
    name = row.name.encode()
    values = {
        "rnOrgCode": (row.code.encode(),),
        "rnOrgKind": (row.kind.encode(),),
        "ou": (name,),
        "displayName": (name,),
    }
    return Entry(f"rnOrgCode={row.code}", superior, UNIT_CLASSES, UNIT_OWNED, values)


def person_entry(row: PersonRow, superior: str, state: str | None = None) -> Entry:
    """Return a person's entry below `superior`; `state` stands in for the registry's where it is given."""
    name = row.name.encode()
    values = {
        "uid": (row.login.encode(),),
        "rnSubjectId": (row.subject.encode(),),
        "rnStatus": ((state or row.state).encode(),),
        "rnEmployment": (row.category.encode(),),
        "rnHomeUnit": (row.unit.encode(),),
        "rnAssurance": (str(row.assurance).encode(),),
        "cn": (name,),
        # inetOrgPerson must have a surname. Where it ends cannot be told from a name in every script (compound
        # surnames, names with a middle dot, mononyms), so the whole name stands here rather than a wrong part.
        "sn": (name,),
        "displayName": (name,),
        "mail": _text(row.mail),
        "title": _text(row.title),
        "telephoneNumber": _text(row.telephone),
        "rnSessionLimit": _text(None if row.session_limit is None else str(row.session_limit)),
        "rnValidFrom": _time(row.valid_from),
        "rnValidUntil": _time(row.valid_until),
        "rnZone": _zones(row.zones),
    }
    # A login needs no escaping (spelling.login): letters, digits, dot, underscore, hyphen, no sign in front.
    return Entry(f"uid={row.login}", superior, PERSON_CLASSES, PERSON_OWNED, _present(values))


def person_superior(row: PersonRow, parents: Mapping[str, str | None], suffix: str) -> str:
    """Return the name below which a person belongs."""
    return f"ou=preserved,{suffix}" if row.state == State.PRESERVED else unit_dn(parents, row.unit, suffix)


def endpoint_entry(row: EndpointRow, suffix: str) -> Entry:
    """Return an endpoint's entry."""
    values = {
        "rnSubjectId": (row.subject.encode(),),
        "rnStatus": (row.state.encode(),),
        "macAddress": (row.hardware.encode(),),
        "cn": (row.name.encode(),),
        "rnDeviceKind": (row.kind.encode(),),
        "rnOwnerId": (row.owner.encode(),),
        "rnHomeUnit": (row.unit.encode(),),
        "rnValidUntil": _time(row.valid_until),
        "rnZone": _zones(row.zones),
    }
    return Entry(
        f"rnSubjectId={row.subject}", f"ou=devices,{suffix}", ENDPOINT_CLASSES, ENDPOINT_OWNED, _present(values)
    )


def difference(wanted: Entry, found: Attributes) -> dict[str, list[bytes]]:
    """Return the values that must replace what was found, by attribute; an empty list takes the attribute away.

    Order of values has no meaning (RFC 4511 §4.1.7). Classes are only added: others mark what we do not own. The
    attribute of the RDN is left to the renaming of the entry.
    """
    have = {name.lower(): values for name, values in found.items()}
    naming = wanted.rdn.partition("=")[0]
    changes: dict[str, list[bytes]] = {}
    for name in wanted.owned:
        values = wanted.attributes.get(name, ())
        if name != naming and set(values) != set(have.get(name.lower(), ())):
            changes[name] = list(values)
    classes = list(have.get("objectclass", ()))
    known = {each.decode(errors="replace").lower() for each in classes}
    lacking = [each.encode() for each in wanted.classes if each.lower() not in known]
    if lacking:
        changes["objectClass"] = classes + lacking
    return changes


def same_dn(one: str, other: str) -> bool:
    """Say whether two names mean the same entry, as far as our own attributes go: case and escapes do not count."""
    return dn_parts(one) == dn_parts(other)


def dn_parts(dn: str) -> list[tuple[str, str]]:
    """Return attribute and value of every RDN (RFC 4514 §3), folded, escapes undone; deepest first."""
    parts = []
    for rdn in re.findall(r"(?:[^,\\]|\\.)+", dn, re.DOTALL):
        attribute, _, value = rdn.partition("=")
        octets = _ESCAPE.sub(_unescaped, value.lstrip(" ")).encode("utf-8", "surrogateescape")
        parts.append((attribute.strip().lower(), octets.decode("utf-8", "replace").casefold()))
    return parts


def _unescaped(escape: re.Match[str]) -> str:
    pair, sign = escape.groups()
    return str(sign) if pair is None else bytes.fromhex(pair).decode("utf-8", "surrogateescape")


def _present(values: Mapping[str, tuple[bytes, ...]]) -> dict[str, tuple[bytes, ...]]:
    return {name: each for name, each in values.items() if each}


def _text(value: str | None) -> tuple[bytes, ...]:
    return () if value is None else (value.encode(),)


def _time(at: float | None) -> tuple[bytes, ...]:
    """Return GeneralizedTime (RFC 4517 §3.3.13) of whole seconds in UTC."""
    return () if at is None else (datetime.fromtimestamp(at, UTC).strftime("%Y%m%d%H%M%SZ").encode(),)


def _zones(kept: str) -> tuple[bytes, ...]:
    return tuple(code.encode() for code in sorted(spelling.zone_set(kept)))
