"""Content synchronisation (RFC 4533): octets of a server to events, and what each situation means. Pure.

A session begins with a refresh, that is everything or what changed since a cookie, and goes on with single changes.
One thing matters more than all else: half a refresh says nothing about what is missing.
"""

from enum import Enum, IntEnum
from typing import NamedTuple

from directory.ber import (
    BOOLEAN,
    ENUMERATED,
    INTEGER,
    OCTETS,
    SEQUENCE,
    SET,
    MalformedSync,
    element,
    elements,
    encode,
    inside,
    number,
    truth,
)

REQUEST_OID = "1.3.6.1.4.1.4203.1.9.1.1"
_STATE_OID = b"1.3.6.1.4.1.4203.1.9.1.2"
_DONE_OID = b"1.3.6.1.4.1.4203.1.9.1.3"
_INFO_OID = b"1.3.6.1.4.1.4203.1.9.1.4"
_NOTICE_OID = b"1.3.6.1.4.1.1466.20036"  # notice of disconnection (RFC 4511 §4.4.1)
# Tags of RFC 4511 §4.2 and of the values of RFC 4533 §2.
_ENTRY, _DONE, _REFERENCE, _EXTENDED, _INTERMEDIATE = 0x64, 0x65, 0x73, 0x78, 0x79
_CONTROLS, _NAME, _VALUE = 0xA0, 0x80, 0x81
_NEW_COOKIE, _REFRESH_DELETE, _REFRESH_PRESENT, _ID_SET = 0x80, 0xA1, 0xA2, 0xA3
_REFRESH_AND_PERSIST = 3
_ID_OCTETS = 16
GREATEST_COOKIE = 4096
_GREATEST_NAMES = 512
# A cookie newer than the server, in whose place an older copy now runs: unwillingToPerform.
UNWILLING = 53
REFRESH_REQUIRED = 4096  # e-syncRefreshRequired (RFC 4533 §2.7)

Attributes = dict[str, list[bytes]]


class RefreshBegun(NamedTuple):
    """A session began. `fresh`: without a cookie, so everything will be sent, into a new set."""

    fresh: bool


class Upsert(NamedTuple):
    """An entry is so now, new or changed; `id` is its entryUUID, the only thing about it that never changes.

    Attribute descriptions are in lower case, since they mean the same in any (RFC 4512 §2.5).
    """

    id: bytes
    dn: str
    attributes: Attributes


class Gone(NamedTuple):
    """An entry was deleted, or left what we may see."""

    id: bytes


class Present(NamedTuple):
    """These entries are unchanged since the cookie."""

    ids: tuple[bytes, ...]


class RefreshDone(NamedTuple):
    """The refresh is complete. Without `deletes_were_told`, what was neither present nor sent is gone."""

    deletes_were_told: bool


class Cookie(NamedTuple):
    """All before it was told; a later session may go on from here."""

    octets: bytes


class Idle(NamedTuple):
    """At this time (seconds since the epoch) everything that the server knew was told."""

    at: float


Event = RefreshBegun | Upsert | Gone | Present | RefreshDone | Cookie | Idle


class Ended(NamedTuple):
    """The session is over. `restart`: the cookie is worth nothing, begin without one; `code` is the result code."""

    code: int
    restart: bool


class _State(IntEnum):
    """Sync State Value (RFC 4533 §2.2)."""

    PRESENT = 0
    ADD = 1
    MODIFY = 2
    DELETE = 3


class Stage(Enum):
    """Where a session stands (RFC 4533 §3.4)."""

    REFRESH = "refresh"
    PERSIST = "persist"
    ENDED = "ended"


def request_value(cookie: bytes | None) -> bytes:
    """Return the Sync Request Value for refreshAndPersist (RFC 4533 §2.1), without reloadHint.

    Without the hint a server that cannot go on from the cookie sends everything (§3.3.2) or asks for a new start.
    """
    mode = encode(ENUMERATED, bytes((_REFRESH_AND_PERSIST,)))
    return encode(SEQUENCE, mode + (encode(OCTETS, cookie) if cookie is not None else b""))


def _cookie(data: bytes, start: int, stop: int) -> Cookie:
    if stop - start > GREATEST_COOKIE:
        raise MalformedSync("cookie too long")
    return Cookie(data[start:stop])


def _id(data: bytes, start: int, stop: int) -> bytes:
    if stop - start != _ID_OCTETS:
        raise MalformedSync("an entryUUID has 16 octets")
    return data[start:stop]


def _text(data: bytes, start: int, stop: int) -> str:
    try:
        return data[start:stop].decode()
    except UnicodeDecodeError:
        raise MalformedSync("a name that is not UTF-8") from None


