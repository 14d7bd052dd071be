"""The life of a session as accounting tells it: a table of (state, event), and the actions it names. Pure.

Records come late, twice, out of order or never (RFC 2866 §2 repeats until answered), and devices restart without a
word. Whatever comes, counters never go back, a session that its device ended stays ended, and what one person did
is never written down under another's session.
"""

import hashlib
from collections.abc import Callable
from enum import Enum, IntEnum, StrEnum
from typing import NamedTuple

LATE = 10.0  # seconds by which a repeated record may seem younger than it is, where Acct-Delay-Time is missing
SAME_START = 300.0  # seconds between two Starts of one open session that still count as one Start, said again
LONGEST_DELAY = 604_800  # seconds; an Acct-Delay-Time beyond a week is not believed
MOST_OCTETS = 2**63 - 1  # 32 bits of octets and 32 of gigawords are one bit more than SQL can hold


class Status(IntEnum):
    """Acct-Status-Type (RFC 2866 §5.1)."""

    START = 1
    STOP = 2
    INTERIM = 3
    ON = 7
    OFF = 8


# Acct-Terminate-Cause (RFC 2866 §5.10; 19 to 22 RFC 3580 §3.18 and its registry).
CAUSES = {
    1: "user request", 2: "lost carrier", 3: "lost service", 4: "idle timeout", 5: "session timeout",
    6: "admin reset", 7: "admin reboot", 8: "port error", 9: "NAS error", 10: "NAS request", 11: "NAS reboot",
    12: "port unneeded", 13: "port preempted", 14: "port suspended", 15: "service unavailable", 16: "callback",
    17: "user error", 18: "host request", 19: "supplicant restart", 20: "reauthentication failure",
    21: "port reinitialised", 22: "port disabled",
}  # fmt: skip


class Ending(StrEnum):
    """Causes that no device told: we closed the session because of what else we saw."""

    LOST = "lost"  # its interim records stopped
    RESTARTED = "device restarted"  # Accounting-On or Accounting-Off
    SUPERSEDED = "superseded"  # the device uses its session id for somebody or something else now


class AccountingRecord(NamedTuple):
    """One Accounting-Request, read. Texts come escaped and without NUL; addresses in their canonical spelling.

    `subject` and `login_number` are from the Class that we gave (RFC 2865 §5.25), and only where it proved to be
    ours. Zero stands for counters that the device did not send.
    """

    status: Status
    device: int  # key of the device record
    received_at: float  # seconds since the epoch, our clock
    acct_session: str = ""  # Acct-Session-Id (RFC 2866 §5.5)
    login: str = ""  # User-Name as claimed
    subject: str | None = None
    login_number: int | None = None
    hardware: str | None = None  # aa:bb:cc:dd:ee:ff
    address: str | None = None  # Framed-IP-Address
    address6: str | None = None  # Framed-IPv6-Address (RFC 6911 §2.1), else Framed-IPv6-Prefix
    port: str | None = None  # NAS-Port-Id, else NAS-Port
    nas_port: int | None = None
    nas_address: str | None = None  # NAS-IP-Address, else NAS-IPv6-Address
    nas_identifier: str | None = None
    zone: str | None = None
    seconds: int = 0  # Acct-Session-Time
    octets_in: int = 0  # from the subject: Acct-Input-Octets with Gigawords (RFC 2869 §5.1)
    octets_out: int = 0  # to the subject (RFC 2869 §5.2)
    cause: int | None = None  # Acct-Terminate-Cause as its number
    delay: int = 0  # Acct-Delay-Time, seconds (RFC 2866 §5.2)
    event_at: float | None = None  # Event-Timestamp (RFC 2869 §5.3): the device's clock, believed by nobody here
    interim: int | None = None  # seconds between interim records that we asked for


class Session(NamedTuple):
    """A session as it is kept; field for field a row of access.tables.SessionRow without its number."""

    key: bytes
    generation: int
    device: int
    acct_session: str
    login: str
    subject: str | None
    login_number: int | None
    hardware: str | None
    address: str | None
    address6: str | None
    port: str | None
    nas_port: int | None
    nas_address: str | None
    nas_identifier: str | None
    zone: str | None
    started_at: float
    updated_at: float  # when we last heard
    stopped_at: float | None
    interim: int | None
    seconds: int
    octets_in: int
    octets_out: int
    cause: str | None


