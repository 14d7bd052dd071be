"""The outbox: which rows of the registry must still be made so in the directory."""

from enum import StrEnum

from directory.registry import PublicationRow
from store.engine import Unit


class Kind(StrEnum):
    """What a row of the outbox is about."""

    UNIT = "unit"
    PERSON = "person"
    ENDPOINT = "endpoint"
    # A person whose suspension was lifted here. Only this kind may overwrite a suspension found in the directory:
    # a unit's administrator may lock an account there (active to suspended), and no later change of, say, a
    # telephone number may undo that.
    RESUMED = "resumed"


def queue(unit: Unit, kind: Kind, subject: str) -> None:
    """Put a row into the outbox, within the unit of work that changes the registry, and tell who follows.

    There may be several rows for one subject: whoever publishes removes only those that it saw before it read the
    registry, so a change that comes while it works is never lost.
    """
    unit.session.add(PublicationRow(kind=kind.value, subject=subject, queued_at=unit.now))
    unit.changed("publication", subject)
