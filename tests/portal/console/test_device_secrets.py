"""The rotation of a secret."""

import re

from access.devices import load_devices
from portal.console.roles import Role


def secrets(knowledge):
    with knowledge.store.read() as session:
        return [one.decode() for device in load_devices(session, knowledge.sealer).all() for one in device.secrets]


def test_two_secrets_are_valid_until_the_old_one_is_ended(knowledge, clerk, switch):
    """Begun: both; finished: the new one alone. It is shown once, by the page of the post."""
    one = clerk(Role.SYSTEM)
    page = one.post("/devices/1/secret", {"step": "begin"})
    new = re.search(r'id="secret">([^<]+)<', page.text)[1]
    assert secrets(knowledge) == [switch[1], new]
    assert new not in one.get("/devices/1/secret").text
    assert one.post("/devices/1/secret", {"step": "finish"}).status_code == 303
    assert secrets(knowledge) == [new]


def test_a_rotation_is_given_up(knowledge, clerk, switch):
    """The old one stays alone; another click changes nothing."""
    one = clerk(Role.SYSTEM)
    one.post("/devices/1/secret", {"step": "begin"})
    one.post("/devices/1/secret", {"step": "cancel"})
    assert secrets(knowledge) == [switch[1]]
    for step in ("cancel", "finish"):
        assert one.post("/devices/1/secret", {"step": step}).headers["location"] == "/devices/1/secret"
    assert one.post("/devices/1/secret", {"step": "steal"}).status_code == 400
    assert secrets(knowledge) == [switch[1]]
