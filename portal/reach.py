"""What an administrator may see and do, wherever the request comes from: a page of the console, or the API.

A unit's administrator reaches the own subtree. What lies outside answers as if it did not exist.
"""

from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from directory import units
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Right, Role, may
from portal.knowledge import Knowledge
from portal.tables import AdministratorRow
from store.engine import Unit


class Reach:
    """One administrator, with a role and a scope."""

    def __init__(self, knowledge: Knowledge, administrator: AdministratorRow) -> None:
        self.knowledge = knowledge
        self.administrator = administrator
        self.role = Role(administrator.role)
        self.actor = f"admin:{administrator.login}"  # as the record of acts names the administrator
        self._scope: frozenset[str] | None = None

    @property
    def scope(self) -> frozenset[str] | None:
        """The codes of the units that are this administrator's; None: the whole city."""
        if self.role is not Role.UNIT:
            return None
        if self._scope is None:
            with self.knowledge.store.read() as session:
                self._scope = frozenset(units.subtree(session, self.administrator.unit or ""))
        return self._scope

    def sees(self, unit: str | None) -> bool:
        """Return whether a unit's people and things are this administrator's to see."""
        scope = self.scope
        return scope is None or (unit is not None and unit in scope)

    def must_see(self, unit: str | None) -> None:
        """Raise ConsoleRefused as if there were nothing, where a unit is not this administrator's."""
        if not self.sees(unit):
            raise ConsoleRefused(Why.NOT_FOUND, status=404)

    def subtree(self, session: Session, unit: str) -> frozenset[str]:
        """Return the codes of a unit and all below it. Raises ConsoleRefused for one that is not theirs to see."""
        self.must_see(unit)
        return frozenset(units.subtree(session, unit))

    def may(self, right: Right) -> bool:
        """Return whether this administrator's role has a right; pages hide what is not theirs."""
        return may(self.role, right)

    def must_be_other(self, subject: str) -> None:
        """Raise ConsoleRefused where a person is the administrator: nobody approves or changes the own account."""
        if self.administrator.person is not None and self.administrator.person == subject:
            raise ConsoleRefused(Why.OWN_REQUEST, status=403)

    def write(self) -> AbstractContextManager[Unit]:
        """Give a unit of work for what this administrator does."""
        return self.knowledge.store.write()

    def viewed(self, what: str, subject: str) -> None:
        """Record that personal data was looked at."""
        with self.write() as unit:
            unit.act(self.actor, f"{what}.view", subject, None, None)
