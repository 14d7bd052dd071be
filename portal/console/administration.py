"""Administrators: who is one, invited by whom, and what ends when one must no longer come in."""

from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from directory import people, subjects, units
from directory.person import State
from portal import web_sessions
from portal.api_tokens import tokens_of
from portal.console import administrators, invitations
from portal.console.desk import Desk, asks
from portal.console.people import unit_names
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import NAMES, Right, Role, may_invite
from portal.language import Text
from portal.requests import go
from portal.web_sessions import Door

router = APIRouter()
FOUND = 20  # people that a search offers


def inviting(desk: Desk) -> list[Role]:
    """Return the roles to which this administrator may invite somebody now."""
    with desk.knowledge.store.read() as session:
        present = administrators.present_roles(session)
    return [role for role in Role if may_invite(desk.role, role, present=present)]


@router.get("/administrators")
def listed(desk: Desk = Depends(asks(Right.ADMINISTRATORS_SEE)), done: str = "") -> Response:
    """List administrators, and the links that nobody used yet."""
    now = desk.knowledge.clock()
    with desk.knowledge.store.read() as session:
        rows = administrators.listed(session)
        waiting = invitations.pending(session, now)
        invited = {one.subject: one.name for one in subjects.known(session, [row.person for row in waiting]).values()}
        names = {row.number: row.name for row in rows}
        there = unit_names(session)
        missing = [role for role in (Role.SECURITY, Role.AUDIT) if role not in administrators.present_roles(session)]
    return desk.page(
        "console/administrators.html", rows=rows, waiting=waiting, names=names, invited=invited, now=now, NAMES=NAMES,
        Role=Role, unit_names=there, missing=missing, may_invite=bool(inviting(desk)), done=done,
    )  # fmt: skip


# --- inviting -----------------------------------------------------------------------------------------------------


def _must_invite(desk: Desk) -> list[Role]:
    roles = inviting(desk)
    if not roles:
        raise ConsoleRefused(Why.NOT_ALLOWED, status=403)
    return roles


@router.get("/administrators/invite")
def choose(desk: Desk = Depends(asks(Right.ADMINISTRATORS_SEE)), q: str = "") -> Response:
    """Find the person who is to become an administrator."""
    _must_invite(desk)
    found = []
    with desk.knowledge.store.read() as session:
        if q.strip():
            found = list(people.search(session, text=q[:100], state=State.ACTIVE, limit=FOUND))
        names = unit_names(session)
    template = "console/administrators_choose_rows.html" if desk.is_partial else "console/administrators_choose.html"
    return desk.page(template, q=q[:100], found=found, unit_names=names, more=len(found) == FOUND)


@router.get("/administrators/invite/{subject}")
def invite_page(subject: str, desk: Desk = Depends(asks(Right.ADMINISTRATORS_SEE, proven=True))) -> Response:
    """Ask for the role of a person."""
    return _invite_form(desk, subject)


def _invite_form(
    desk: Desk, subject: str, *, role: str = "", scope: str = "", errors: dict[str, Text] | None = None
) -> Response:
    roles = _must_invite(desk)
    with desk.knowledge.store.read() as session:
        person = people.find(session, subject)
        home = unit_names(session)[person.unit]
        tree = [(branch.row.code, "\u3000" * branch.depth + branch.row.name) for branch in units.tree(session)]
    return desk.page(
        "console/administrators_invite.html", status=400 if errors else 200, person=person, home=home, tree=tree,
        roles=roles, NAMES=NAMES, role=role or roles[0].value, scope=scope or person.unit, errors=errors or {},
    )  # fmt: skip


@router.post("/administrators/invite/{subject}")
def invite(subject: str, desk: Desk = Depends(asks(Right.ADMINISTRATORS_SEE, proven=True))) -> Response:
    """Make the link, and show it this once."""
    roles = _must_invite(desk)
    wanted, scope = desk.posted.text("role"), desk.posted.text("unit")
    if wanted not in {role.value for role in roles}:
        raise ConsoleRefused(Why.NOT_ALLOWED, status=403)
    role = Role(wanted)
    try:
        with desk.knowledge.store.write() as unit:
            person = people.find(unit.session, subject)
            link = administrators.link(
                unit, desk.actor, desk.knowledge.portal.console_url, role=role, person=person.subject,
                scope=scope if role is Role.UNIT else None,
            )  # fmt: skip
    except ConsoleRefused as refused:
        errors = {refused.field or "role": refused.why.value.text}
        return _invite_form(desk, subject, role=wanted, scope=scope, errors=errors)
    return _link_page(desk, link, person.name, role, replaces=False)


