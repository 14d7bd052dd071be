"""The login log: searched by whoever asks why somebody could not get in, page by page."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import logins
from access.reasons import Reason
from access.tables import DeviceRow
from directory import subjects
from portal.console.desk import Desk, asks
from portal.console.online import unit_choices, zone_names
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Right
from portal.console.sought import Whose, devices_named, moment, whose
from portal.language import Text

router = APIRouter()
PAGE = 50
LONGEST = 100  # characters of what is searched
# Without a person, hardware address or address to go by, only the latest days are looked through.
DAYS_UNLESS_TOLD = 7
FIELDS = ("q", "device", "unit", "outcome", "reason", "zone", "since", "until")
REASONS = {reason.code: reason for reason in Reason}


@router.get("/logins")
def listed(desk: Desk = Depends(asks(Right.LOGINS_SEE)), before: int | None = None) -> Response:
    """List logins, the latest first; `before` is the last number of the page before."""
    given = desk.request.query_params
    typed = {name: given.get(name, "").strip()[:LONGEST] for name in FIELDS}
    errors: dict[str, Text] = {}
    shown: dict[str, Any] = {"rows": [], "names": {}, "devices": {}, "since": None, "meant": Whose()}
    with desk.knowledge.store.read() as session:
        try:
            shown |= _found(session, desk, typed, before)
        except ConsoleRefused as refused:
            if refused.status != 400:
                raise
            errors[refused.field] = refused.why.value.text
        zones, units = zone_names(session), unit_choices(session, desk)
    _record_view(desk, shown["meant"])
    return desk.page(
        "console/logins.html",
        **shown,
        typed=typed,
        query=_query(typed),
        more=len(shown["rows"]) == PAGE,
        before=before,
        errors=errors,
        zones=zones,
        units=units,
        reasons=REASONS,
        days=DAYS_UNLESS_TOLD,
        status=400 if errors else 200,
    )


def _found(session: Session, desk: Desk, typed: dict[str, str], before: int | None) -> dict[str, Any]:
    zone = desk.knowledge.time_zone
    since, until = moment(typed["since"], "since", zone), moment(typed["until"], "until", zone)
    scope = desk.scope
    if typed["unit"]:
        scope = desk.subtree(session, typed["unit"])
    meant = whose(session, typed["q"], scope)
    bounded = None
    if since is None and meant == Whose():
        bounded = since = (until or desk.knowledge.clock()) - DAYS_UNLESS_TOLD * 86400
    rows = logins.history(
        session,
        whose=meant.subjects,
        hardware=meant.hardware,
        address=meant.address,
        login=meant.login,
        units=scope,
        devices=devices_named(session, typed["device"]),
        reason=typed["reason"] or None,
        granted={"granted": True, "refused": False}.get(typed["outcome"]),
        zone=typed["zone"] or None,
        since=since,
        until=until,
        before=before,
        limit=PAGE,
    )
    numbers = {row.device for row in rows}
    devices = {row.number: row.name for row in session.scalars(select(DeviceRow).where(DeviceRow.number.in_(numbers)))}
    names = subjects.known(session, [row.subject for row in rows])
    return {"rows": rows, "names": names, "devices": devices, "since": bounded, "meant": meant}


def _record_view(desk: Desk, meant: Whose) -> None:
    """Record that the history of one person or one address was looked at; lists of many tell of nobody in detail."""
    if meant.subjects is not None and len(meant.subjects) == 1:
        desk.viewed("logins", meant.subjects[0])
    elif meant.hardware is not None or meant.address is not None:
        desk.viewed("logins", meant.hardware or meant.address or "")


def _query(typed: dict[str, str]) -> str:
    return urlencode({name: value for name, value in typed.items() if value})