def session_key(device: int, nas: str, acct_session: str, hardware: str | None) -> bytes:
    """Return the 16 octets under which all records of a session are found, whichever node hears them.

    BLAKE2b over the device record, which NAS of it, Acct-Session-Id and the hardware address. `nas` is what
    `nas_of` returns: a record may stand for a controller's whole prefix, and each NAS counts its ids alone. The
    hardware address is in it so that an id which a restarted device gives to another machine is another session in
    any case. The user name is not: it may change at a re-authentication. Each text is preceded by its length, so
    that no two sets of fields read alike.
    """
    text = f"{device} {len(nas)} {nas}{len(acct_session)} {acct_session}{hardware or ''}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def nas_of(record: AccountingRecord) -> str:
    """Return which NAS behind a device record spoke: NAS-Identifier, else its address as told (RFC 2866 §4.1)."""
    return record.nas_identifier or record.nas_address or ""


def key_of(record: AccountingRecord) -> bytes:
    """Return the session key of a record."""
    return session_key(record.device, nas_of(record), record.acct_session, record.hardware)


def accounting_time(record: AccountingRecord) -> float:
    """Return when it happened, in seconds since the epoch: our receive time minus Acct-Delay-Time."""
    delay = record.delay
    return record.received_at - delay if 0 < delay <= LONGEST_DELAY else record.received_at


class State(IntEnum):
    """Where the newest session under a key stands."""

    ABSENT = 0
    OPEN = 1
    ENDED = 2  # the device said so
    PRESUMED = 3  # ended by our conclusion (Ending); the device may know better


class Event(IntEnum):
    """What a record means for that session."""

    START = 0
    INTERIM = 1
    STOP = 2
    NEXT_START = 3  # of a later session: the device counts its ids from one again
    NEXT_INTERIM = 4
    NEXT_STOP = 5
    EARLIER = 6  # of a session before this one, or older than what we concluded since
    RESTART = 7  # Accounting-On or Accounting-Off of its device
    SILENCE = 8  # no interim record came for too long


class Action(Enum):
    """What is done to the session."""

    OPEN = "open"  # a new session; its generation follows the last one's
    OPEN_ENDED = "open ended"  # a new session of which only the Stop arrived
    FILL = "fill"  # only what was not known yet
    ADVANCE = "advance"  # counters, addresses, rights
    REOPEN = "reopen"  # it was not over after all
    END = "end"
    PRESUME = "presume"  # close with an Ending
    SUPERSEDE = "supersede"  # close with an Ending, then open
    SUPERSEDE_ENDED = "supersede ended"  # close with an Ending, then open ended
    IGNORE = "ignore"


TABLE: dict[tuple[State, Event], tuple[Action, State]] = {
    (State.ABSENT, Event.START): (Action.OPEN, State.OPEN),
    (State.ABSENT, Event.INTERIM): (Action.OPEN, State.OPEN),  # the Start was lost
    (State.ABSENT, Event.STOP): (Action.OPEN_ENDED, State.ENDED),  # all else was lost
    (State.OPEN, Event.START): (Action.FILL, State.OPEN),
    (State.OPEN, Event.INTERIM): (Action.ADVANCE, State.OPEN),
    (State.OPEN, Event.STOP): (Action.END, State.ENDED),
    (State.OPEN, Event.NEXT_START): (Action.SUPERSEDE, State.OPEN),
    (State.OPEN, Event.NEXT_INTERIM): (Action.SUPERSEDE, State.OPEN),
    (State.OPEN, Event.NEXT_STOP): (Action.SUPERSEDE_ENDED, State.ENDED),
    (State.OPEN, Event.EARLIER): (Action.IGNORE, State.OPEN),
    (State.OPEN, Event.RESTART): (Action.PRESUME, State.PRESUMED),
    (State.OPEN, Event.SILENCE): (Action.PRESUME, State.PRESUMED),
    (State.ENDED, Event.START): (Action.FILL, State.ENDED),
    (State.ENDED, Event.INTERIM): (Action.FILL, State.ENDED),  # a Stop is final
    (State.ENDED, Event.STOP): (Action.FILL, State.ENDED),
    (State.ENDED, Event.NEXT_START): (Action.OPEN, State.OPEN),
    (State.ENDED, Event.NEXT_INTERIM): (Action.OPEN, State.OPEN),
    (State.ENDED, Event.NEXT_STOP): (Action.OPEN_ENDED, State.ENDED),
    (State.ENDED, Event.EARLIER): (Action.IGNORE, State.ENDED),
    (State.ENDED, Event.RESTART): (Action.IGNORE, State.ENDED),
    (State.ENDED, Event.SILENCE): (Action.IGNORE, State.ENDED),
    (State.PRESUMED, Event.START): (Action.REOPEN, State.OPEN),
    (State.PRESUMED, Event.INTERIM): (Action.REOPEN, State.OPEN),
    (State.PRESUMED, Event.STOP): (Action.END, State.ENDED),
    (State.PRESUMED, Event.NEXT_START): (Action.OPEN, State.OPEN),
    (State.PRESUMED, Event.NEXT_INTERIM): (Action.OPEN, State.OPEN),
    (State.PRESUMED, Event.NEXT_STOP): (Action.OPEN_ENDED, State.ENDED),
    (State.PRESUMED, Event.EARLIER): (Action.IGNORE, State.PRESUMED),
    (State.PRESUMED, Event.RESTART): (Action.IGNORE, State.PRESUMED),
    (State.PRESUMED, Event.SILENCE): (Action.IGNORE, State.PRESUMED),
}

