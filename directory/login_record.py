"""From the attributes of a directory entry to what a login needs, packed for the memory of every worker. Pure.

A record is a plain tuple of atoms and tuples of atoms. Only such tuples leave the garbage collector's books (named
tuples never do), and what is the same for many people is one object: about half a kilobyte for a person, and no
pause however many there are. `person_of` unfolds a record in about a microsecond.
"""

import math
import re
import sys
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from directory import spelling
from directory.person import Endpoint, Person, State, normal_login
from directory.refusal import RegistryRefused

Attributes = dict[str, list[bytes]]
# unit, state, category, valid from, valid until, zones (sorted, comma between), session limit, assurance
Common = tuple[str, str, str, float | None, float | None, str, int | None, int]
# locked until, NT hash, must change; None for the usual person who has none of them
Rare = tuple[float | None, bytes | None, bool]
# subject, entry, login, superior, RDN where it is not uid=login, common, secrets, rare
Record = tuple[str, str, str, str, str | None, Common, bytes, Rare | None]

_STATES: dict[str, State] = {state.value: state for state in State}
_TIME = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,](\d{1,9}))?(?:Z|([+-])(\d\d)(\d\d)?)", re.ASCII)
# An operator's lock that no time opens (draft-behera-ldap-password-policy-10 §5.3.3).
_LOCKED_FOR_GOOD = (b"000001010000Z", b"00000101000000Z")
_NUMBER = re.compile(rb"(?:0|[1-9][0-9]{0,8})")
_HASH = re.compile(rb"[0-9A-Fa-f]{32}")
_LONGEST_WORD = 256  # octets of a code, an id or a login


