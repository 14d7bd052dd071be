"""Who sits before a page of the console: every handler asks for a right, and gets the desk of an administrator.

`asks(Right.X)` is a dependency. It finds the session, checks role and right, and for a post the form's key. A test
walks over all routes and fails for one that asks for nothing.
"""

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import quote

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse

from portal import web_sessions
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import NAMES, Right, Role, may
from portal.console.terms import term
from portal.knowledge import Knowledge
from portal.language import Language
from portal.reach import Reach
from portal.rendering import page
from portal.requests import LoginNeeded, knowledge_of, language_of, session_of
from portal.tables import AdministratorRow
from portal.web_sessions import Door, Limits, WebSession

RECENT = 600.0  # seconds for which a proven password serves for a dangerous act
LONGEST_FIELD = 4000
MOST_FIELDS = 25_000  # of one form: a bulk act names everybody whom it is about
FORM_KEY = "form_key"
LIVE = "x-live"  # told by parts of pages that ask by themselves: nobody clicked, so the session grows idle all the same


class Posted:
    """The fields of a form: text, stripped, bounded; absent ones are empty."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    def text(self, name: str) -> str:
        """Return one field. Raises ConsoleRefused for one that is too long or holds NUL."""
        value = self._form.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST_FIELD or "\0" in value:
            raise ConsoleRefused(Why.FIELD_MALFORMED, name)
        return value.strip()

    def secret(self, name: str) -> str:
        """Return a password as it was typed, with its spaces."""
        value = self._form.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST_FIELD:
            raise ConsoleRefused(Why.FIELD_MALFORMED, name)
        return value

    def wanted(self, name: str) -> str:
        """Return a field that must not be empty. Raises ConsoleRefused beside it."""
        value = self.text(name)
        if not value:
            raise ConsoleRefused(Why.FIELD_MISSING, name)
        return value

    def number(self, name: str) -> int:
        """Return a whole number that is not negative. Raises ConsoleRefused."""
        value = self.wanted(name)
        if not (value.isascii() and value.isdigit()) or len(value) > 18:
            raise ConsoleRefused(Why.FIELD_MALFORMED, name)
        return int(value)

    def several(self, name: str) -> list[str]:
        """Return every value of a field that may come more than once."""
        values = [value for value in self._form.getlist(name) if isinstance(value, str)]
        if len(values) > 20_000 or any(len(value) > LONGEST_FIELD for value in values):
            raise ConsoleRefused(Why.FIELD_MALFORMED, name)
        return values

    def ticked(self, name: str) -> bool:
        """Return whether a box was ticked."""
        return bool(self._form.get(name))

    def file(self, name: str) -> UploadFile:
        """Return an uploaded file. Raises ConsoleRefused where none was chosen."""
        value = self._form.get(name)
        if not isinstance(value, UploadFile) or not value.filename:
            raise ConsoleRefused(Why.FIELD_MISSING, name)
        return value


class Desk(Reach):
    """One request of an administrator who may make it."""

    def __init__(
        self,
        request: Request,
        knowledge: Knowledge,
        administrator: AdministratorRow,
        session: WebSession,
        posted: Posted,
    ) -> None:
        super().__init__(knowledge, administrator)
        self.request = request
        self.session = session
        self.posted = posted
        self.language: Language = language_of(request)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page inside the console's frame."""
        return page(
            template,
            self.language,
            self.knowledge.time_zone,
            status=status,
            desk=self,
            Right=Right,
            term=term,
            role_name=NAMES[self.role],
            form_key=web_sessions.form_key(self.knowledge.key("form"), self.session),
            **values,
        )

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a part of the page only."""
        return self.request.headers.get("hx-request") == "true"


def limits_of(knowledge: Knowledge) -> Limits:
    """Return how long a session of the console lives."""
    return Limits(knowledge.portal.console_idle, knowledge.portal.console_hours * 3600)


class Asking:
    """The dependency that a handler asks with; `right` is read by the test of all routes."""

    def __init__(self, right: Right, *, proven: bool = False) -> None:
        """`proven`: the password was proven within RECENT, for acts that are dangerous."""
        self.right = right
        self.proven = proven

    async def __call__(self, request: Request) -> AsyncIterator[Desk]:
        """Give the desk. Raises LoginNeeded or ConsoleRefused."""
        from starlette.concurrency import run_in_threadpool

        try:
            posted = Posted(await request.form(max_fields=MOST_FIELDS) if request.method == "POST" else FormData())
            yield await run_in_threadpool(self._desk, request, posted)
        finally:
            await request.close()  # what was uploaded is in a file, whoever asked for it

    def _desk(self, request: Request, posted: Posted) -> Desk:
        knowledge = knowledge_of(request)
        session = session_of(request, Door.CONSOLE, limits_of(knowledge), touch=LIVE not in request.headers)
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        # A form that was filled in with care names its page, to which the way leads back after the proof.
        back = here if request.method == "GET" else local_path(posted.text("back") or "/")
        if session is None:
            raise LoginNeeded(f"/login?next={quote(back, safe='')}" if back != "/" else "/login")
        with knowledge.store.read() as database:
            row = database.get(AdministratorRow, int(session.who))
        if row is None or not row.enabled:
            raise LoginNeeded("/login")
        if not may(Role(row.role), self.right):
            raise ConsoleRefused(Why.NOT_ALLOWED, status=403)
        if request.method == "POST":
            told = posted.text(FORM_KEY) or request.headers.get("x-form-key", "")
            if not web_sessions.is_form_key(knowledge.key("form"), session, told):
                raise ConsoleRefused(Why.FORM_STALE, status=403)
        if self.proven and knowledge.clock() - session.proven_at > RECENT:
            raise LoginNeeded(f"/prove?next={quote(back, safe='')}")
        return Desk(request, knowledge, row, session, posted)


def asks(right: Right, *, proven: bool = False) -> Callable[..., Any]:
    """Return a dependency that yields a Desk to whoever has the right."""
    return Asking(right, proven=proven)


def local_path(text: str) -> str:
    """Return a path of ours to go to after the login; anything that leads elsewhere becomes the first page."""
    plain = text.isascii() and text.isprintable() and "\\" not in text
    return text if plain and text.startswith("/") and not text.startswith("//") else "/"
