"""The door as one application: captive pages, my account, and what a refusal looks like."""

import importlib

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from access.decision import Refusal
from access.reasons import Reason
from directory.refusal import RegistryRefused
from portal.account.owner import FIRST, refusal_page
from portal.account.refusals import AccountRefused, Why
from portal.captive.discovery import front_address
from portal.captive.door import STYLE_SOURCE, DoorRefused, show
from portal.guard import Tries
from portal.headers import Application, Guarded, policy
from portal.knowledge import Knowledge
from portal.rendering import STATIC
from portal.requests import LoginNeeded

ROOMS = (
    "account.answers",
    "account.devices",
    "account.entry",
    "account.factor",
    "account.history",
    "account.overview",
    "account.password",
    "account.sessions",
    "captive.discovery",
    "captive.leaving",
    "captive.login",
    "captive.status",
    "captive.waiting",
)
TRIES_PER_MINUTE, TRIES_AT_ONCE = 30.0, 40


def make_door(knowledge: Knowledge, *, origin: str, secure: bool) -> Application:
    """Return the application; `origin` is the portal's address as browsers write it, `secure`: over TLS."""
    app = make_app(knowledge, secure=secure)
    return Guarded(app, policy=policy(styles=f"'self' {STYLE_SOURCE}", scripts="'self'"), origin=origin, secure=secure)


def make_app(knowledge: Knowledge, *, secure: bool) -> FastAPI:
    """Return the application without its outer headers, for the test of its routes."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, title="Truename", redirect_slashes=False)
    app.state.knowledge, app.state.secure = knowledge, secure
    app.state.tries = Tries(per_minute=TRIES_PER_MINUTE, burst=TRIES_AT_ONCE)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for room in ROOMS:
        app.router.routes.extend(importlib.import_module(f"portal.{room}").router.routes)
    app.add_exception_handler(DoorRefused, _refused)
    app.add_exception_handler(LoginNeeded, _to_login)
    app.add_exception_handler(AccountRefused, _account_refused)
    app.add_exception_handler(RegistryRefused, _overtaken)
    app.add_exception_handler(HTTPException, _elsewhere)
    return app


def _refused(request: Request, refused: Exception) -> Response:
    if not isinstance(refused, DoorRefused):
        raise refused
    if _is_account(request):
        return refusal_page(request, refused.status, refused.refusal)
    return show(request, "refused.html", status=refused.status, refusal=refused.refusal)


def _to_login(_request: Request, needed: Exception) -> Response:
    if not isinstance(needed, LoginNeeded):
        raise needed
    return RedirectResponse(needed.to, status_code=303)


def _account_refused(request: Request, refused: Exception) -> Response:
    if not isinstance(refused, AccountRefused):
        raise refused
    return refusal_page(request, refused.status, refused.why)


def _overtaken(request: Request, refused: Exception) -> Response:
    """Say so where the registry refuses what a page had just found possible: another window was quicker."""
    if not isinstance(refused, RegistryRefused) or not _is_account(request):
        raise refused
    return refusal_page(request, 409, Why.NOT_FOUND)


def _is_account(request: Request) -> bool:
    return request.url.path == FIRST or request.url.path.startswith(f"{FIRST}/")


def _elsewhere(request: Request, failure: Exception) -> Response:
    """Lead whatever a captive device asks for to the door: the redirecting switch keeps the page's own address."""
    status = failure.status_code if isinstance(failure, HTTPException) else 500
    if _is_account(request):
        return refusal_page(request, status, Why.NOT_FOUND)
    if status == 404 and request.method in ("GET", "HEAD") and not request.url.path.startswith("/static"):
        return RedirectResponse(front_address(request), status_code=302)
    return show(request, "refused.html", status=status, refusal=Refusal(Reason.FORM_EXPIRED))
