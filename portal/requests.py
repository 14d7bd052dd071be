"""What a request tells every door alike: who asks, in which language, with which session; and the way elsewhere."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from portal import web_sessions
from portal.knowledge import Knowledge
from portal.language import Language, language_named
from portal.web_sessions import Door, Limits, WebSession


class LoginNeeded(Exception):  # noqa: N818 - not an error: the way to another page
    """Nobody is logged in, or the password has to be proven again; `to` is the page to go to."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


def knowledge_of(request: Request) -> Knowledge:
    """Return what the app was made with."""
    knowledge: Knowledge = request.app.state.knowledge
    return knowledge


def is_secure(request: Request) -> bool:
    """Return whether cookies of this app go over TLS only."""
    return bool(request.app.state.secure)


def address_of(request: Request) -> str:
    """Return the address that asks, as the socket knows it; no header can change it."""
    return request.client.host if request.client is not None else ""


def language_of(request: Request) -> Language:
    """Return the language of a request: the link's, else the cookie's, else Chinese."""
    return language_named(request.query_params.get("lang") or request.cookies.get("lang"))


def session_of(request: Request, door: Door, limits: Limits, *, touch: bool = True) -> WebSession | None:
    """Return the session of the request's cookie at this door, if it is valid now; `touch`: somebody clicked."""
    knowledge = knowledge_of(request)
    token = request.cookies.get(web_sessions.cookie_name(door, secure=is_secure(request)), "")
    return web_sessions.find(
        knowledge.store, door, token, address=address_of(request), now=knowledge.clock(), limits=limits,
        touch=touch,
    )  # fmt: skip


def go(to: str) -> Response:
    """Return the way to another page of ours, after a post."""
    return RedirectResponse(to, status_code=303)
