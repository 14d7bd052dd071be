"""The console as one application: its rooms, its static files, and what a refusal looks like."""

import importlib

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from access.statistics import DayMemory
from directory.refusal import RegistryRefused
from portal.console import entry
from portal.console.import_lists import Lists
from portal.console.integrity import IntegrityCheck
from portal.console.refusals import ConsoleRefused, Why
from portal.headers import Application, Guarded, policy
from portal.knowledge import Knowledge
from portal.language import Text
from portal.late import Late
from portal.rendering import STATIC, page
from portal.requests import LoginNeeded, knowledge_of, language_of

# One file for each noun that an administrator works on; each has a `router`.
# In this order, so that a path which names something comes before one that takes anything in its place.
ROOMS = (
    "administration",
    "audit_export",
    "audit",
    "device",
    "device_listening",
    "device_probe",
    "device_secrets",
    "devices",
    "endpoint_acts",
    "endpoints",
    "entry",
    "login_why",
    "logins",
    "online",
    "online_acts",
    "orders",
    "own",
    "people",
    "people_bulk",
    "people_doors",
    "people_export",
    "people_import",
    "people_new",
    "person",
    "person_acts",
    "person_documents",
    "person_secrets",
    "rehearsal",
    "rules",
    "today",
    "tokens",
    "units",
    "who_had",
    "zones",
)


def make_console(knowledge: Knowledge, *, origin: str, secure: bool) -> Application:
    """Return the application; `origin` is the console's address as browsers write it, `secure`: over TLS.

    Its rooms are imported when it is first asked: RADIUS and the door do not wait for them at a start.
    """
    app = Late(lambda: make_app(knowledge, secure=secure))
    return Guarded(app, policy=policy(scripts="'self'"), origin=origin, secure=secure)


def make_app(knowledge: Knowledge, *, secure: bool) -> FastAPI:
    """Return the application without its outer headers, for the test of its routes."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, title="Truename")
    app.state.knowledge, app.state.secure = knowledge, secure
    app.state.day = DayMemory()
    app.state.lists = Lists()
    app.state.integrity = IntegrityCheck(knowledge.store, knowledge.clock)
    app.mount("/api/v1", Late(lambda: _api(knowledge)), name="api")
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    routes = list(entry.open_router.routes)
    for room in ROOMS:
        routes.extend(importlib.import_module(f"portal.console.{room}").router.routes)
    app.router.routes.extend(routes)
    app.add_exception_handler(LoginNeeded, _to_login)
    app.add_exception_handler(ConsoleRefused, _refused)
    app.add_exception_handler(RegistryRefused, _registry_refused)
    app.add_exception_handler(HTTPException, _not_found)
    app.add_exception_handler(RequestValidationError, _no_such_address)
    return app


def _api(knowledge: Knowledge) -> Application:
    from portal.api.app import make_api

    return make_api(knowledge)


def _to_login(request: Request, needed: Exception) -> Response:
    to = needed.to if isinstance(needed, LoginNeeded) else "/login"
    if request.headers.get("hx-request") == "true":  # a part of a page cannot be a login page: the whole one changes
        return Response(status_code=204, headers={"hx-redirect": to})
    return RedirectResponse(to, status_code=303)


def _say(request: Request, status: int, code: str, text: Text) -> Response:
    knowledge = knowledge_of(request)
    return page(
        "console/refused.html", language_of(request), knowledge.time_zone, status=status, request=request, code=code,
        text=text,
    )  # fmt: skip


def _refused(request: Request, refused: Exception) -> Response:
    if not isinstance(refused, ConsoleRefused):
        raise refused
    return _say(request, refused.status, refused.why.code, refused.why.value.text)


def _registry_refused(request: Request, refused: Exception) -> Response:
    if not isinstance(refused, RegistryRefused):
        raise refused
    flaw = refused.flaw.value
    status = 404 if refused.flaw.name.endswith("_UNKNOWN") else 400
    return _say(request, status, flaw.code, Text(flaw.chinese, flaw.english))


def _not_found(request: Request, failure: Exception) -> Response:
    status = failure.status_code if isinstance(failure, HTTPException) else 500
    return _say(request, status, Why.NOT_FOUND.code, Why.NOT_FOUND.value.text)


def _no_such_address(request: Request, _failure: Exception) -> Response:
    """Answer an address whose number is none."""
    return _say(request, 404, Why.NOT_FOUND.code, Why.NOT_FOUND.value.text)