_PLAIN = {Status.START: Event.START, Status.INTERIM: Event.INTERIM, Status.STOP: Event.STOP}
_NEXT = {
    Status.START: Event.NEXT_START,
    Status.INTERIM: Event.NEXT_INTERIM,
    Status.STOP: Event.NEXT_STOP,
}
_PRESUMED_CAUSES = frozenset(ending.value for ending in Ending)
# Plain names: on CPython 3.11 reading a member through its enum costs ten times as much.
_ABSENT, _OPEN, _ENDED, _PRESUMED = State.ABSENT, State.OPEN, State.ENDED, State.PRESUMED
_START, _STOP, _EARLIER = Status.START, Status.STOP, Event.EARLIER


def state_of(session: Session | None) -> State:
    """Return where a session stands."""
    if session is None:
        return _ABSENT
    if session.stopped_at is None:
        return _OPEN
    return _PRESUMED if session.cause in _PRESUMED_CAUSES else _ENDED


def event_of(session: Session | None, record: AccountingRecord) -> Event:
    """Return what a Start, Interim or Stop means for the newest session under its key.

    Where the record carries our Class, the number of the login decides, since a later login has a higher one. Else
    the names and times decide; RFC 2866 promises unique session ids only from one start of a device to the next.
    """
    if session is None:
        return _PLAIN[record.status]
    at = accounting_time(record)
    ours, theirs = session.login_number, record.login_number
    if ours is not None and theirs is not None and ours != theirs:
        if theirs < ours:
            return _EARLIER
        if record.status is _START:
            return Event.NEXT_START
        # A re-authentication gives an open session a later login; only another person's begins a new session.
        plain = session.stopped_at is None and record.subject == session.subject
        return _PLAIN[record.status] if plain else _if_later(session, record, at)
    if ours is None or ours != theirs:
        if _is_somebody_else(session, record):
            return _if_later(session, record, at)
        if _is_next(session, record, at):
            return _NEXT[record.status]
    # A later generation has begun for certain, so what happened before is not part of it; a first one may have been
    # begun by an Interim that overtook its Start.
    if session.generation > 1 and at < session.started_at:
        return _EARLIER
    if state_of(session) is _PRESUMED and record.status is not _STOP and at <= (session.stopped_at or at):
        return _EARLIER
    return _PLAIN[record.status]


def _is_somebody_else(session: Session, record: AccountingRecord) -> bool:
    if record.subject is not None and session.subject is not None:
        return record.subject != session.subject
    # Without a Class only a Start tells: within a session the name may change at a re-authentication.
    return record.status is _START and bool(record.login and session.login) and record.login != session.login


def _if_later(session: Session, record: AccountingRecord, at: float) -> Event:
    began = session.started_at if session.stopped_at is None else session.stopped_at
    return _NEXT[record.status] if at > began else _EARLIER


def _is_next(session: Session, record: AccountingRecord, at: float) -> bool:
    if session.stopped_at is None:
        return record.status is _START and at > session.started_at + SAME_START
    if record.status is _START:
        # After Accounting-On any Start is new; after a Stop it may be the old one, repeated.
        if session.cause == Ending.RESTARTED:
            return at >= session.stopped_at
        return at > session.stopped_at + LATE
    # A device that was thought dead and now counts from after its death is in another session, its Start lost.
    return session.cause in _PRESUMED_CAUSES and record.seconds > 0 and at - record.seconds > session.stopped_at + LATE


def advance(session: Session | None, key: bytes, record: AccountingRecord) -> tuple[Session, ...]:
    """Return what must be stored after a Start, Interim or Stop: nothing, one session, or the old and a new one.

    `session` is the newest under `key`. The last one returned is the newest from then on. On and Off concern all
    sessions of a device and go to `presume`, one by one or as the same statement in SQL.
    """
    return _STEPS[state_of(session), event_of(session, record)](session, key, record)


def presume(session: Session, event: Event, at: float) -> Session:
    """Return the session closed by our own conclusion at `at`: Event.RESTART or Event.SILENCE."""
    action, _ = TABLE[state_of(session), event]
    if action is not Action.PRESUME:
        return session
    ending = Ending.RESTARTED if event is Event.RESTART else Ending.LOST
    return session._replace(stopped_at=max(at, session.started_at), cause=ending.value)


