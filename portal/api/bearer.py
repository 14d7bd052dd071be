"""Who asks the API: a bearer token (RFC 6750) that stands for an administrator, within its scopes. No cookies.

`bears(Right.X)` is a dependency that every route has; a test walks over all routes and fails for one without.
"""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from portal import api_tokens
from portal.api.problems import Fault, Refused
from portal.api.rates import Buckets
from portal.console.roles import Right
from portal.knowledge import Knowledge
from portal.reach import Reach
from store.engine import Unit

_SCHEME = HTTPBearer(auto_error=False, scheme_name="token", description="A token of the console's page of API tokens.")


class Caller(Reach):
    """One request of a token's administrator."""

    def __init__(self, knowledge: Knowledge, held: api_tokens.Holder) -> None:
        super().__init__(knowledge, held.administrator)
        self.token = held.token
        self._mark = {"token": f"{held.token} {held.name}"}
        self.scopes = held.scopes

    def may(self, right: Right) -> bool:
        """Return whether the token has a scope; it is a right of the role then too."""
        return right in self.scopes

    def write(self) -> AbstractContextManager[Unit]:
        """Give a unit of work whose acts say by which token they were done."""
        return self.knowledge.store.write(self._mark)


class Bearing:
    """The dependency that a route asks with; `right` is read by the test of all routes, and told in OpenAPI."""

    def __init__(self, right: Right) -> None:
        self.right = right

    def __call__(self, request: Request, credentials: HTTPAuthorizationCredentials | None = Depends(_SCHEME)) -> Caller:
        """Return who asks. Raises Refused."""
        knowledge: Knowledge = request.app.state.knowledge
        if credentials is None:
            raise Refused(Fault.TOKEN_MISSING, 401, {"www-authenticate": "Bearer"})
        now = knowledge.clock()
        held = api_tokens.holder(knowledge.store, credentials.credentials, now)
        if held is None:
            raise Refused(Fault.TOKEN_DEAD, 401, {"www-authenticate": 'Bearer error="invalid_token"'})
        buckets: Buckets = request.app.state.buckets
        wait = buckets.take(held.token, now)
        if wait > 0:
            raise Refused(Fault.TOO_MANY, 429, {"retry-after": str(math.ceil(wait))})
        caller = Caller(knowledge, held)
        if not caller.may(self.right):
            told = f'Bearer error="insufficient_scope", scope="{self.right.value}"'
            raise Refused(Fault.SCOPE_MISSING, 403, {"www-authenticate": told})
        return caller


def bears(right: Right) -> Callable[..., Any]:
    """Return a dependency that yields a Caller to whoever has the scope."""
    return Bearing(right)
