"""The bindings and the lost devices once more, in the memory of each process that decides; kept by the change feed."""

import threading
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.bindings import EVERYTHING
from access.evidence import Strength
from access.own_devices import CHANGED
from access.tables import BindingRow, OwnDeviceRow
from store.changes import Change
from store.engine import Store

_MOST_READ = 200  # rows read one by one; for more of them everything is read


class Binding(NamedTuple):
    """A person behind a hardware address, as logins are judged by it."""

    subject: str
    strength: Strength  # what the person proved at the portal
    valid_until: float  # seconds since the epoch


class BindingTable:
    """Finds who stands behind a hardware address. Empty until `load`.

    `load` and `follow` may run in any thread; what one of them reads is put in place before the other reads, so that
    an older state never covers a newer one. Who asks takes no lock: each answer is of one moment.
    """

    def __init__(self) -> None:
        self.lost: frozenset[str] = frozenset()  # hardware addresses of devices that were reported lost
        self._bindings: dict[str, Binding] = {}
        self._turn = threading.Lock()

    def __len__(self) -> int:
        """Return how many bindings are held; some may be over and not removed yet."""
        return len(self._bindings)

    def find(self, hardware: str, now: float) -> Binding | None:
        """Return the binding of a hardware address that holds at `now`, None where there is none."""
        binding = self._bindings.get(hardware)
        return binding if binding is not None and now < binding.valid_until else None

    def load(self, store: Store) -> None:
        """Read everything."""
        with self._turn, store.read() as session:
            self._bindings = _bindings(session, None)
            self.lost = _lost(session, None)

    def follow(self, store: Store, changes: Iterable[Change]) -> None:
        """Read again what changed. Raises what the database raises; nothing is different then."""
        named = {change.subject for change in changes if change.kind == CHANGED}
        if EVERYTHING in named or len(named) > _MOST_READ:
            self.load(store)
        elif named:
            self._read(store, sorted(named))

    def _read(self, store: Store, named: Sequence[str]) -> None:
        with self._turn:
            with store.read() as session:
                found, lost = _bindings(session, named), _lost(session, named)
            for hardware in named:
                if hardware in found:
                    self._bindings[hardware] = found[hardware]
                else:
                    self._bindings.pop(hardware, None)
            self.lost = self.lost.difference(named) | lost


def _bindings(session: Session, named: Sequence[str] | None) -> dict[str, Binding]:
    row = BindingRow
    chosen = select(row.hardware, row.subject, row.strength, row.valid_until)
    if named is not None:
        chosen = chosen.where(row.hardware.in_(named))
    return {
        hardware: Binding(subject, Strength(strength), valid_until)
        for hardware, subject, strength, valid_until in session.execute(chosen)
    }


def _lost(session: Session, named: Sequence[str] | None) -> frozenset[str]:
    chosen = select(OwnDeviceRow.hardware).where(OwnDeviceRow.lost_at.is_not(None))
    if named is not None:
        chosen = chosen.where(OwnDeviceRow.hardware.in_(named))
    return frozenset(session.scalars(chosen))
