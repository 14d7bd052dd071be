"""Who looks after the own account: every handler asks with `asks()`, and gets the owner of a session.

`asks()` is a dependency. It finds the session, sees whether the person may still come in, and for a post whether the
form carries its key. A test walks over all routes and fails for one that does not ask.
"""

import re
from collections.abc import Callable
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse

from access.decision import Refusal
from access.reasons import Reason
from directory.person import Person
from portal import web_sessions
from portal.account.refusals import AccountRefused, Why
from portal.captive.door import DoorRefused, field, fields_of, guard
from portal.knowledge import Knowledge
from portal.language import Language
from portal.own_password import real_name
from portal.proving import may_look_after_account
from portal.rendering import page, written_time
from portal.requests import LoginNeeded, address_of, is_secure, knowledge_of, language_of, session_of
from portal.web_sessions import Door, Limits, WebSession

LIMITS = Limits(idle=900.0, absolute=8 * 3600.0)
RECENT = 600.0  # seconds for which a proven password serves for what changes the second factor
FORM_KEY = "form_key"
FIRST = "/account"
LOGIN = "/account/login"
_OWN_PAGE = re.compile(r"/account(?:/[A-Za-z0-9][A-Za-z0-9:._-]*){0,6}")


class Owner:
    """One request of a person who is logged in to the own account."""

    def __init__(
        self, request: Request, knowledge: Knowledge, person: Person, session: WebSession, form: FormData
    ) -> None:
        self.request = request
        self.knowledge = knowledge
        self.person = person
        self.session = session
        self.form = form
        self.subject = person.subject
        self.actor = f"person:{person.subject}"  # as the record of acts names the person
        self.address = address_of(request)
        self.name = real_name(knowledge, person.subject) or person.login

    def text(self, name: str) -> str:
        """Return a field of the form, stripped; what is absent or odd is empty."""
        return field(self.form, name)

    def secret(self, name: str) -> str:
        """Return a password as it was typed, with its spaces."""
        return field(self.form, name, strip=False)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page inside the frame of my account."""
        key = web_sessions.form_key(self.knowledge.key("form"), self.session)
        return show(self.request, template, status=status, owner=self, form_key=key, **values)


def show(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page of my account; a language that was chosen by its link is remembered."""
    knowledge, language = knowledge_of(request), language_of(request)
    answer = page(
        f"account/{template}", language, knowledge.time_zone, status=status, portal=knowledge.portal,
        path=request.url.path, written=lambda at: written_time(at, knowledge.time_zone),
        query="?lang=en" if language is Language.ENGLISH else "", **values,
    )  # fmt: skip
    if request.query_params.get("lang") in ("zh", "en"):
        answer.set_cookie(
            "lang", request.query_params["lang"], max_age=31536000, path="/account", httponly=True, samesite="lax",
            secure=is_secure(request),
        )  # fmt: skip
    return answer


def refusal_page(request: Request, status: int, refused: Refusal | Why) -> HTMLResponse:
    """Return the page that says why not, and the way back."""
    refusal, why = (refused, None) if isinstance(refused, Refusal) else (None, refused)
    return show(request, "refused.html", status=status, refusal=refusal, why=why)


def own_page(text: str) -> str:
    """Return a page of my account to go to after the login; anything else becomes the first one."""
    return text if _OWN_PAGE.fullmatch(text) else FIRST


def person_of(knowledge: Knowledge, session: WebSession) -> Person | None:
    """Return whose session it is, as the directory says now; None where only a new login helps.

    Raises DoorRefused for whoever may not come in any more, and where the directory is not known well enough: the
    session ends with the account.
    """
    now = knowledge.clock()
    if knowledge.mirror.age(now) > knowledge.directory.max_age:
        raise DoorRefused(Refusal(Reason.DIRECTORY_STALE), status=503)
    person = knowledge.mirror.by_subject(session.who)
    refused = may_look_after_account(person, now) if person is not None else None
    if person is not None and refused is None and not person.must_change:
        return person
    with knowledge.store.write() as unit:
        web_sessions.end(unit, session.hash)
    if refused is not None:
        raise DoorRefused(refused)
    return None


class Asking:
    """The dependency that a handler asks with."""

    def __init__(self, *, proven: bool = False) -> None:
        """`proven`: the password was proven within RECENT, for what changes the second factor."""
        self.proven = proven

    async def __call__(self, request: Request) -> Owner:
        """Return the owner. Raises LoginNeeded, AccountRefused or DoorRefused."""
        form = await fields_of(request) if request.method == "POST" else FormData()
        return await run_in_threadpool(self._owner, request, form)

    def _owner(self, request: Request, form: FormData) -> Owner:
        knowledge, session = knowledge_of(request), session_of(request, Door.ACCOUNT, LIMITS)
        here = request.url.path if request.method == "GET" else FIRST
        if session is None:
            raise LoginNeeded(_with(request, LOGIN, here))
        if request.method == "POST":
            guard(request)
            if not web_sessions.is_form_key(knowledge.key("form"), session, field(form, FORM_KEY)):
                raise AccountRefused(Why.FORM_STALE, status=403)
        person = person_of(knowledge, session)
        if person is None:
            raise LoginNeeded(_with(request, LOGIN, here))
        if self.proven and knowledge.clock() - session.proven_at > RECENT:
            # Every page that asks for this shows its form under the same address.
            raise LoginNeeded(_with(request, "/account/prove", request.url.path))
        return Owner(request, knowledge, person, session, form)


def _with(request: Request, to: str, following: str) -> str:
    told = [f"next={following}"] if following != FIRST and own_page(following) == following else []
    if request.query_params.get("lang") in ("zh", "en"):
        told.append(f"lang={request.query_params['lang']}")
    return f"{to}?{'&'.join(told)}" if told else to


def asks(*, proven: bool = False) -> Callable[..., Any]:
    """Return a dependency that yields the Owner."""
    return Asking(proven=proven)
