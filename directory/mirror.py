"""The login directory in the memory of a worker: what a login asks, with no network in its way.

One thread writes (the follower's, through `apply`); any thread reads, without locks: records never change, an entry
is replaced by one operation that the interpreter makes whole, and a new set replaces the old one at once.
"""

import math
import time
from collections.abc import Callable

import structlog

from directory.login_record import (
    AttributeNames,
    Common,
    MalformedEntry,
    Record,
    entry_text,
    pack_endpoint,
    pack_person,
    person_of,
)
from directory.person import Endpoint, Person, normal_login
from directory.synchronisation import Event, Gone, Idle, Present, RefreshBegun, RefreshDone, Upsert

# Malformed entries that are named in the log for each set; beyond it they are only counted.
_NAMED = 10
# Shared values that may lie unused; when more have come up the table starts anew, so that it cannot grow for ever.
_SPARE = 4096
_SEVERAL = ""
# People kept unfolded, half a kilobyte each: those who log in again and again, not everybody who is known.
_MOST_UNFOLDED = 65_536

log = structlog.get_logger()


class Ambiguous(Exception):  # noqa: N818 - a state of the directory, not a fault of the program
    """More than one entry has this login, subject or hardware address: nobody can say who is meant."""


class _Index:
    """Key to the one entry that has it. A key that several have is known too, and answers Ambiguous."""

    __slots__ = ("_entries", "_several")

    def __init__(self) -> None:
        self._entries: dict[str, str] = {}
        self._several: dict[str, set[str]] = {}

    def get(self, key: str) -> str | None:
        found = self._entries.get(key)
        if found == _SEVERAL:
            raise Ambiguous
        return found

    def put(self, key: str, entry: str) -> None:
        found = self._entries.setdefault(key, entry)
        if found == _SEVERAL:
            self._several[key].add(entry)
        elif found != entry:
            self._several[key] = {found, entry}
            self._entries[key] = _SEVERAL

    def drop(self, key: str, entry: str) -> None:
        several = self._several.get(key)
        if several is None:
            self._entries.pop(key, None)
            return
        several.discard(entry)
        if len(several) == 1:
            self._entries[key] = several.pop()
            del self._several[key]

    @property
    def clashes(self) -> int:
        return len(self._several)


class _Content:
    """One set of entries. An entry that is malformed has a place and no meaning."""

    __slots__ = ("_common", "entries", "hardware", "logins", "malformed", "people", "subjects")

    def __init__(self) -> None:
        self.entries: dict[str, Record | Endpoint | None] = {}
        self.logins = _Index()
        self.subjects = _Index()
        self.hardware = _Index()
        self.people = 0
        self.malformed = 0
        self._common: dict[Common, Common] = {}

    def _shared(self, record: Record) -> Record:
        if len(self._common) > len(self.entries) + _SPARE:
            self._common = {}
        common = self._common.setdefault(record[5], record[5])
        return (*record[:5], common, *record[6:])

    def put(self, entry: str, value: Record | Endpoint | None) -> None:
        """Enter or replace an entry. The entry first: who reads an index meanwhile checks what he finds there."""
        before = self.entries.get(entry)
        known = entry in self.entries
        if value is not None and not isinstance(value, Endpoint):
            value = self._shared(value)
        self.entries[entry] = value
        for index, key in self._keys(value):
            index.put(key, entry)
        if known:
            kept = self._keys(value)
            for index, key in self._keys(before):
                if (index, key) not in kept:
                    index.drop(key, entry)
            self._count(before, -1)
        self._count(value, 1)

    def drop(self, entry: str) -> Record | Endpoint | None:
        """Remove an entry and return what it was."""
        if entry not in self.entries:
            return None
        before = self.entries.pop(entry)
        for index, key in self._keys(before):
            index.drop(key, entry)
        self._count(before, -1)
        return before

    def _keys(self, value: Record | Endpoint | None) -> tuple[tuple[_Index, str], ...]:
        if value is None:
            return ()
        if isinstance(value, Endpoint):
            return (self.hardware, value.hardware), (self.subjects, value.subject)
        return (self.logins, value[2]), (self.subjects, value[0])

    def _count(self, value: Record | Endpoint | None, step: int) -> None:
        if value is None:
            self.malformed += step
        elif not isinstance(value, Endpoint):
            self.people += step


def _subject(value: Record | Endpoint | None) -> str | None:
    return None if value is None else value[0]


