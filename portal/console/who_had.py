"""Who had this address at that time: the question of the police, of a virus warning, of an auditor."""

from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import online, sessions
from access.sessions import Holding
from directory import endpoints, people, subjects
from directory.refusal import RegistryRefused
from directory.subjects import Subject
from portal.console.desk import Desk, asks
from portal.console.online import zone_names
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Right
from portal.console.sought import address, local, moment
from portal.language import Text

router = APIRouter()
LONGEST = 100  # characters of what is asked


@router.get("/logins/who-had")
def asked(desk: Desk = Depends(asks(Right.LOGINS_SEE))) -> Response:
    """Show the form, and the answer where something was asked; whatever is asked is recorded."""
    zone, now = desk.knowledge.time_zone, desk.knowledge.clock()
    given = desk.request.query_params
    typed = {name: given.get(name, "").strip()[:LONGEST] for name in ("address", "at")}
    errors: dict[str, Text] = {}
    shown: dict[str, Any] = {"found": None, "wanted": None, "moment": now}
    if typed["address"]:
        try:
            wanted, at = address(typed["address"], "address"), moment(typed["at"], "at", zone)
        except ConsoleRefused as refused:
            errors[refused.field] = refused.why.value.text
        else:
            shown = {"wanted": wanted, "moment": now if at is None else at}
            with desk.knowledge.store.read() as session:
                shown |= {"found": _found(session, desk, wanted, shown["moment"]), "zones": zone_names(session)}
            desk.viewed("address", f"{wanted} {local(shown['moment'], zone)}")
    typed["at"] = typed["at"] or local(now, zone)
    return desk.page(
        "console/who_had.html", **{"zones": {}, **shown}, typed=typed, errors=errors, now=now,
        status=400 if errors else 200,
    )  # fmt: skip


def _found(session: Session, desk: Desk, wanted: str, at: float) -> list[tuple[Holding, online.Online, Subject | None]]:
    """Return who had it, as far as it is this administrator's to see; last, whom the device's own words lead to."""
    held = sessions.who_had(session, wanted, at)
    known = {one.session.number: one for one in online.of_numbers(session, [each.session.number for each in held])}
    both = [(each, known[each.session.number]) for each in held]
    seen = [(each, one) for each, one in both if desk.sees(one.who.unit if one.who is not None else None)]
    return [(each, one, None if one.who is not None else _by_its_words(session, each)) for each, one in seen]


def _by_its_words(session: Session, held: Holding) -> Subject | None:
    """Return who has the login or hardware address that the device told, where it did not give our Class back."""
    try:
        return subjects.find(session, people.by_login(session, held.session.login).subject)
    except RegistryRefused:
        thing = endpoints.by_hardware(session, held.session.hardware) if held.session.hardware else None
        return None if thing is None else subjects.find(session, thing.subject)
