"""One network device."""

import pytest

from access import devices
from access.device_drops import record_drops
from access.tables import DeviceRow, OrderRow
from portal.console.roles import Role
from tests.portal.console.test_devices import NEW, rows
from tests.support.records import write_session


@pytest.mark.usefixtures("switch")
def test_a_page_says_what_is_known(knowledge, clerk):
    """Record, protection, what came lately; a number that is nobody's is no page."""
    write_session(knowledge.store, 1, device=1)
    with knowledge.store.write() as unit:
        unit.session.add(
            OrderRow(kind="disconnect", ordered_by="t", ordered_at=1.0, session=1, outcome="nak", done_at=2.0)
        )
    page = clerk(Role.SECURITY).get("/devices/1").text
    for words in ("127.0.0.9/32", "新华三", "尚未观察", "设备拒绝", "&lt;SECRET&gt;"):
        assert words in page
    assert "/devices/1/edit" not in page
    assert "Against forgery" in clerk(Role.SYSTEM).get("/devices/1?lang=en").text
    assert clerk(Role.AUDIT).get("/devices/1").status_code == 403


@pytest.mark.usefixtures("switch")
def test_a_page_names_what_got_no_answer(knowledge, clerk):
    """By reason, how often and since when, from where, and what to do; in both languages."""
    one = clerk(Role.SYSTEM)
    assert "没有被丢弃的报文" in one.get("/devices/1").text
    with knowledge.store.write() as unit:
        record_drops(unit, {(1, "authenticator"): (12, "127.0.0.77"), (1, "unsigned"): (1, "127.0.0.9")})
    page = one.get("/devices/1").text
    for words in ("计费报文的签名与共享密钥不符", "重新粘贴共享密钥", "127.0.0.77", "authenticator", "重新观察"):
        assert words in page
    assert "does not fit the shared secret" in one.get("/devices/1?lang=en").text


@pytest.mark.usefixtures("switch")
def test_there_is_no_page_of_a_device_that_is_not(clerk):
    """Whatever the number, and whatever is done to it."""
    one = clerk(Role.SYSTEM)
    for number in ("2", "99999999999999999999", "x"):
        assert one.get(f"/devices/{number}").status_code == 404
        assert one.post(f"/devices/{number}/remove").status_code == 404


@pytest.mark.usefixtures("switch")
def test_a_record_is_changed(knowledge, clerk):
    """The secret stays; a flaw comes back with what was typed."""
    one = clerk(Role.SYSTEM)
    assert 'value="127.0.0.9"' in one.get("/devices/1/edit").text
    before = rows(knowledge)[0].secret
    assert one.post("/devices/1/edit", NEW | {"dynauth_address": "10.0.0.2"}).headers["location"] == "/devices/1"
    row = rows(knowledge)[0]
    assert (row.name, row.vendor, row.dynauth_address, row.secret) == ("sw-1", "huawei", "10.0.0.2", before)
    page = one.post("/devices/1/edit", NEW | {"prefix": "10.0.0.1/8"})
    assert page.status_code == 400
    assert 'value="10.0.0.1/8"' in page.text


@pytest.mark.usefixtures("switch")
def test_a_device_is_locked_and_observed_anew(knowledge, clerk):
    """Lock: Message-Authenticator from now on. Undone, what was observed is forgotten."""
    with knowledge.store.write() as unit:
        devices.record_observed(unit, 1, "mixed")
    one = clerk(Role.SYSTEM)
    assert "可被伪造" in one.get("/devices/1").text
    one.post("/devices/1/lock", {"lock": "yes"})
    assert rows(knowledge)[0].require_message_authenticator == "yes"
    assert "已锁定" in one.get("/devices/1").text
    one.post("/devices/1/lock", {"lock": "no"})
    row = rows(knowledge)[0]
    assert (row.require_message_authenticator, row.observed) == ("auto", "")


@pytest.mark.parametrize("act", ["disable", "remove"])
@pytest.mark.usefixtures("switch")
def test_the_end_names_the_sessions_that_are_open(knowledge, clerk, act):
    """A page of its own says what stops; only then does it."""
    for number in range(1, 23):
        write_session(knowledge.store, number, login=f"user{number}")
    one = clerk(Role.SYSTEM)
    page = one.get(f"/devices/1/{act}").text
    assert "22 个" in page
    assert "user22" in page
    assert "另有 2 个" in page
    assert rows(knowledge)[0].enabled
    one.post(f"/devices/1/{act}")
    assert not [row for row in rows(knowledge) if row.enabled]
    if act == "disable":
        one.post("/devices/1/enable")
        assert rows(knowledge)[0].enabled


@pytest.mark.usefixtures("switch")
def test_the_end_needs_the_password_again(knowledge, clerk):
    """After ten minutes the way leads over the proof and back to the page that asks."""
    one = clerk(Role.SYSTEM)
    start = knowledge.clock()
    knowledge.clock = lambda: start + 700
    answer = one.post("/devices/1/remove", {"back": "/devices/1/remove"})
    assert answer.headers["location"] == "/prove?next=%2Fdevices%2F1%2Fremove"
    assert isinstance(rows(knowledge)[0], DeviceRow)