def _attributes(data: bytes, at: int, end: int, names: dict[bytes, str]) -> Attributes:
    """Decode PartialAttributeList (RFC 4511 §4.5.2); `names` remembers the spelling of each description."""
    attributes: Attributes = {}
    start, stop = inside(data, at, end, SEQUENCE)
    if stop != end:
        raise MalformedSync("octets after the attributes")
    while start < stop:
        at, start = inside(data, start, stop, SEQUENCE)
        first, after = inside(data, at, start, OCTETS)
        at, end = inside(data, after, start, SET)
        if end != start:
            raise MalformedSync("octets after the values")
        name = names.get(data[first:after])
        if name is None:
            name = _text(data, first, after).lower()
            if len(names) < _GREATEST_NAMES:
                names[data[first:after]] = name
        values = []
        while at < end:
            first, at = inside(data, at, end, OCTETS)
            values.append(data[first:at])
        attributes[name] = values
    return attributes


def _control(data: bytes, at: int, end: int, wanted: bytes) -> tuple[int, int] | None:
    """Return (start, stop) of the value of one control (RFC 4511 §4.1.11), or None where it is not there."""
    if at == end:
        return None
    start, stop = inside(data, at, end, _CONTROLS)
    if stop != end:
        raise MalformedSync("octets after the controls")
    for tag, first, last in elements(data, start, stop):
        if tag != SEQUENCE:
            raise MalformedSync("no control")
        name, after = inside(data, first, last, OCTETS)
        if data[name:after] != wanted:
            continue
        value = [found for found in elements(data, after, last) if found[0] == OCTETS]
        if len(value) != 1:
            raise MalformedSync("a control without a value")
        return value[0][1], value[0][2]
    return None


def _cookie_and_flag(data: bytes, start: int, stop: int, *, default: bool) -> tuple[Cookie | None, bool]:
    """Decode SEQUENCE contents { cookie OCTET STRING OPTIONAL, flag BOOLEAN DEFAULT default }, no more."""
    cookie = None
    flag = default
    at = start
    if at < stop and data[at] == OCTETS:
        first, at = inside(data, at, stop, OCTETS)
        cookie = _cookie(data, first, at)
    if at < stop:
        first, at = inside(data, at, stop, BOOLEAN)
        flag = truth(data, first, at)
    if at != stop:
        raise MalformedSync("octets after the flag")
    return cookie, flag


