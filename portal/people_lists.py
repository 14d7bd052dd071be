"""Lists of people as an administrator brings them: planned within the own reach, and ready or refused.

The console keeps a list while somebody looks at it; the API is sent it twice. What becomes of it is the same.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from access.tables import ZoneRow
from directory import imports
from directory.import_columns import Field
from directory.import_files import Sheet
from directory.import_verdicts import Verdict
from directory.refusal import Flaw, RegistryRefused
from portal.console.refusals import ConsoleRefused, Why
from portal.reach import Reach


def planned(reach: Reach, session: Session, sheet: Sheet, mapping: Mapping[Field, int]) -> imports.Plan:
    """Return what would become of a list; nothing is written. Raises RegistryRefused for columns that do not fit."""
    knowledge = reach.knowledge
    zones = {word: code for code, name in session.execute(select(ZoneRow.code, ZoneRow.name)) for word in (name, code)}
    return imports.plan(
        session, knowledge.sealer, sheet, mapping, reach.scope, now=knowledge.clock(), zone=knowledge.time_zone,
        zones=zones,
    )  # fmt: skip


def ready(reach: Reach, plan: imports.Plan | None) -> imports.Plan:
    """Return a plan that may be carried out.

    Raises RegistryRefused for none and for one with a refused row, ConsoleRefused for one that changes the
    administrator.
    """
    if plan is None or plan.refused:
        raise RegistryRefused(Flaw.PLAN_REFUSED, "rows")
    own = reach.administrator.person
    if own is not None and any(row.subject == own and row.verdict is Verdict.CHANGE for row in plan.rows):
        raise ConsoleRefused(Why.OWN_REQUEST, "rows")
    return plan
