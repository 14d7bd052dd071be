"""Identity documents of a person: put on record, shown masked, read in clear for a reason that is recorded."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from directory import documents
from directory.identity_numbers import Kind
from directory.refusal import Flaw, RegistryRefused
from portal.console.desk import Desk, asks
from portal.console.person import person_at, person_to_change
from portal.console.refusals import ConsoleRefused, beside_field
from portal.console.roles import Right
from portal.language import Text
from portal.requests import go

router = APIRouter()


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        raise RegistryRefused(Flaw.CHOICE_UNKNOWN, "kind") from None


@router.get("/people/{subject}/documents")
def documents_page(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Show what is on record, and a form for another one."""
    return _page(desk, subject, {})


def _page(desk: Desk, subject: str, errors: dict[str, Text], kind: str = Kind.RESIDENT) -> Response:
    with desk.knowledge.store.read() as session:
        row = person_to_change(desk, session, subject)
        known = documents.of(session, subject)
    return desk.page(
        "console/person_documents.html", status=400 if errors else 200, row=row, known=known, errors=errors, kind=kind,
        kinds=[(each.value, Text(each.chinese, each.english)) for each in Kind],
    )  # fmt: skip


@router.post("/people/{subject}/documents")
def record(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Put a document on record; a refused number is not shown again."""
    try:
        with desk.knowledge.store.write() as unit:
            person_to_change(desk, unit.session, subject)
            kind = _kind(desk.posted.text("kind"))
            documents.record(unit, desk.knowledge.sealer, desk.actor, subject, kind, desk.posted.wanted("number"))
    except (RegistryRefused, ConsoleRefused) as refused:
        if isinstance(refused, ConsoleRefused) and refused.status != 400:
            raise
        return _page(desk, subject, beside_field(refused), desk.posted.text("kind"))
    return go(f"/people/{subject}/documents")


@router.post("/people/{subject}/documents/remove")
def remove(subject: str, desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """Take a document off the record."""
    with desk.knowledge.store.write() as unit:
        person_to_change(desk, unit.session, subject)
        documents.remove(unit, desk.actor, subject, _kind(desk.posted.text("kind")))
    return go(f"/people/{subject}/documents")


@router.get("/people/{subject}/reveal")
def reveal_page(subject: str, desk: Desk = Depends(asks(Right.IDENTITY_SEE, proven=True))) -> Response:
    """Ask for the reason."""
    return _reveal(desk, subject, {})


def _reveal(desk: Desk, subject: str, errors: dict[str, Text]) -> Response:
    with desk.knowledge.store.read() as session:
        row = person_at(desk, session, subject)
        known = documents.of(session, subject)
    return desk.page(
        "console/person_reveal.html", status=400 if errors else 200, row=row, known=known, errors=errors, numbers=None
    )


@router.post("/people/{subject}/reveal")
def reveal(subject: str, desk: Desk = Depends(asks(Right.IDENTITY_SEE, proven=True))) -> Response:
    """Show the numbers in this answer alone, once the reason is on record."""
    with desk.knowledge.store.read() as session:
        row = person_at(desk, session, subject)
    try:
        with desk.knowledge.store.write() as unit:
            sealer, reason = desk.knowledge.sealer, desk.posted.text("reason")
            numbers = documents.reveal(unit, sealer, desk.actor, subject, reason)
    except RegistryRefused as refused:
        return _reveal(desk, subject, beside_field(refused))
    return desk.page("console/person_reveal.html", row=row, known=[], errors={}, numbers=numbers)