class Mirror:
    """What the directory says of people and endpoints, as of a moment ago; `age` tells how long ago."""

    def __init__(
        self,
        *,
        names: AttributeNames | None = None,
        lock_lasts: float = 900.0,
        on_change: Callable[[str], None] = lambda _: None,
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin empty, and older than any limit.

        `on_change` is told the subject of each entry that was changed, added or removed, once a first set was
        there; `settled`, once, that we are in step for the first time: earlier, who asks finds us older than any
        limit. Both are called in the thread that calls `apply`. `lock_lasts`: the directory's pwdLockoutDuration in
        seconds, 0 until somebody unlocks.
        """
        self._names = (names or AttributeNames()).lower()
        self._lock_lasts = lock_lasts
        self.on_change = on_change
        self._settled = settled
        self._content = _Content()
        self._building: _Content | None = None  # a fresh set, until it is whole
        self._told: set[str] | None = None  # what this refresh sent or called present
        self._complete = False
        self._in_step: tuple[float, float] | None = None  # seconds since the epoch, monotonic seconds
        self._named = 0
        self._unfolded: dict[str, tuple[Record, Person]] = {}  # by entry; good as long as the record is still held

    # -- asked by logins -------------------------------------------------------------------------------------

    def find(self, login: str) -> Person | None:
        """Return the person of this login name, None where there is none. Raises Ambiguous."""
        content = self._content
        key = normal_login(login)
        entry = content.logins.get(key)
        value = None if entry is None else content.entries.get(entry)
        # Between two operations of the writer an index may still point to an entry that has got another name.
        if value is None or isinstance(value, Endpoint) or value[2] != key:
            return None
        return self._person(value)

    def by_subject(self, subject: str) -> Person | None:
        """Return the person with this subject id, None where there is none. Raises Ambiguous."""
        content = self._content
        entry = content.subjects.get(subject)
        value = None if entry is None else content.entries.get(entry)
        if value is None or isinstance(value, Endpoint) or value[0] != subject:
            return None
        return self._person(value)

    def _person(self, record: Record) -> Person:
        known = self._unfolded.get(record[1])
        if known is not None and known[0] is record:
            return known[1]
        if len(self._unfolded) >= _MOST_UNFOLDED:
            self._unfolded.clear()
        person = person_of(record)
        self._unfolded[record[1]] = record, person
        return person

    def endpoint(self, hardware: str) -> Endpoint | None:
        """Return the endpoint with this hardware address (aa:bb:cc:dd:ee:ff). Raises Ambiguous."""
        content = self._content
        entry = content.hardware.get(hardware)
        value = None if entry is None else content.entries.get(entry)
        return value if isinstance(value, Endpoint) and value.hardware == hardware else None

    def age(self, now: float) -> float:
        """Return for how many seconds nobody has confirmed that we are in step; infinite before the first time.

        `now` is in seconds since the epoch. A clock that was set back does not make old knowledge young.
        """
        in_step = self._in_step
        if in_step is None:
            return math.inf
        return max(now - in_step[0], time.monotonic() - in_step[1])

    @property
    def people(self) -> int:
        """How many people are known."""
        return self._content.people

    @property
    def entries(self) -> int:
        """How many entries are held, malformed ones and endpoints among them."""
        return len(self._content.entries)

    @property
    def malformed(self) -> int:
        """How many entries nobody can log in by, because something in them cannot be understood."""
        return self._content.malformed

    @property
    def ambiguous(self) -> int:
        """How many logins, subjects and hardware addresses more than one entry claims."""
        content = self._content
        return content.logins.clashes + content.subjects.clashes + content.hardware.clashes

    # -- told by the follower --------------------------------------------------------------------------------

    def apply(self, event: Event) -> None:
        """Take one event of directory.synchronisation. One thread at a time."""
        if isinstance(event, Upsert):
            self._upsert(event)
        elif isinstance(event, Gone):
            self._gone(entry_text(event.id))
        elif isinstance(event, Idle):
            self._confirmed(event.at)
        elif isinstance(event, Present):
            if self._told is not None:
                self._told.update(entry_text(entry) for entry in event.ids)
        elif isinstance(event, RefreshBegun):
            self._building = _Content() if event.fresh else None
            self._told = None if event.fresh else set()
            self._named = 0
        elif isinstance(event, RefreshDone):
            self._refreshed(event)

    def _upsert(self, event: Upsert) -> None:
        entry = entry_text(event.id)
        value = self._read(entry, event)
        if self._told is not None:
            self._told.add(entry)
        if self._building is not None:
            self._building.put(entry, value)
            return
        content = self._content
        before = content.entries.get(entry)
        # ppolicy makes a change of each wrong password; to us it is none.
        if value is not None and value == before:
            return
        content.put(entry, value)
        self._changed(before, value)

    def _read(self, entry: str, event: Upsert) -> Record | Endpoint | None:
        attributes = event.attributes
        try:
            if self._names.login in attributes:
                return pack_person(entry, event.dn, attributes, self._names, self._lock_lasts)
            return pack_endpoint(entry, event.dn, attributes, self._names)
        except MalformedEntry as error:
            self._named += 1
            if self._named <= _NAMED:
                log.warning("directory entry malformed", entry=entry, reason=str(error))
            return None

    def _gone(self, entry: str) -> None:
        if self._building is not None:
            self._building.drop(entry)
            return
        self._changed(self._content.drop(entry), None)

    def _refreshed(self, event: RefreshDone) -> None:
        told, self._told = self._told, None
        if self._building is not None:
            before, self._content, self._building = self._content, self._building, None
            if self._complete:
                self._compare(before)
        elif not event.deletes_were_told and told is not None:
            for entry in self._content.entries.keys() - told:
                self._gone(entry)
        self._complete = True
        content = self._content
        log.info(
            "mirror refreshed",
            people=content.people,
            endpoints=len(content.entries) - content.people - content.malformed,
            malformed=content.malformed,
            ambiguous=self.ambiguous,
        )

    def _confirmed(self, at: float) -> None:
        if not self._complete:
            return
        first, self._in_step = self._in_step is None, (at, time.monotonic())
        if first:
            self._settled()

    def _compare(self, before: _Content) -> None:
        """Tell what a fresh set changed."""
        for entry in before.entries.keys() | self._content.entries.keys():
            old = before.entries.get(entry)
            new = self._content.entries.get(entry)
            if old != new:
                self._changed(old, new)

    def _changed(self, before: Record | Endpoint | None, after: Record | Endpoint | None) -> None:
        if not self._complete:
            return
        for subject in {_subject(before), _subject(after)}:
            if subject is not None:
                self.on_change(subject)