class Session:
    """One session with one server: messages in, events out; the caller brings the octets and keeps the cookie."""

    def __init__(self, message_id: int, *, fresh: bool) -> None:
        """Begin; `message_id` is that of the search, `fresh` that it was sent without a cookie."""
        self._message_id = message_id
        self._fresh = fresh
        self._ids_told = False  # ids were called present
        self._presence = False  # a present phase was completed in this refresh
        self._held: Cookie | None = None  # covers what was told, but not yet what is absent
        self._names: dict[bytes, str] = {}
        self.stage = Stage.REFRESH
        self.references = 0  # referrals; counted, never followed

    def begin(self) -> RefreshBegun:
        """Return the event that comes before all others of the session."""
        return RefreshBegun(self._fresh)

    def receive(self, message: bytes) -> list[Event | Ended]:
        """Return what one whole LDAP message means. Raises MalformedSync; the session is then of no more use."""
        if self.stage is Stage.ENDED:
            raise MalformedSync("a message after the end")
        start, end = inside(message, 0, len(message), SEQUENCE)
        if end != len(message):
            raise MalformedSync("octets after the message")
        first, at = inside(message, start, end, INTEGER)
        message_id = number(message, first, at)
        tag, start, stop = element(message, at, end)
        if message_id != self._message_id:
            return self._notice(message, message_id, tag)
        if tag == _ENTRY:
            return self._entry(message, start, stop, end)
        if tag == _INTERMEDIATE:
            return self._info(message, start, stop)
        if tag == _DONE:
            return self._done(message, start, stop, end)
        if tag == _REFERENCE:
            self.references += 1
            return []
        raise MalformedSync("an answer that no search has")

    def _notice(self, message: bytes, message_id: int, tag: int) -> list[Event | Ended]:
        if message_id == 0 and tag == _EXTENDED and _NOTICE_OID in message:
            self.stage = Stage.ENDED
            return [Ended(0, restart=False)]
        raise MalformedSync("an answer to something else")

    def _told(self, events: list[Event | Ended], cookie: Cookie | None) -> list[Event | Ended]:
        """Return the events and the cookie that covers them; while refreshing, the cookie waits for the end.

        A session that breaks off before must go on from the old cookie, or deletions would be lost.
        """
        if cookie is None:
            return events
        if self.stage is Stage.REFRESH:
            self._held = cookie
            return events
        return [*events, cookie]

    def _entry(self, message: bytes, start: int, stop: int, end: int) -> list[Event | Ended]:
        """SearchResultEntry with Sync State Control (RFC 4533 §2.2)."""
        name, after = inside(message, start, stop, OCTETS)
        value = _control(message, stop, end, _STATE_OID)
        if value is None:
            raise MalformedSync("an entry without its state")
        at, last = inside(message, value[0], value[1], SEQUENCE)
        first, at = inside(message, at, last, ENUMERATED)
        state = number(message, first, at)
        first, at = inside(message, at, last, OCTETS)
        entry_id = _id(message, first, at)
        event: Event
        if state in {_State.ADD, _State.MODIFY}:
            attributes = _attributes(message, after, stop, self._names)
            event = Upsert(entry_id, _text(message, name, after), attributes)
        elif state == _State.DELETE:
            event = Gone(entry_id)
        elif state == _State.PRESENT:
            event = self._present((entry_id,))
        else:
            raise MalformedSync("an unknown state")
        cookie = None
        if at < last:
            first, at = inside(message, at, last, OCTETS)
            cookie = _cookie(message, first, at)
        if at != last or last != value[1]:
            raise MalformedSync("octets after the state")
        return self._told([event], cookie)

    def _present(self, ids: tuple[bytes, ...]) -> Present:
        if self.stage is not Stage.REFRESH or self._presence:
            raise MalformedSync("presence outside of its phase")
        self._ids_told = True
        return Present(ids)

    def _info(self, message: bytes, start: int, stop: int) -> list[Event | Ended]:
        """IntermediateResponse with Sync Info Message (RFC 4533 §2.5)."""
        parts = {tag: (first, last) for tag, first, last in elements(message, start, stop)}
        name = parts.get(_NAME)
        value = parts.get(_VALUE)
        if name is None or value is None or message[name[0] : name[1]] != _INFO_OID:
            raise MalformedSync("an unknown intermediate response")
        tag, first, last = element(message, value[0], value[1])
        if last != value[1]:
            raise MalformedSync("octets after the information")
        if tag == _NEW_COOKIE:
            return self._told([], _cookie(message, first, last))
        if tag == _ID_SET:
            return self._id_set(message, first, last)
        if tag not in {_REFRESH_DELETE, _REFRESH_PRESENT} or self.stage is not Stage.REFRESH:
            raise MalformedSync("information out of place")
        cookie, done = _cookie_and_flag(message, first, last, default=True)
        if tag == _REFRESH_PRESENT:
            self._presence = True
        if done:
            return self._refreshed(cookie)
        return self._told([], cookie)  # a delete phase follows the present phase

    def _refreshed(self, cookie: Cookie | None) -> list[Event | Ended]:
        if self._ids_told and not self._presence:
            raise MalformedSync("a present phase that did not end")
        self.stage = Stage.PERSIST
        return self._told([RefreshDone(deletes_were_told=not self._presence)], cookie or self._held)

    def _id_set(self, message: bytes, start: int, stop: int) -> list[Event | Ended]:
        """syncIdSet: ids that are all present, or all deleted."""
        at = start
        while at < stop and message[at] in {OCTETS, BOOLEAN}:
            at = element(message, at, stop)[2]
        cookie, deleted = _cookie_and_flag(message, start, at, default=False)
        first, last = inside(message, at, stop, SET)
        if last != stop:
            raise MalformedSync("octets after the ids")
        ids = []
        for tag, begin, end in elements(message, first, last):
            if tag != OCTETS:
                raise MalformedSync("an id that is no octet string")
            ids.append(_id(message, begin, end))
        if deleted:
            return self._told([Gone(entry_id) for entry_id in ids], cookie)
        return self._told([self._present(tuple(ids))], cookie)

    def _done(self, message: bytes, start: int, stop: int, end: int) -> list[Event | Ended]:
        """SearchResultDone: the session is over; success may end a refresh as well (RFC 4533 §2.3, §3.4)."""
        first, at = inside(message, start, stop, ENUMERATED)
        code = number(message, first, at)
        events: list[Event | Ended] = []
        value = _control(message, stop, end, _DONE_OID)
        if value is not None and code == 0:
            first, last = inside(message, value[0], value[1], SEQUENCE)
            if last != value[1]:
                raise MalformedSync("octets after the end")
            cookie, deletes_were_told = _cookie_and_flag(message, first, last, default=False)
            if self.stage is Stage.REFRESH:
                self._presence = self._presence or not deletes_were_told
                events = self._refreshed(cookie)
            else:
                events = self._told([], cookie)
        self.stage = Stage.ENDED
        return [*events, Ended(code, restart=code in {UNWILLING, REFRESH_REQUIRED})]
