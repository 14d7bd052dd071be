"""What the captive pages share: the request's visit, its language, the token that forms carry, and the page."""

from typing import Any, NamedTuple

from fastapi import Request
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse

from access.decision import Refusal
from access.device_table import Device
from access.evidence import Strength
from access.reasons import Reason
from directory.person import Person
from portal import form_tokens
from portal.captive.visits import Visit
from portal.form_tokens import TokenBroken
from portal.guard import Tries
from portal.headers import style_source
from portal.knowledge import Knowledge
from portal.language import Language, language_named
from portal.rendering import STATIC, page, written_time
from portal.requests import address_of, knowledge_of

STAGE_SECONDS = 600.0
LONGEST_FIELD = 1000
STYLE = (STATIC / "captive.css").read_text("utf-8")
STYLE_SOURCE = style_source(STYLE)


class DoorRefused(Exception):  # noqa: N818 - a refusal with a reason, not an error of the program
    """A page is refused; shown with `status`."""

    def __init__(self, refusal: Refusal, *, status: int = 403) -> None:
        super().__init__(refusal.reason.code)
        self.refusal = refusal
        self.status = status


class Stage(NamedTuple):
    """A visit and what was proven in it so far; carried by the form, as there is no cookie."""

    visit: Visit
    subject: str = ""  # whose password was proven; empty: nobody's yet
    strength: Strength = Strength.NONE
    mark: str = ""  # of the verifiers that were proven: a changed password ends the stage


def language_of(request: Request) -> Language:
    """Return the language of the link, else Chinese: there is no cookie here."""
    return language_named(request.query_params.get("lang"))


def guard(request: Request) -> None:
    """Count a try. Raises DoorRefused where an address tries too often."""
    tries: Tries = request.app.state.tries
    if not tries.take(address_of(request), knowledge_of(request).clock()):
        raise DoorRefused(Refusal(Reason.TOO_MANY_TRIES), status=429)


def device_of(knowledge: Knowledge, visit: Visit) -> Device:
    """Return the network device of a visit. Raises DoorRefused where it is no longer registered."""
    device = knowledge.devices.by_number(visit.device)
    if device is None:
        raise DoorRefused(Refusal(Reason.VISIT_UNKNOWN))
    return device


def seal_stage(knowledge: Knowledge, stage: Stage) -> str:
    """Return the token of a stage for a form."""
    visit = stage.visit
    return form_tokens.make(
        knowledge.key("captive"), "stage", knowledge.clock(), h=visit.hardware, d=visit.device, a=visit.address,
        p=visit.port, n=visit.nas_port, i=visit.ssid, s=stage.subject, g=int(stage.strength), m=stage.mark,
    )  # fmt: skip


def read_stage(request: Request, token: str) -> Stage:
    """Return the stage of a form. Raises DoorRefused for one that is forged, late, or from another address."""
    told = read_address(request, "stage", token, seconds=STAGE_SECONDS)
    visit = Visit(told["h"], told["d"], told["a"], told["p"], told["n"], told["i"])
    return Stage(visit, told["s"], Strength(told["g"]), told["m"])


def read_address(request: Request, purpose: str, token: str, *, seconds: float) -> dict[str, Any]:
    """Return what the token in a page's address tells. Raises DoorRefused as `read_stage` does."""
    knowledge = knowledge_of(request)
    try:
        told = form_tokens.read(knowledge.key("captive"), purpose, token, knowledge.clock(), seconds=seconds)
    except TokenBroken:
        raise DoorRefused(Refusal(Reason.FORM_EXPIRED)) from None
    if told["a"] != address_of(request):
        raise DoorRefused(Refusal(Reason.VISIT_ELSEWHERE))
    return told


def person_of(knowledge: Knowledge, stage: Stage) -> Person:
    """Return whose password was proven. Raises DoorRefused where the directory changed it meanwhile."""
    person = knowledge.mirror.by_subject(stage.subject) if stage.subject else None
    if person is None or mark_of(person, knowledge) != stage.mark:
        raise DoorRefused(Refusal(Reason.FORM_EXPIRED))
    return person


def mark_of(person: Person, knowledge: Knowledge) -> str:
    """Return what stands for a person's verifiers in a form; keyed, so that it tells nothing."""
    return form_tokens.mark(knowledge.key("verifier mark"), b"\0".join(person.verifiers))


async def fields_of(request: Request) -> FormData:
    """Return the fields of a form."""
    return await request.form(max_fields=30)


def field(form: FormData, name: str, *, strip: bool = True) -> str:
    """Return one field, bounded; anything odd counts as empty."""
    value = form.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST_FIELD:
        return ""
    return value.strip() if strip else value


def show(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a captive page."""
    knowledge, language = knowledge_of(request), language_of(request)
    return page(
        f"captive/{template}", language, knowledge.time_zone, status=status, style=Markup(STYLE),  # noqa: S704 - ours
        portal=knowledge.portal, path=request.url.path, written=lambda at: written_time(at, knowledge.time_zone),
        query="?lang=en" if language is Language.ENGLISH else "", **values,
    )  # fmt: skip
