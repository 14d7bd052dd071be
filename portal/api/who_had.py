"""Who had an address at a time."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from access import online, sessions
from portal.api.bearer import Caller, bears
from portal.api.fields import Address, Moment, Shown, instant, moment
from portal.api.online import NetworkSession
from portal.api.online import shown as shown_session
from portal.api.problems import READS, Fault, Refused
from portal.console.roles import Right

router = APIRouter(tags=["who-had"])


class Holding(Shown):
    """That a session had the address; `until` is null while it has it still."""

    address: str
    since: datetime
    until: datetime | None
    session: NetworkSession


class Holdings(Shown):
    """Who had the address then; more than one means that the network gave it twice, or that an end was presumed."""

    items: list[Holding]


@router.get("/who-had", responses=READS)
def who_had(
    address: Annotated[Address, Query(description="IPv4 or IPv6")],
    at: Annotated[Moment | None, Query(description="When; else now")] = None,
    caller: Caller = Depends(bears(Right.LOGINS_SEE)),
) -> Holdings:
    """Say who had an address at a time; that somebody asked is recorded."""
    when = caller.knowledge.clock() if at is None else at.timestamp()
    with caller.knowledge.store.read() as session:
        try:
            held = sessions.who_had(session, address, when)
        except ValueError:
            raise Refused(Fault.UNACCEPTABLE, 422, field="address") from None
        named = {one.session.number: one for one in online.of_numbers(session, [one.session.number for one in held])}
    caller.viewed("address", address)
    found = []
    for one in held:
        told = named[one.session.number]
        if caller.scope is None or (told.who is not None and caller.sees(told.who.unit)):
            found.append(
                Holding(
                    address=one.address,
                    since=instant(one.since),
                    until=moment(one.until),
                    session=shown_session(told),
                )
            )
    return Holdings(items=found)