class MalformedEntry(Exception):  # noqa: N818 - the entry is, not the program; named like the others of its family
    """An entry that cannot be a login: nobody logs in by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeNames:
    """What the attributes are called; the defaults are our schema. Empty: the directory has no such attribute.

    Without `subject` the entry's own id is the subject; without `state` everybody who is there is active.
    """

    subject: str = "rnSubjectId"
    login: str = "uid"
    state: str = "rnStatus"
    unit: str = "rnHomeUnit"
    category: str = "rnEmployment"
    zone: str = "rnZone"
    valid_from: str = "rnValidFrom"
    valid_until: str = "rnValidUntil"
    session_limit: str = "rnSessionLimit"
    assurance: str = "rnAssurance"
    suspended: str = ""  # TRUE suspends whoever is active (389 DS: nsAccountLock)
    locked: str = "pwdAccountLockedTime"
    locked_until: str = ""  # where the server keeps the end of a lock instead of its beginning
    password_changed: str = "pwdChangedTime"  # noqa: S105 - the name of an attribute
    must_change: str = "pwdReset"
    verifier: str = "userPassword"
    nt_hash: str = "sambaNTPassword"
    hardware: str = "macAddress"
    kind: str = "rnDeviceKind"
    owner: str = "rnOwnerId"

    @property
    def wanted(self) -> tuple[str, ...]:
        """What to ask the server for."""
        return tuple(name for name in (getattr(self, field.name) for field in fields(self)) if name)

    def lower(self) -> "AttributeNames":
        """Return the names as `directory.synchronisation` spells them."""
        return AttributeNames(**{field.name: getattr(self, field.name).lower() for field in fields(self)})


def names_of_389(*, verifiers: bool) -> AttributeNames:
    """Return what 389 DS calls things, without any class of ours; `verifiers`: the reader may read passwords.

    nsAccountLock must be readable, or everybody who has a password is active. modifyTimestamp stands for the time of
    the password: each change of an entry looks like a new one, which costs a cached proof and misses nothing.
    """
    return AttributeNames(
        subject="",
        state="",
        unit="",
        category="",
        zone="",
        valid_from="",
        valid_until="",
        session_limit="",
        assurance="",
        suspended="nsAccountLock",
        locked="",
        locked_until="accountUnlockTime",
        password_changed="modifyTimestamp",  # noqa: S106 - the name of an attribute
        must_change="",
        verifier="userPassword" if verifiers else "",
        nt_hash="sambaNTPassword" if verifiers else "",
        kind="",
        owner="",
    )


def generalized_time(value: bytes) -> float:
    """Return seconds since the epoch for GeneralizedTime (RFC 4517 §3.3.13). Raises MalformedEntry."""
    match = _TIME.fullmatch(value)
    if match is None:
        raise MalformedEntry("no GeneralizedTime")
    year, month, day, hour, minute, second, fraction, sign, east_hours, east_minutes = match.groups()
    # A fraction belongs to the smallest unit that is given.
    unit = timedelta(seconds=1) if second else timedelta(minutes=1) if minute else timedelta(hours=1)
    offset = timedelta(hours=int(east_hours or 0), minutes=int(east_minutes or 0))
    seconds = int(second or 0)
    leap = seconds == 60
    try:
        at = datetime(
            *(int(year), int(month), int(day), int(hour), int(minute or 0), seconds - leap),
            tzinfo=timezone(-offset if sign == b"-" else offset) if sign else UTC,
        )
        # Through aware datetimes: exact for every year that the syntax allows.
        return at.timestamp() + leap + (unit * float(b"0." + fraction) if fraction else timedelta()).total_seconds()
    except (ValueError, OverflowError):
        raise MalformedEntry("no time of the calendar") from None


def _one(attributes: Attributes, name: str) -> bytes | None:
    """Return the only value of an attribute, None where it has none."""
    values = attributes.get(name) if name else None
    if not values:
        return None
    if len(values) != 1:
        raise MalformedEntry(f"more than one {name}")
    return values[0]


def _text(value: bytes, name: str) -> str:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise MalformedEntry(f"{name} is not UTF-8") from None
    if not text.isprintable() or len(value) > _LONGEST_WORD:
        raise MalformedEntry(f"{name} cannot be read")
    return text


def _word(value: bytes | None, name: str) -> str:
    """Return a code, an id or the like, as the one object that all records share; nothing for none."""
    if value is None:
        return ""
    text = _text(value, name)
    if "," in text:
        raise MalformedEntry(f"{name} is no code")
    return sys.intern(text)


def _number(value: bytes | None, name: str) -> int | None:
    if value is None:
        return None
    if _NUMBER.fullmatch(value) is None:
        raise MalformedEntry(f"{name} is no number")
    return int(value)


def _time(attributes: Attributes, name: str) -> float | None:
    value = _one(attributes, name)
    return None if value is None else generalized_time(value)


def _state(attributes: Attributes, names: AttributeNames) -> str:
    value = _one(attributes, names.state) or b"" if names.state else State.ACTIVE.value.encode()
    try:
        state = _STATES[value.decode("ascii", "replace").lower()]
    except KeyError:
        raise MalformedEntry("no state of the life cycle") from None
    if state is State.ACTIVE and (_one(attributes, names.suspended) or b"").upper() == b"TRUE":
        return State.SUSPENDED.value
    return state.value


def _zones(attributes: Attributes, names: AttributeNames) -> str:
    values = attributes.get(names.zone, ()) if names.zone else ()
    return sys.intern(",".join(sorted({_word(value, names.zone).lower() for value in values})))


def _login(value: bytes | None, name: str) -> str:
    login = normal_login(_text(value or b"", name))
    if not login:
        raise MalformedEntry("an empty login")
    return login


def _subject(attributes: Attributes, names: AttributeNames, entry: str) -> str:
    if not names.subject:
        return entry
    subject = _word(_one(attributes, names.subject), names.subject)
    if not subject:
        raise MalformedEntry("nobody's entry: it has no subject")
    return subject


def _locked(attributes: Attributes, names: AttributeNames, lasts: float) -> float | None:
    end = _one(attributes, names.locked_until)
    if end is not None:
        # 389 DS: the beginning of time for a lock that no time opens (passwordUnlock: off).
        return generalized_time(end) or math.inf
    value = _one(attributes, names.locked)
    if value is None:
        return None
    if value in _LOCKED_FOR_GOOD or not lasts:
        return math.inf
    return generalized_time(value) + lasts


def _nt_hash(value: bytes | None) -> bytes | None:
    if value is None:
        return None
    if _HASH.fullmatch(value) is None:
        raise MalformedEntry("no NT hash")
    return bytes.fromhex(value.decode())


def _secrets(attributes: Attributes, names: AttributeNames) -> bytes:
    """Return pwdChangedTime and the verifiers with a NUL between them.

    Each is cut at its first NUL: slapd 2.5 stores one, and an octet of its memory, behind the hashes it makes.
    """
    changed = _text(_one(attributes, names.password_changed) or b"", names.password_changed).encode()
    verifiers = attributes.get(names.verifier, ()) if names.verifier else ()
    parts = [value.partition(b"\0")[0] for value in (changed, *verifiers)]
    return b"\0".join([parts[0], *(part for part in parts[1:] if part)])


def pack_person(entry: str, dn: str, attributes: Attributes, names: AttributeNames, lock_lasts: float) -> Record:
    """Return the record of a person.

    `entry` is the entryUUID as text, `names` are in lower case, `lock_lasts` is the directory's pwdLockoutDuration
    in seconds (0: until somebody unlocks). Raises MalformedEntry.
    """
    login = _login(_one(attributes, names.login), names.login)
    common = (
        _word(_one(attributes, names.unit), names.unit),
        _state(attributes, names),
        _word(_one(attributes, names.category), names.category) or "staff",
        _time(attributes, names.valid_from),
        _time(attributes, names.valid_until),
        _zones(attributes, names),
        _number(_one(attributes, names.session_limit), names.session_limit),
        _number(_one(attributes, names.assurance), names.assurance) or 0,
    )
    rare = (
        _locked(attributes, names, lock_lasts),
        _nt_hash(_one(attributes, names.nt_hash)),
        (_one(attributes, names.must_change) or b"").upper() == b"TRUE",
    )
    usual = f"uid={login},"
    rdn, superior = (None, dn[len(usual) :]) if dn.startswith(usual) else (dn, "")
    return (
        _subject(attributes, names, entry),
        entry,
        login,
        sys.intern(superior),
        rdn,
        common,
        _secrets(attributes, names),
        rare if rare != (None, None, False) else None,
    )


def pack_endpoint(entry: str, dn: str, attributes: Attributes, names: AttributeNames) -> Endpoint:
    """Return an endpoint; there are few of them, so they are kept as they are. Raises MalformedEntry."""
    value = _one(attributes, names.hardware) or b""
    try:
        hardware = spelling.hardware(value.decode("ascii", "replace").replace("-", ":"))
    except RegistryRefused:
        raise MalformedEntry("no hardware address") from None
    return Endpoint(
        subject=_subject(attributes, names, entry),
        entry=entry,
        dn=dn,
        hardware=hardware,
        unit=_word(_one(attributes, names.unit), names.unit),
        state=_STATES[_state(attributes, names)],
        kind=_word(_one(attributes, names.kind), names.kind),
        owner=_word(_one(attributes, names.owner), names.owner),
        valid_from=_time(attributes, names.valid_from),
        valid_until=_time(attributes, names.valid_until),
        zones=_zone_set(_zones(attributes, names)),
    )


def entry_text(entry: bytes) -> str:
    """Return the 16 octets of an entryUUID as text (RFC 4122 §3)."""
    digits = entry.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@lru_cache(maxsize=4096)
def _zone_set(joined: str) -> frozenset[str]:
    return frozenset(joined.split(",")) if joined else frozenset()


def person_of(record: Record) -> Person:
    """Return the person whom a record holds."""
    subject, entry, login, superior, rdn, common, secrets, rare = record
    unit, state, category, valid_from, valid_until, zones, session_limit, assurance = common
    changed, *verifiers = secrets.split(b"\0")
    locked_until, nt_hash, must_change = rare or (None, None, False)
    return Person(
        subject,
        entry,
        rdn or f"uid={login},{superior}",
        login,
        unit,
        _STATES[state],
        category,
        valid_from,
        valid_until,
        _zone_set(zones),
        session_limit,
        assurance,
        locked_until,
        changed.decode(),
        tuple(verifiers),
        nt_hash,
        must_change,
    )
