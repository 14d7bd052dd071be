"""A person or an endpoint as a login sees it: what the mirror holds of one directory entry."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Where a person stands in the life cycle (attribute rnStatus of the published schema)."""

    DRAFT = "draft"  # entered, real name not yet verified
    ACTIVE = "active"
    SUSPENDED = "suspended"  # may come back
    LEFT = "left"  # will not come back under this account
    PRESERVED = "preserved"  # kept for the record only


# Both are named tuples: one is made for each login, and making a frozen dataclass costs three times as much. What the
# mirror keeps of 100,000 people are plain tuples (directory.login_record), which the garbage collector lets go of.
class Person(NamedTuple):
    """One person of the directory; immutable, replaced as a whole when the directory changes."""

    subject: str  # rnSubjectId: immutable and never used again
    entry: str  # entryUUID (OpenLDAP) or nsUniqueId (389 DS)
    dn: str
    login: str  # uid, as normalised by normal_login
    unit: str  # rnHomeUnit: code of the unit that answers for the person
    state: State
    category: str = "staff"  # rnEmployment: staff, contract, vendor, visitor, seconded, retired
    valid_from: float | None = None  # seconds since the epoch; before it no access
    valid_until: float | None = None  # seconds since the epoch; from it on no access
    zones: frozenset[str] = frozenset()  # rnZone: personal rights
    session_limit: int | None = None
    assurance: int = 0  # 0 to 3, how well the real name was verified
    locked_until: float | None = None  # lock of the directory server itself; infinite while an operator locked it
    password_changed: str = ""  # pwdChangedTime as it came; only compared for equality
    verifiers: tuple[bytes, ...] = ()  # userPassword values as they came, cut at the first NUL
    nt_hash: bytes | None = None  # 16 octets, where an opt-in stored one
    must_change: bool = False  # pwdReset


class Endpoint(NamedTuple):
    """A registered device without a person at its keyboard; a named person answers for it."""

    subject: str
    entry: str
    dn: str
    hardware: str  # macAddress in the spelling of radius.hardware: aa:bb:cc:dd:ee:ff
    unit: str
    state: State
    kind: str = ""  # printer, camera, sensor, ...
    owner: str = ""  # rnOwnerId: subject of the person who answers for it
    valid_from: float | None = None
    valid_until: float | None = None
    zones: frozenset[str] = frozenset()


def normal_login(text: str) -> str:
    """Return the one spelling under which a login name is kept and looked up.

    Surrounding space is cut and case folded, as LDAP's caseIgnoreMatch does (RFC 4517 §4.2.11); anything that
    could be mistaken for another person's name (control characters, inner space) is refused before, by who parses.
    """
    return text.strip().casefold()
