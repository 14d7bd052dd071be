"""What the checks of `doctor` look at, and what they find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from operate.settings import Settings
from operate.words import Text
from store.engine import Store


class Level(StrEnum):
    """How bad it is."""

    FINE = "fine"
    NOTE = "note"
    WARNING = "warning"
    WRONG = "wrong"


class Finding(NamedTuple):
    """One thing that was looked at."""

    level: Level
    topic: str
    says: Text
    remedy: Text | None = None


@dataclass(slots=True)
class Patient:
    """What the checks look at. `running` is None where nobody can tell."""

    settings: Settings
    running: bool | None
    store: Store | None = None


Check = Callable[[Patient], Iterator[Finding]]