def _open(session: Session | None, key: bytes, record: AccountingRecord) -> tuple[Session, ...]:
    at = accounting_time(record)
    started = at if record.status is _START else max(at - record.seconds, 0.0)
    generation = 1
    if session is not None:
        generation = session.generation + 1
        started = max(started, session.stopped_at or session.started_at)
    return (
        Session(
            key, generation, record.device, record.acct_session, record.login, record.subject, record.login_number,
            record.hardware, record.address, record.address6, record.port, record.nas_port, record.nas_address,
            record.nas_identifier, record.zone, started, record.received_at, None, record.interim, record.seconds,
            min(record.octets_in, MOST_OCTETS), min(record.octets_out, MOST_OCTETS), None,
        ),
    )  # fmt: skip


def _open_ended(session: Session | None, key: bytes, record: AccountingRecord) -> tuple[Session, ...]:
    return tuple(_ended(opened, record) for opened in _open(session, key, record))


def _merged(session: Session, record: AccountingRecord, *, newer: bool) -> Session:
    """Return the session with what the record adds; a newer record also replaces what may change."""
    login_number, zone = session.login_number, session.zone
    if newer and record.login_number is not None and record.login_number != login_number:
        # A re-authentication decided anew. Else the zone stays: an order may have moved the session since, and its
        # Class still tells the old one.
        login_number, zone = record.login_number, record.zone or zone
    address, address6, port = session.address, session.address6, session.port
    if newer:
        address, address6, port = record.address or address, record.address6 or address6, record.port or port
    return Session(
        session.key, session.generation, session.device, session.acct_session, session.login or record.login,
        session.subject or record.subject, record.login_number if login_number is None else login_number,
        session.hardware, address or record.address, address6 or record.address6, port or record.port,
        record.nas_port if session.nas_port is None else session.nas_port,
        session.nas_address or record.nas_address, session.nas_identifier or record.nas_identifier,
        zone or record.zone, session.started_at, max(session.updated_at, record.received_at), session.stopped_at,
        record.interim or session.interim, max(session.seconds, record.seconds),
        min(max(session.octets_in, record.octets_in), MOST_OCTETS),
        min(max(session.octets_out, record.octets_out), MOST_OCTETS), session.cause,
    )  # fmt: skip


def _ended(session: Session, record: AccountingRecord) -> Session:
    cause = None if record.cause is None else CAUSES.get(record.cause, f"cause {record.cause}")
    return session._replace(stopped_at=max(accounting_time(record), session.started_at), cause=cause)


def _fill(session: Session | None, _key: bytes, record: AccountingRecord) -> tuple[Session, ...]:
    assert session is not None  # noqa: S101 - the table names this action for present sessions only
    filled = _merged(session, record, newer=False)
    if record.status is _START and session.generation == 1:
        # An Interim overtook its Start, which knows better when it all began.
        filled = filled._replace(started_at=min(session.started_at, accounting_time(record)))
    return (filled,) if filled != session else ()


def _advance(session: Session | None, _key: bytes, record: AccountingRecord) -> tuple[Session, ...]:
    assert session is not None  # noqa: S101 - as above
    # Session time tells which of two records is the older, whatever the order in which they arrived.
    return (_merged(session, record, newer=not record.seconds or record.seconds >= session.seconds),)


def _reopen(session: Session | None, key: bytes, record: AccountingRecord) -> tuple[Session, ...]:
    return tuple(each._replace(stopped_at=None, cause=None) for each in _advance(session, key, record))


def _end(session: Session | None, key: bytes, record: AccountingRecord) -> tuple[Session, ...]:
    return tuple(_ended(each, record) for each in _advance(session, key, record))


def _supersede(session: Session | None, key: bytes, record: AccountingRecord) -> tuple[Session, ...]:
    assert session is not None  # noqa: S101 - as above
    (following,) = _open(session, key, record)
    return session._replace(stopped_at=following.started_at, cause=Ending.SUPERSEDED.value), following


def _supersede_ended(session: Session | None, key: bytes, record: AccountingRecord) -> tuple[Session, ...]:
    closed, following = _supersede(session, key, record)
    return closed, _ended(following, record)


def _ignore(_session: Session | None, _key: bytes, _record: AccountingRecord) -> tuple[Session, ...]:
    return ()


_ACTIONS: dict[Action, Callable[[Session | None, bytes, AccountingRecord], tuple[Session, ...]]] = {
    Action.OPEN: _open,
    Action.OPEN_ENDED: _open_ended,
    Action.FILL: _fill,
    Action.ADVANCE: _advance,
    Action.REOPEN: _reopen,
    Action.END: _end,
    Action.SUPERSEDE: _supersede,
    Action.SUPERSEDE_ENDED: _supersede_ended,
    Action.IGNORE: _ignore,
}
# The table with its actions in place, so that a record costs one look into it; what `presume` does is not for records.
_STEPS = {place: _ACTIONS[action] for place, (action, _) in TABLE.items() if action is not Action.PRESUME}
