"""Refusals as problems: a code, both sentences, and nothing of what was sent."""

import json

import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from access.enforcement import OrderRefused, Senseless
from access.malformed import DeviceMalformed
from directory.backends.wire import DirectoryUnavailable
from directory.refusal import Flaw, RegistryRefused
from portal.api import problems
from portal.api.problems import AboutBody, Fault, Problem, Refused
from portal.carrying import Objected
from portal.console.refusals import ConsoleRefused, Why
from portal.language import Text

SENT = "wang-fang's secret"


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (Refused(Fault.TOO_MANY, 429, {"retry-after": "3"}), 429, "AP-104"),
        (RegistryRefused(Flaw.PERSON_UNKNOWN, "person"), 404, "RG-201"),
        (RegistryRefused(Flaw.LOGIN_TAKEN, "login"), 409, "RG-102"),
        (RegistryRefused(Flaw.MAIL_MALFORMED, "mail"), 422, "RG-107"),
        (AboutBody(RegistryRefused(Flaw.UNIT_UNKNOWN, "unit"), "unit"), 422, "RG-202"),
        (ConsoleRefused(Why.OWN_REQUEST, status=403), 403, "CN-204"),
        (ConsoleRefused(Why.FIELD_MISSING, "unit"), 422, "CN-301"),
        (DeviceMalformed("prefix", "an address"), 422, "AP-302"),
        (OrderRefused(Senseless.SESSION_OVER), 409, "AP-401"),
        (Objected((Text("不支持限速", "knows no rates"),)), 409, "AP-402"),
        (DirectoryUnavailable(SENT), 503, "AP-501"),
        (RequestValidationError([{"loc": ("body", SENT), "msg": SENT + "\n", "input": SENT}]), 422, "AP-301"),
        (HTTPException(404), 404, "AP-201"),
        (HTTPException(405, headers={"Allow": "GET"}), 405, "AP-202"),
        (ValueError(SENT), 500, "AP-503"),
    ],
)
def test_every_refusal_is_a_problem(failure, status, code):
    """RFC 9457: with our code, in both languages, and the status of the answer."""
    answer = problems.handle(None, failure)
    told = Problem.model_validate(json.loads(answer.body))
    assert (answer.status_code, told.status, told.code) == (status, status, code)
    assert answer.media_type == "application/problem+json"
    assert told.type == f"urn:truename:problem:{code}"
    assert told.chinese
    assert told.english == told.title


def test_values_are_not_repeated():
    """Neither what was sent, nor names of fields that a client made up beyond a bound."""
    failure = RequestValidationError([{"loc": ("body", "x" * 99 + SENT), "msg": "密码", "input": SENT}])
    body = problems.handle(None, failure).body.decode()
    assert SENT not in body
    assert SENT not in problems.handle(None, ValueError(SENT)).body.decode()


def test_codes_are_never_used_twice():
    """Programs decide by them."""
    codes = [fault.value.code for fault in Fault]
    assert len(set(codes)) == len(codes)
