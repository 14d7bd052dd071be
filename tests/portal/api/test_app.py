"""Every operation asks for a scope, refuses without it, and does what the description says."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import func, select

from access import enforcement
from directory import endpoints, people
from portal.api.app import make_api, right_of, routes_of
from portal.api.rates import Rate
from portal.console.app import make_console
from portal.console.roles import RIGHTS, Right, Role
from store.record import ActRow
from tests.portal.api.builders import open_session
from tests.support.doors import CONSOLE

CONFORMANCE = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip


def operations(knowledge):
    """Return (method, path, right) of every operation."""
    return [
        (method, route.path, right_of(route))
        for route in routes_of(make_api(knowledge))
        for method in sorted(route.methods)
    ]


def filled(path):
    """Put something well formed into the path's parameters."""
    values = {"{subject}": "p-aaaaaaaaaaaaaaaa", "{number}": "1", "{code}": "court", "{kind}": "passport"}
    return "/".join(values.get(part, part) for part in path.split("/"))


def test_every_operation_asks_for_a_scope(knowledge):
    """One that asks for nothing would be open to the world."""
    found = operations(knowledge)
    assert len(found) > 50
    assert all(right is not None for _, _, right in found)


def test_without_a_living_token_nobody_is_heard(program, knowledge):
    """None, a wrong one, a cookie of the console: the same answer, with how to ask (RFC 6750 §3)."""
    one = program(Role.SYSTEM)
    for headers in (
        {},
        {"authorization": "Bearer tn_00"},
        {"authorization": "Basic eDp5"},
        {"cookie": "truename-console=x"},
    ):
        del one.client.headers["authorization"]
        one.client.headers |= headers
        for method, path, _ in operations(knowledge):
            answer = one.client.request(method, f"{CONSOLE}/api/v1{filled(path)}")
            assert answer.status_code == 401, (method, path, headers)
            assert answer.headers["www-authenticate"].startswith("Bearer")
        one.client.headers["authorization"] = "x"
        one.client.headers.pop("cookie", None)


def test_nothing_is_done_outside_of_the_scopes(program, knowledge):
    """A token with one scope meets 403 at every operation of another one, whatever its role may."""
    for right in (Right.PEOPLE_SEE, Right.RULES_SEE):
        one = program(Role.SECURITY, scopes={right})
        for method, path, asked in operations(knowledge):
            if asked not in (right, Right.OWN):
                told = one.ask(method, filled(path), None, 403)
                assert told["code"] == "AP-103"


@pytest.mark.parametrize("role", list(Role))
def test_no_role_reaches_above_itself(program, knowledge, role):
    """With all scopes that the role can give, the other roles' operations are refused."""
    one = program(role, "court" if role is Role.UNIT else None)
    granted = set(one.get("/me")["scopes"])
    for method, path, asked in operations(knowledge):
        if asked.value not in granted:
            one.ask(method, filled(path), None, 403)


