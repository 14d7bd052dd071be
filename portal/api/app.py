"""The API as one application: its nouns, its errors, and its description, which is true (OpenAPI 3.1)."""

import importlib
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from portal.api import problems
from portal.api.bearer import Bearing
from portal.api.rates import Buckets, Rate
from portal.knowledge import Knowledge

VERSION = "1.0.0"
RATE = Rate(a_second=20.0, at_once=100)
# One file for each noun; each has a `router`.
NOUNS = (
    "acts",
    "administrators",
    "devices",
    "endpoints",
    "logins",
    "me",
    "online",
    "orders",
    "people_imports",
    "people",
    "person_acts",
    "person_documents",
    "rule_rehearsals",
    "rules",
    "units",
    "who_had",
    "zones",
)
_ABOUT = """\
Everything that the console does. Each request carries a token: `Authorization: Bearer tn_…`, made on the console's
page of API tokens, which acts in the name of its administrator, within its scopes (`x-scope` of each operation).
A unit's administrator reaches the own subtree; what lies outside answers as if it did not exist.

Errors are problem details (RFC 9457) with a stable `code`. Times are RFC 3339. Lists have `items`, and `next`: what to
ask with for the next page, absent on the last one.

把控制台的全部功能提供给程序。每个请求须带接口令牌，令牌以其管理员的名义、在其范围内行事；单位管理员只能看到本单位及下级。
"""


class Api(FastAPI):
    """The application, with our own description."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _described(self)
        return self.openapi_schema


def make_api(knowledge: Knowledge, rate: Rate = RATE) -> Api:
    """Return the application that is mounted at /api/v1."""
    app = Api(
        title="Truename", version=VERSION, description=_ABOUT, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    app.state.knowledge, app.state.buckets = knowledge, Buckets(rate)
    for noun in NOUNS:
        app.router.routes.extend(importlib.import_module(f"portal.api.{noun}").router.routes)
    problems.install(app)
    return app


def right_of(route: APIRoute) -> Any:
    """Return the scope that a route asks for, None where it asks for nothing."""
    asked = [one.call.right for one in route.dependant.dependencies if isinstance(one.call, Bearing)]
    return asked[0] if asked else None


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Return the operations of the API."""
    return [route for route in app.routes if isinstance(route, APIRoute)]


def _described(app: FastAPI) -> dict[str, Any]:
    """Return the description: as FastAPI makes it, with our problems for its own, and the scope of each operation."""
    told = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes,
        servers=[{"url": "/api/v1"}],
    )  # fmt: skip
    schemas = told["components"]["schemas"]
    problem = problems.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    for route in routes_of(app):
        for method in route.methods or ():
            operation = told["paths"][route.path_format][method.lower()]
            operation |= {"operationId": route.name, "x-scope": right_of(route).value}
    return told
