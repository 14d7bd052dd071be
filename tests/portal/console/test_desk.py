"""Every route asks for a right, and gets what that right gives."""

import pytest

from portal.console.app import make_app
from portal.console.desk import Asking, local_path
from portal.console.roles import RIGHTS, Right, Role

OPEN = {"/login", "/invitation/{token}", "/static", "/api/v1"}


def routes(knowledge):
    """Return (method, path, right asked for or None) of every route of the console."""
    found = []
    for route in make_app(knowledge, secure=False).routes:
        dependant = getattr(route, "dependant", None)
        asked = [one.call.right for one in dependant.dependencies if isinstance(one.call, Asking)] if dependant else []
        found.extend((method, route.path, asked[0] if asked else None) for method in getattr(route, "methods", ["GET"]))
    return found


def filled(path):
    """Put something into the path's parameters."""
    return "/".join("1" if part.startswith("{") else part for part in path.split("/"))


def test_every_route_but_the_door_asks_for_a_right(knowledge):
    """A page that asks for nothing would be open to the world."""
    assert {path for _, path, right in routes(knowledge) if right is None} <= OPEN


def test_nobody_comes_in_without_a_session(knowledge, clerk):
    """Each route sends a stranger to the login."""
    client = clerk(Role.SYSTEM).client
    client.cookies.clear()
    for method, path, right in routes(knowledge):
        if right is not None:
            answer = client.request(method, filled(path))
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/login"), (method, path)


@pytest.mark.parametrize("role", list(Role))
def test_no_role_reaches_above_itself(knowledge, clerk, role):
    """Each route refuses each role without its right, reading and posting alike."""
    one = clerk(role, "court" if role is Role.UNIT else None)
    for method, path, right in routes(knowledge):
        if right is None or right in RIGHTS[role]:
            continue
        answer = one.post(filled(path)) if method == "POST" else one.client.request(method, filled(path))
        assert answer.status_code == 403, (method, path)


def test_every_post_needs_the_forms_key(knowledge, clerk):
    """A post without it is refused before anything happens."""
    one = {role: clerk(role, "court" if role is Role.UNIT else None) for role in Role}
    for method, path, right in routes(knowledge):
        if method == "POST" and right is not None:
            role = next(each for each in Role if right in RIGHTS[each])
            assert one[role].client.post(filled(path), data={"form_key": "0"}).status_code == 403, path


def test_every_right_is_somebodys():
    """A right that no role has would be a page that nobody sees."""
    assert set().union(*RIGHTS.values()) == set(Right)


def test_local_paths_are_ours():
    """The way after the login leads to no other host."""
    for text in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "", "/a\nb"):
        assert local_path(text) == "/"
    assert local_path("/people?q=1") == "/people?q=1"
