"""Programs that ask the API, each with a token of its own administrator."""

import os

import pytest
from starlette.testclient import TestClient

from portal import api_tokens
from portal.console.administrators import find
from portal.console.app import make_console
from portal.console.roles import Right, Role
from tests.support.doors import CONSOLE, add_administrator


class Program:
    """Asks the API with a token; paths begin behind /api/v1."""

    def __init__(self, knowledge, role: Role, unit: str | None, scopes) -> None:
        self.login = f"program-{role.value}-{unit or 'city'}-{os.urandom(3).hex()}"
        self.number = add_administrator(knowledge, role, self.login, unit)
        with knowledge.store.write() as work:
            self.token = api_tokens.make(
                work, find(work.session, self.number), name="program", seconds=3600.0, octets=os.urandom(32),
                scopes=api_tokens.offered(role) if scopes is None else scopes,
            )  # fmt: skip
        app = make_console(knowledge, origin=CONSOLE, secure=False)
        self.client = TestClient(app, base_url=f"{CONSOLE}/api/v1", raise_server_exceptions=True)
        self.client.headers["authorization"] = f"Bearer {self.token}"

    def ask(self, method: str, path: str, body: object = None, status: int = 200, **more):
        """Ask, check the status, and return what was told."""
        told = {} if body is None else {"json": body}
        answer = self.client.request(method, f"{CONSOLE}/api/v1{path}", **told, **more)
        assert answer.status_code == status, (answer.status_code, answer.text)
        kind = answer.headers.get("content-type", "")
        if status >= 400:
            assert kind == "application/problem+json", kind
        return answer.json() if kind in ("application/json", "application/problem+json") else answer

    def get(self, path: str, status: int = 200, **more):
        """Read."""
        return self.ask("GET", path, None, status, **more)

    def post(self, path: str, body: object = None, status: int = 200):
        """Do."""
        return self.ask("POST", path, body, status)


@pytest.fixture
def program(knowledge):
    """Make a program: `program(Role.SYSTEM)`, `program(Role.UNIT, "court")`, with all scopes of the role or some."""

    def make(role: Role, unit: str | None = None, scopes: set[Right] | None = None) -> Program:
        return Program(knowledge, role, unit, scopes)

    return make
