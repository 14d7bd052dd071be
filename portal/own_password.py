"""A person chooses an own password: at the captive pages, where it replaces a first one, and in my account."""

import time

from access.decision import Refusal
from access.reasons import Reason
from directory.backends.link import DirectoryRefused
from directory.backends.wire import DirectoryUnavailable
from directory.password_policy import objections
from directory.passwords import hash_new
from directory.person import Person
from directory.refusal import RegistryRefused
from directory.registry import PersonRow
from directory.verifiers import set_password
from portal.knowledge import Knowledge
from portal.language import Text

MIRROR_PATIENCE = 5.0  # seconds for which a new password may take to come back through the mirror
DIFFERENT = Text("两次输入的密码不同。", "The two passwords differ.")
_LOOK = 0.02  # seconds between two looks at the mirror


class PasswordNotSet(Exception):  # noqa: N818 - a refusal with a reason, not an error of the program
    """The directory did not take the new password, or does not show it."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason.code)
        self.refusal = refusal


def flaws(knowledge: Knowledge, person: Person, chosen: str) -> list[Text]:
    """Return what speaks against a new password; empty: it is fine."""
    found = objections(chosen, person.login, real_name(knowledge, person.subject))
    return [Text(one.value.chinese, one.value.english) for one in found]


def real_name(knowledge: Knowledge, subject: str) -> str:
    """Return the name that a password must not contain; nothing where an existing directory rules."""
    with knowledge.store.read() as session:
        row = session.get(PersonRow, subject)
    return row.name if row is not None else ""


def change(knowledge: Knowledge, person: Person, chosen: str) -> Person:
    """Set an own password and wait until the mirror shows it; return the person as it is then.

    A directory that shows neither verifiers nor when they changed is waited for in vain and believed: what must be
    seen is only that a first password no longer has to be changed. Raises PasswordNotSet.
    """
    try:
        set_password(knowledge.pool, knowledge.directory.suffix, person.subject, hash_new(chosen))
    except (DirectoryRefused, DirectoryUnavailable, RegistryRefused):
        raise PasswordNotSet(Refusal(Reason.DIRECTORY_UNAVAILABLE)) from None
    with knowledge.store.write() as unit:
        unit.act(f"person:{person.subject}", "person.password", person.subject, None, {"by": "portal"})
    end = time.monotonic() + MIRROR_PATIENCE
    fresh = knowledge.mirror.by_subject(person.subject)
    while not _shows(fresh, person) and time.monotonic() < end:
        time.sleep(_LOOK)
        fresh = knowledge.mirror.by_subject(person.subject)
    if fresh is None or fresh.must_change:
        raise PasswordNotSet(Refusal(Reason.DIRECTORY_STALE))
    return fresh


def _shows(fresh: Person | None, before: Person) -> bool:
    if fresh is None or fresh.must_change:
        return False
    changed = (fresh.verifiers, fresh.password_changed) != (before.verifiers, before.password_changed)
    return before.must_change or changed