def _link_page(desk: Desk, link: str, name: str, role: Role, *, replaces: bool) -> Response:
    return desk.page(
        "console/administrators_link.html", link=link, name=name, role=NAMES[role], replaces=replaces,
        until=desk.knowledge.clock() + administrators.INVITATION_SECONDS,
    )  # fmt: skip


@router.post("/administrators/invitations/{key}/revoke")
def revoke(key: str, desk: Desk = Depends(asks(Right.ADMINISTRATORS_SEE))) -> Response:
    """Make a link useless: the maker's own, or any for the administrator who decides about administrators."""
    now = desk.knowledge.clock()
    with desk.knowledge.store.write() as unit:
        mine = {row.hash.hex() for row in invitations.pending(unit.session, now) if row.made_by == desk.actor}
        if key not in mine and not desk.may(Right.ADMINISTRATORS_CHANGE):
            raise ConsoleRefused(Why.NOT_ALLOWED, status=403)
        invitations.revoke(unit, desk.actor, key)
    return go("/administrators?done=revoked")


# --- one administrator --------------------------------------------------------------------------------------------


@router.get("/administrators/{number}")
def shown(number: int, desk: Desk = Depends(asks(Right.ADMINISTRATORS_SEE)), done: str = "") -> Response:
    """Show one administrator, with what is open in the administrator's name."""
    return _one(desk, number, "console/administrator.html", done=done)


def _one(desk: Desk, number: int, template: str, **values: Any) -> Response:
    now = desk.knowledge.clock()
    with desk.knowledge.store.read() as session:
        row = administrators.find(session, number)
        unit_name = unit_names(session)[row.unit] if row.unit else None
        open_sessions = web_sessions.of(session, Door.CONSOLE, str(number))
        tokens = [one for one in tokens_of(session, number) if one.revoked_at is None and one.valid_until > now]
        left = invitations.remaining_codes(session, number)
    return desk.page(
        template, row=row, role=NAMES[Role(row.role)], unit_name=unit_name, sessions=open_sessions, tokens=tokens,
        codes_left=left, now=now, own=row.number == desk.administrator.number, **values,
    )  # fmt: skip


def _other(desk: Desk, number: int) -> None:
    if number == desk.administrator.number:
        raise ConsoleRefused(Why.OWN_REQUEST, status=403)


@router.get("/administrators/{number}/disable")
def disable_page(number: int, desk: Desk = Depends(asks(Right.ADMINISTRATORS_CHANGE, proven=True))) -> Response:
    """Say what ends with an administrator."""
    _other(desk, number)
    return _one(desk, number, "console/administrator_disable.html")


@router.post("/administrators/{number}/disable")
def disable(number: int, desk: Desk = Depends(asks(Right.ADMINISTRATORS_CHANGE, proven=True))) -> Response:
    """Let an administrator come in no longer."""
    with desk.knowledge.store.write() as unit:
        administrators.set_enabled(unit, desk.actor, number, enabled=False)
    return go(f"/administrators/{number}?done=disabled")


@router.post("/administrators/{number}/enable")
def enable(number: int, desk: Desk = Depends(asks(Right.ADMINISTRATORS_CHANGE))) -> Response:
    """Let an administrator come in again."""
    with desk.knowledge.store.write() as unit:
        administrators.set_enabled(unit, desk.actor, number, enabled=True)
    return go(f"/administrators/{number}?done=enabled")


@router.get("/administrators/{number}/renew")
def renew_page(number: int, desk: Desk = Depends(asks(Right.ADMINISTRATORS_CHANGE, proven=True))) -> Response:
    """Say what a link that replaces password and second factor does."""
    _other(desk, number)
    return _one(desk, number, "console/administrator_renew.html")


@router.post("/administrators/{number}/renew")
def renew(number: int, desk: Desk = Depends(asks(Right.ADMINISTRATORS_CHANGE, proven=True))) -> Response:
    """Make a link by which an administrator gets a new password and second factor."""
    _other(desk, number)
    with desk.knowledge.store.write() as unit:
        row = administrators.find(unit.session, number)
        link = administrators.renewing_link(unit, desk.actor, desk.knowledge.portal.console_url, row)
    return _link_page(desk, link, row.name, Role(row.role), replaces=True)
