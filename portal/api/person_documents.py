"""Identity documents of a person: shown masked, put on record, and read in clear for a reason that is recorded."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from directory import documents
from directory.identity_numbers import Kind
from portal.api import reached
from portal.api.bearer import Caller, bears
from portal.api.fields import Line, Shown, Told, instant
from portal.api.people import PersonId
from portal.api.problems import READS, WRITES
from portal.console.roles import Right

router = APIRouter(tags=["people"])
DocumentKind = Annotated[Kind, Path(description="The kind of a document; a person has one of each")]


class Document(Shown):
    """A document as it may be shown."""

    kind: Kind
    masked: str = Field(examples=["110105********002X"])
    recorded_at: datetime


class Documents(Shown):
    """What is on record, by kind."""

    items: list[Document]


class DocumentNumber(Told):
    """The number as it stands on the document; no answer repeats it."""

    number: Annotated[Line, Field(min_length=1, max_length=64)]


class Reveal(Told):
    """Why the numbers have to be read; it is recorded with who did."""

    reason: Annotated[Line, Field(min_length=2, examples=["协助公安机关核查，函〔2026〕12 号"])]


class DocumentInClear(Shown):
    """A document in full."""

    kind: Kind
    number: str


class DocumentsInClear(Shown):
    """The numbers, in this answer alone."""

    items: list[DocumentInClear]


def _listed(session: Session, subject: str) -> Documents:
    found = documents.of(session, subject)
    return Documents(
        items=[Document(kind=one.kind, masked=one.masked, recorded_at=instant(one.recorded_at)) for one in found]
    )


@router.get("/people/{subject}/documents", responses=READS)
def list_documents(subject: PersonId, caller: Caller = Depends(bears(Right.PEOPLE_SEE))) -> Documents:
    """List a person's documents, masked; that somebody looked is recorded."""
    with caller.knowledge.store.read() as session:
        reached.person(caller, session, subject)
        found = _listed(session, subject)
    caller.viewed("person", subject)
    return found


@router.put("/people/{subject}/documents/{kind}", responses=WRITES)
def record_document(
    subject: PersonId,
    kind: DocumentKind,
    body: DocumentNumber,
    caller: Caller = Depends(bears(Right.PEOPLE_CHANGE)),
) -> Documents:
    """Put a document on record, in the place of an earlier one of its kind."""
    with caller.write() as unit:
        reached.person_to_change(caller, unit.session, subject)
        documents.record(unit, caller.knowledge.sealer, caller.actor, subject, kind, body.number)
        return _listed(unit.session, subject)


@router.delete("/people/{subject}/documents/{kind}", responses=WRITES, status_code=204)
def remove_document(
    subject: PersonId, kind: DocumentKind, caller: Caller = Depends(bears(Right.PEOPLE_CHANGE))
) -> Response:
    """Take a document off the record; its number is gone for good."""
    with caller.write() as unit:
        reached.person_to_change(caller, unit.session, subject)
        documents.remove(unit, caller.actor, subject, kind)
    return Response(status_code=204)


@router.post("/people/{subject}/documents/reveal", responses=WRITES)
def reveal_documents(
    subject: PersonId, body: Reveal, caller: Caller = Depends(bears(Right.IDENTITY_SEE))
) -> DocumentsInClear:
    """Read a person's numbers in full, once the reason is on record."""
    with caller.write() as unit:
        reached.person(caller, unit.session, subject)
        numbers = documents.reveal(unit, caller.knowledge.sealer, caller.actor, subject, body.reason)
    return DocumentsInClear(items=[DocumentInClear(kind=one.kind, number=one.number) for one in numbers])
