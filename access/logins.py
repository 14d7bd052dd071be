"""What became of logins: the record that answers who, where, when and why not."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from access.decision import Step
from access.reasons import Reason
from access.rehearsal import Record
from access.tables import LoginRow
from access.traces import steps_of
from directory import subjects

# Workers number logins by milliseconds since the epoch and 20 bits of their own (radius.driver), so a time is a
# range of numbers and needs no index of its own.
NUMBERS_PER_MS = 1 << 20
_FEW = 1000  # people and endpoints


def first_number(at: float) -> int:
    """Return the lowest number that a login at this time (seconds since the epoch) or later can have."""
    return int(at * 1000) * NUMBERS_PER_MS


def of_units(session: Session, units: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a login is of a person or endpoint of these units.

    Logins of a few are found by the index of subjects; those of many by walking over the numbers that are asked for,
    which an index of subjects would only keep the database from.
    """
    few = subjects.count(session, units) <= _FEW
    subject = LoginRow.subject if few else func.coalesce(LoginRow.subject, "")
    return subject.in_(subjects.below(units))


def history(
    session: Session,
    *,
    subject: str | None = None,
    whose: Collection[str] | None = None,
    units: Collection[str] | None = None,
    login: str | None = None,
    hardware: str | None = None,
    address: str | None = None,
    device: int | None = None,
    devices: Collection[int] | None = None,
    reason: str | None = None,
    zone: str | None = None,
    granted: bool | None = None,
    since: float | None = None,
    until: float | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[LoginRow]:
    """Return logins that fit all that is told, the latest first.

    `whose`: of any of these subjects; `devices`: at any of these network devices; `units`: of people and endpoints of
    these units only, and of nobody unknown. Times are in seconds since the epoch, `until` not included. `reason` is a
    code such as TN-102; `before` is the number of the last row of the page before.
    """
    query = select(LoginRow).order_by(LoginRow.number.desc()).limit(limit)
    for column, value in (
        (LoginRow.subject, subject),
        (LoginRow.login, login),
        (LoginRow.hardware, hardware),
        (LoginRow.address, address),
        (LoginRow.device, device),
        (LoginRow.reason, reason),
        (LoginRow.zone, zone),
    ):
        if value is not None:
            query = query.where(column == value)
    if whose is not None:
        query = query.where(LoginRow.subject.in_(sorted(whose)))
    if devices is not None:
        query = query.where(LoginRow.device.in_(sorted(devices)))
    if units is not None:
        query = query.where(of_units(session, units))
    if granted is not None:
        query = query.where(LoginRow.reason.is_(None) if granted else LoginRow.reason.is_not(None))
    if since is not None:
        query = query.where(LoginRow.number >= first_number(since), LoginRow.at >= since)
    if until is not None:
        query = query.where(LoginRow.number < first_number(until) + NUMBERS_PER_MS, LoginRow.at < until)
    if before is not None:
        query = query.where(LoginRow.number < before)
    return session.scalars(query).all()


def judged(session: Session, *, since: float, limit: int) -> list[Record]:
    """Return logins that came before the rules, let in or not, the latest first; `since` in seconds of the epoch.

    Whoever failed earlier, at the password say, is not among them: no rule was looked at.
    """
    row = LoginRow
    by_rules = row.reason.in_((Reason.NO_RULE.code, Reason.RULE_REFUSES.code))
    query = (
        select(*(getattr(row, field) for field in Record._fields))
        .where(row.number >= first_number(since), row.reason.is_(None) | by_rules)
        .order_by(row.number.desc())
        .limit(limit)
    )
    return [Record(*each) for each in session.execute(query)]


class RuleUse(NamedTuple):
    """How often a rule let somebody in, and the last time."""

    times: int
    last_at: float


def uses(session: Session, *, since: float) -> dict[int, RuleUse]:
    """Return how often each rule let somebody in since then."""
    row = LoginRow
    query = (
        select(row.rule, func.count(), func.max(row.at))
        .where(row.number >= first_number(since), row.rule.is_not(None))
        .group_by(row.rule)
    )
    return {rule: RuleUse(times, last) for rule, times, last in session.execute(query) if rule is not None}


def by_rule(session: Session, rule: int, *, since: float, limit: int) -> Sequence[LoginRow]:
    """Return logins that a rule let in since then, the latest first."""
    row = LoginRow
    query = select(row).where(row.number >= first_number(since), row.rule == rule)
    return session.scalars(query.order_by(row.number.desc()).limit(limit)).all()


def find(session: Session, number: int) -> LoginRow | None:
    """Return one login."""
    return session.get(LoginRow, number)


def trace_of(session: Session, row: LoginRow) -> tuple[Step, ...]:
    """Return the steps of the decision about a login: the rules that were looked at, in order."""
    return tuple(Step(rule, failed, wanted) for rule, failed, wanted in steps_of(session, [row.trace])[row.trace])
