"""Network devices: the list, the inbox, and a new device with its secret."""

import re

import pytest

from access import devices
from access.tables import DeviceRow
from portal.console.roles import Role
from portal.language import Text
from store.record import ActRow

pytestmark = pytest.mark.postgresql

NEW = {
    "name": "sw-1",
    "prefix": "192.0.2.11",
    "vendor": "huawei",
    "group": "access",
    "site": "北山",
    "dynauth_port": "3799",
}


def rows(knowledge):
    with knowledge.store.read() as session:
        return session.query(DeviceRow).all()


def test_an_empty_list_says_what_to_do(clerk):
    """Nothing registered: the way to the first one, for whoever may go it."""
    assert "登记第一台设备" in clerk(Role.SYSTEM).get("/devices").text
    assert "登记第一台设备" not in clerk(Role.SECURITY).get("/devices").text


@pytest.mark.usefixtures("switch")
def test_devices_are_found_as_one_types(clerk):
    """By name, address, group or site; htmx gets the rows alone."""
    one = clerk(Role.SYSTEM)
    assert "sw-0" in one.get("/devices?q=南关").text
    part = one.get("/devices?q=nothing", headers={"hx-request": "true"}).text
    assert "sw-0" not in part
    assert "<html" not in part
    assert "sw-0" not in one.get("/devices?show=disabled").text


def test_a_new_device_shows_its_secret_once_with_the_commands(knowledge, clerk):
    """The page of the post has it, no other page has, and the record of acts has not."""
    one = clerk(Role.SYSTEM)
    page = one.post("/devices/new", NEW)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    secret = re.search(r'id="secret">([^<]+)<', page.text)[1]
    assert len(secret) == 32
    assert f"radius-server shared-key cipher {secret}" in page.text
    (row,) = rows(knowledge)
    assert (row.name, row.prefix, row.site) == ("sw-1", "192.0.2.11/32", "北山")
    assert secret not in one.get(f"/devices/{row.number}").text
    with knowledge.store.read() as session:
        acts = [act for act in session.query(ActRow) if act.act == "device.add"]
        assert [act.actor for act in acts] == [f"admin:{one.login}"]
        assert secret not in "".join(str(act.after) for act in acts)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("prefix", "10.0.0.1/8"), ("prefix", "x"), ("vendor", "nobody"), ("dynauth_port", "70000"),
     ("dynauth_port", "-1"), ("dynauth_address", "host.name"), ("group", "a,b")],
)  # fmt: skip
def test_a_flaw_stands_beside_its_field_and_what_was_typed_stays(knowledge, clerk, field, value):
    """The form comes back with status 400, and nothing is registered."""
    page = clerk(Role.SYSTEM).post("/devices/new", NEW | {field: value})
    assert page.status_code == 400
    assert f'aria-describedby="d-{field}"' in page.text
    assert 'value="北山"' in page.text
    assert rows(knowledge) == []


def test_a_device_that_could_not_carry_out_rules_is_refused_unless_told_otherwise(knowledge, clerk):
    """A limit that is ignored is no limit; who knows that may save it."""
    knowledge.objections = lambda _zone, _vendor: (Text("不支持", "cannot"),)
    one = clerk(Role.SYSTEM)
    page = one.post("/devices/new", NEW)
    assert page.status_code == 400
    assert "无法执行：不支持" in page.text
    assert rows(knowledge) == []
    assert one.post("/devices/new", NEW | {"anyway": "yes"}).status_code == 200
    assert len(rows(knowledge)) == 1


def test_an_unknown_source_becomes_a_device(knowledge, clerk):
    """The inbox leads to a form with its address, and the device takes it off the list."""
    with knowledge.store.write() as unit:
        devices.remember_unknown(unit, {"192.0.2.11": 7})
    one = clerk(Role.SYSTEM)
    assert "/devices/new?address=192.0.2.11" in one.get("/devices/inbox").text
    assert 'value="192.0.2.11"' in one.get("/devices/new?address=192.0.2.11").text
    one.post("/devices/new", NEW)
    assert "192.0.2.11" not in one.get("/devices/inbox").text


def test_names_are_shown_as_text(clerk):
    """What was typed never becomes markup."""
    one = clerk(Role.SYSTEM)
    one.post("/devices/new", NEW | {"name": "<b>sw</b>", "site": "\"'><i>"})
    for page in ("/devices", "/devices/1", "/devices/1/edit", "/devices/1/remove", "/devices/1/listen", "/devices/new"):
        text = one.get(page).text
        assert "<b>sw" not in text, page
        assert "><i>" not in text, page
