"""On how many devices a person may be online at once: judged after the rules, from the sessions that are open.

The directory says how many (attribute rnSessionLimit); most people have no limit, and then nothing is counted. Devices
are counted, not sessions: a phone that changes the access point has two for a moment. What this cannot do: two logins
within the same moment both come in, since a session is known once its device accounts for it; and where a device sends
no accounting, nobody is known to be online.
"""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from access.decision import Decision, Grant, Refusal
from access.evidence import Evidence
from access.reasons import Reason
from access.tables import SessionRow, ZoneRow
from directory.person import Person


def is_limited(evidence: Evidence, decision: Decision) -> bool:
    """Whether it has to be counted before this decision holds. Who is led to the portal is not in yet."""
    subject = evidence.subject
    return (
        type(decision) is Grant
        and type(subject) is Person
        and subject.session_limit is not None
        and not decision.zone.is_door
    )


def limited(session: Session, evidence: Evidence, decision: Decision) -> Decision:
    """Return the decision, or a refusal where the person is online on as many other devices as may be."""
    subject = evidence.subject
    if not is_limited(evidence, decision) or not isinstance(subject, Person) or subject.session_limit is None:
        return decision
    if others_online(session, evidence) < subject.session_limit:
        return decision
    return Refusal(Reason.SESSION_LIMIT, decision.trace)


def others_online(session: Session, evidence: Evidence) -> int:
    """Return on how many devices the subject is in, besides the one that asks now.

    A device is known by its hardware address, or where none was told by the port that it is plugged into.
    """
    if evidence.subject is None:
        return 0
    chosen = (
        select(SessionRow.hardware, SessionRow.device, SessionRow.port)
        .outerjoin(ZoneRow, ZoneRow.code == SessionRow.zone)
        .where(
            SessionRow.subject == evidence.subject.subject,
            SessionRow.stopped_at.is_(None),
            or_(ZoneRow.code.is_(None), ZoneRow.redirect_url.is_(None)),
        )
    )
    asking = evidence.hardware or (evidence.place.device, evidence.port)
    return len({hardware or (device, port) for hardware, device, port in session.execute(chosen)} - {asking})
