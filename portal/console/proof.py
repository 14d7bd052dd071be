"""The password once more, before an act that is dangerous: on a page of its own, or in the act's own form."""

from portal import web_sessions
from portal.console import administrators
from portal.console.desk import RECENT, Desk
from portal.console.refusals import ConsoleRefused, Why


def is_recent(desk: Desk) -> bool:
    """Return whether the password was proven a short while ago."""
    return desk.knowledge.clock() - desk.session.proven_at <= RECENT


def prove(desk: Desk, field: str = "password") -> None:
    """Take the password of a form. Raises ConsoleRefused beside the field; errors are counted."""
    knowledge, now = desk.knowledge, desk.knowledge.clock()
    who = f"prove:{desk.administrator.number}"
    if knowledge.lockout.check(who, None, now) is not None:
        raise ConsoleRefused(Why.LOCKED, field, status=429)
    if not administrators.password_matches(desk.administrator, desk.posted.secret(field)):
        knowledge.lockout.failed(who, None, now)
        raise ConsoleRefused(Why.PASSWORD_WRONG, field)
    with knowledge.store.write() as unit:
        web_sessions.prove(unit, desk.session.hash)


def prove_unless_recent(desk: Desk) -> None:
    """Ask nothing of whoever proved the password a short while ago. Raises as `prove` does."""
    if not is_recent(desk):
        prove(desk)