def test_a_page_of_another_site_cannot_ask(program):
    """A browser that a page elsewhere uses is refused before anybody looks at the token."""
    one = program(Role.SYSTEM)
    answer = one.client.post(f"{CONSOLE}/api/v1/people", json={}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


def test_addresses_and_methods_that_are_none(program):
    """Problems too, with a code."""
    one = program(Role.SYSTEM)
    assert one.get("/nothing", 404)["code"] == "AP-201"
    assert one.ask("PUT", "/me", None, 405)["code"] == "AP-202"
    assert one.ask("POST", "/people", None, 422)["code"] == "AP-301"


def test_the_description_is_complete(knowledge):
    """Every operation has its own name, its scope, its errors as problems, and is open to read."""
    told = make_api(knowledge).openapi()
    every = [one for path in told["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in every}) == len(every)
    assert {one["x-scope"] for one in every} <= {right.value for right in Right}
    for one in every:
        assert {"401", "403", "422", "429"} <= set(one["responses"])
        assert one["description"]
    assert "Problem" in told["components"]["schemas"]
    assert "HTTPValidationError" not in str(told)


def test_who_asks_too_often_waits(knowledge, program, monkeypatch):
    """With how long, in whole seconds (RFC 9110 §10.2.3)."""
    monkeypatch.setattr("portal.api.app.RATE", Rate(0.001, 2))
    monkeypatch.setattr(make_api, "__defaults__", (Rate(0.001, 2),))
    one = program(Role.SYSTEM)
    one.get("/me")
    one.get("/me")
    answer = one.client.get(f"{CONSOLE}/api/v1/me")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["code"] == "AP-104"
    assert knowledge is not None


def real(knowledge, operation):
    """Return what exists for the parameters of an operation's path, or nothing."""
    with knowledge.store.read() as session:
        subject = people.by_login(session, "zhangwei").subject
    code = "public" if "/zones" in operation.path else "court"
    there = {"subject": subject, "number": 1, "code": code, "kind": "passport"}
    names = [each.name for each in operation.path_parameters]
    return {name: there[name] for name in names}


def test_sideways_there_is_nothing(knowledge, program):
    """A unit's program meets 404 at everything of another unit, and nothing has changed."""
    one = program(Role.UNIT, "court")
    granted = one.get("/me")["scopes"]
    with knowledge.store.write() as unit:
        subject = people.by_login(unit.session, "zhangwei").subject
        endpoint = endpoints.add(
            unit, "test", hardware="02:00:00:00:00:01", name="打印机", kind="printer", owner=subject
        )
        number = open_session(unit.session, subject)
        order = enforcement.order_disconnect(unit, number, "test")

    bodies = {
        "move_person": {"unit": "court"}, "release_person": {"assurance": 2}, "set_rights": {"zones": []},
        "change_person": {"title": "x"}, "change_endpoint": {"name": "x"}, "move_session": {"zone": "public"},
        "record_document": {"number": "E12345678"},
    }  # fmt: skip
    walked = 0
    with knowledge.store.read() as session:
        before = session.scalar(select(func.max(ActRow.number)))
    for route in routes_of(make_api(knowledge)):
        if "{" not in route.path or right_of(route).value not in granted:
            continue
        there = endpoint if "/endpoints" in route.path else subject
        kept = order if "/orders" in route.path else number
        path = route.path.format(subject=there, number=kept, code="finance", kind="passport")
        for method in route.methods:
            one.ask(method, path, bodies.get(route.name), 404)
            walked += 1
    assert walked > 20
    with knowledge.store.read() as session:
        assert session.scalar(select(func.max(ActRow.number))) == before


def test_the_description_is_true(knowledge, program, monkeypatch):
    """Whatever a program sends, in the form that is described or not, what comes back is what is described."""
    monkeypatch.setattr(make_api, "__defaults__", (Rate(1e9, 10**9),))
    asking = {role: program(role, "court" if role is Role.UNIT else None) for role in Role}
    schema = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", make_console(knowledge, origin=CONSOLE, secure=False)
    )
    for result in schema.get_all_operations():
        operation = result.ok()
        scope = operation.definition.raw["x-scope"]
        token = next(asking[role].token for role in Role if Right(scope) in RIGHTS[role])
        there = real(knowledge, operation)
        strategies = [operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
        if there:
            strategies.append(operation.as_strategy(GenerationMode.POSITIVE, path_parameters=there))
        for strategy in strategies:
            conforms(strategy, {"authorization": f"Bearer {token}"})


def conforms(strategy, headers):
    """Ask a few times, and compare what comes back with the description."""

    @settings(max_examples=3, database=None, deadline=None, derandomize=True, suppress_health_check=HealthCheck)
    @given(case=strategy)
    def ask(case):
        case.validate_response(case.call(headers=headers), checks=CONFORMANCE)

    ask()
