"""The login at the door."""

import re
import time

import pytest
from sqlalchemy import select

from access import bindings
from access.session_rows import BulkRows
from access.tables import LoginRow
from directory import otp, people
from store.record import ActRow
from tests.access.builders import record
from tests.support.doors import HARDWARE, PASSWORD, SECRET, Recorded, Visitor, code_now, person_of, publish

FIRST, NEW = "first-Pass-99", "Sommer-Regen-88"


def logins(knowledge):
    """(login, zone, reason) of the record, once it is durable."""
    time.sleep(0.9)
    with knowledge.store.read() as session:
        rows = session.scalars(select(LoginRow).order_by(LoginRow.number)).all()
    return [(row.login, row.zone, row.reason) for row in rows]


def bound(knowledge):
    """Who stands behind the hardware."""
    with knowledge.store.read() as session:
        row = bindings.find(session, HARDWARE, knowledge.clock())
    return row and (row.subject, row.strength, row.address)


def enrolled(knowledge, login):
    """Give somebody the second factor of SECRET."""
    subject = publish(knowledge, login)
    with knowledge.store.write() as unit:
        otp.enrol(unit, knowledge.sealer, "test", subject, SECRET)
    return subject


def test_right_password_binds_the_person_to_the_hardware(knowledge, visitor):
    """And the way leads to the page that waits for the switch."""
    subject = publish(knowledge, "zhangwei")
    visitor.come()
    answer = visitor.log_in("zhangwei")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/wait/")
    assert bound(knowledge) == (subject, 1, "127.0.0.1")
    assert logins(knowledge) == [("zhangwei", "public", None)]


def test_wrong_password_and_unknown_name_read_the_same(knowledge, visitor):
    """Nobody finds out which names exist; both are recorded."""
    publish(knowledge, "zhangwei")
    pages = []
    for login in ("zhangwei", "zhangwex"):
        visitor.come()
        page = visitor.log_in(login, "wrong").text
        page = re.sub(r"TN-10[12]", "TN", page)
        pages.append(re.sub(r'value="[^"]*"', "", page))
    assert pages[0] == pages[1]
    assert bound(knowledge) is None
    assert [row[2] for row in logins(knowledge)] == ["TN-102", "TN-101"]


def test_a_first_password_is_changed_before_anything(knowledge, visitor):
    """Checked by the policy, told in words; then the login goes on."""
    subject = publish(knowledge, "zhangwei", "first-Pass-99", must_change=True)
    visitor.come()
    assert "设置自己的密码" in visitor.log_in("zhangwei", "first-Pass-99").text
    assert "两次" not in visitor.post("/password", new="short", again="short").text
    assert "密码至少需要" in visitor.answer.text
    assert "两次输入的密码不同" in visitor.post("/password", new="Sommer-Regen-88", again="x").text

    def modify(_dn, _changes):
        publish(knowledge, "zhangwei", "Sommer-Regen-88")

    knowledge.pool.modify = modify
    assert visitor.post("/password", new="Sommer-Regen-88", again="Sommer-Regen-88").status_code == 303
    assert bound(knowledge) == (subject, 1, "127.0.0.1")


def online(knowledge, subject, zone="public", hardware="02:00:5e:10:00:99"):
    """Let somebody be in with another device."""
    with knowledge.store.write() as unit:
        started = record(subject=subject, hardware=hardware, zone=zone)
        BulkRows(knowledge.store.dialect).write_records(unit.session.connection(), [started])


def test_one_device_too_many_is_told_at_the_door(knowledge, visitor):
    """With the way to end another session; nothing is bound, so that the device does not come back here unexplained."""
    subject = publish(knowledge, "zhangwei", session_limit=1)
    online(knowledge, subject)
    visitor.come()
    answer = visitor.log_in("zhangwei")
    assert answer.status_code == 403
    assert "TN-210" in answer.text
    assert 'href="/account/sessions"' in answer.text
    assert bound(knowledge) is None
    assert logins(knowledge) == [("zhangwei", None, "TN-210")]


@pytest.mark.parametrize(("zone", "hardware"), [("portal", "02:00:5e:10:00:99"), ("public", HARDWARE)])
def test_a_device_at_the_door_and_this_one_are_not_too_many(knowledge, visitor, zone, hardware):
    """Who waits at the door is not in, and who logs in again has one device, not two."""
    online(knowledge, publish(knowledge, "zhangwei", session_limit=1), zone, hardware)
    visitor.come()
    assert visitor.log_in("zhangwei").status_code == 303


def found_slip(knowledge, login):
    """Give somebody a factor and then a first password, and let the directory take another; return the subject."""
    subject = enrolled(knowledge, login)
    publish(knowledge, login, FIRST, must_change=True)
    knowledge.pool = Taking(knowledge, login)
    return subject


class Taking(Recorded):
    """A directory that shows at once what was written."""

    def __init__(self, knowledge, login):
        super().__init__()
        self.knowledge, self.login = knowledge, login

    def modify(self, dn, changes):
        """Take the new verifier."""
        super().modify(dn, changes)
        publish(self.knowledge, self.login, changes["userPassword"][0].decode())


@pytest.mark.parametrize(("login", "zone"), [("zhangwei", "public"), ("wangfang", "dedicated")])
def test_a_first_password_that_somebody_found_sets_no_other(knowledge, visitor, login, zone):
    """Who has a factor shows it first, and once: also where the zone needs none; what was proven stays proven."""
    subject = found_slip(knowledge, login)
    visitor.come()
    asked = visitor.log_in(login, FIRST)
    assert "设置自己的密码之前，请先验证第二因素" in asked.text
    assert "您的网络区域要求第二因素" not in asked.text
    assert visitor.post("/factor", code="000000").status_code == 403
    assert "TN-307" in visitor.answer.text
    assert "设置自己的密码之前" in visitor.answer.text
    shown = visitor.post("/factor", code=code_now())
    assert (shown.status_code, visitor.follow().status_code) == (303, 200)
    assert visitor.post("/password", new="short", again="short").status_code == 400
    done = visitor.post("/password", new=NEW, again=NEW)
    assert done.headers["location"].startswith("/wait/")
    assert bound(knowledge) == (subject, 2, "127.0.0.1")
    assert logins(knowledge) == [(login, None, "TN-307"), (login, zone, None)]


def test_no_form_skips_the_factor(knowledge, visitor):
    """Neither the form of the factor, sent as if it were that of the password, nor its stage in an address."""
    found_slip(knowledge, "zhangwei")
    visitor.come()
    visitor.log_in("zhangwei", FIRST)
    assert visitor.post("/password", new=NEW, again=NEW).status_code == 403
    assert "TN-310" in visitor.answer.text
    assert visitor.client.get(f"/password/{visitor.stage}").status_code == 403
    assert knowledge.pool.modified == []
    assert bound(knowledge) is None


def test_only_a_first_password_is_replaced_at_the_door(knowledge, visitor):
    """The form of the factor carries a proven password; it sets no other without the factor."""
    enrolled(knowledge, "wangfang")
    visitor.come()
    assert "还差一步" in visitor.log_in("wangfang").text
    assert visitor.post("/password", new=NEW, again=NEW).status_code == 403
    assert knowledge.pool.modified == []


def test_nothing_is_lost_by_a_reload(knowledge, visitor):
    """The page behind the factor opens again without the code, at this address, until the password is changed."""
    found_slip(knowledge, "zhangwei")
    visitor.come()
    visitor.log_in("zhangwei", FIRST)
    page = visitor.post("/factor", code=code_now()).headers["location"]
    for _ in range(3):
        assert "设置自己的密码" in visitor.take(visitor.client.get(page)).text
    assert "Choose your own password" in visitor.client.get(f"{page}?lang=en").text
    assert Visitor(knowledge, "192.0.2.66").client.get(page).status_code == 403
    assert visitor.client.get(page[:-1]).status_code == 403
    assert visitor.post("/password", new=NEW, again=NEW).status_code == 303
    assert visitor.client.get(page).status_code == 403
    assert visitor.post("/password", new=f"{NEW}-x", again=f"{NEW}-x").status_code == 403
    assert len(knowledge.pool.modified) == 1


def test_a_second_tab_proves_for_itself(knowledge, visitor):
    """A code serves one of two tabs; whichever changes the password first ends what the other has proven."""
    found_slip(knowledge, "zhangwei")
    with knowledge.store.write() as unit:
        subject = person_of(knowledge, "zhangwei").subject
        codes = otp.replace_recovery_codes(unit, knowledge.sealer, "test", subject)
    tabs = [visitor, Visitor(knowledge)]
    for tab in tabs:
        tab.come()
        tab.log_in("zhangwei", FIRST)
    code = code_now()
    assert [tab.post("/factor", code=code).status_code for tab in tabs] == [303, 403]
    assert tabs[1].post("/factor", code=codes[0]).status_code == 303
    for tab, page in zip(tabs, (303, 403), strict=True):
        tab.follow()
        assert tab.post("/password", new=NEW, again=NEW).status_code == page
    assert len(knowledge.pool.modified) == 1


def test_recovery_code_stands_for_the_factor_before_a_first_password(knowledge, visitor):
    """Used up by that, and as strong."""
    subject = found_slip(knowledge, "zhangwei")
    with knowledge.store.write() as unit:
        codes = otp.replace_recovery_codes(unit, knowledge.sealer, "test", subject)
    visitor.come()
    visitor.log_in("zhangwei", FIRST)
    visitor.post("/factor", code=codes[0])
    visitor.follow()
    assert visitor.post("/password", new=NEW, again=NEW).status_code == 303
    assert bound(knowledge) == (subject, 2, "127.0.0.1")
    with knowledge.store.read() as session:
        assert otp.remaining(session, subject) == len(codes) - 1


def test_errors_of_the_factor_pause_before_a_first_password_too(knowledge, visitor):
    """Whoever has the slip guesses no code."""
    found_slip(knowledge, "zhangwei")
    visitor.come()
    visitor.log_in("zhangwei", FIRST)
    for _ in range(5):
        visitor.post("/factor", code="000000")
    assert "TN-207" in visitor.post("/factor", code=code_now()).text
    assert visitor.post("/password", new=NEW, again=NEW).status_code == 403
    assert knowledge.pool.modified == []


def test_a_factor_that_was_reset_meanwhile_is_not_asked_for(knowledge, visitor):
    """The form that still asks for it leads to what comes next now."""
    subject = found_slip(knowledge, "zhangwei")
    visitor.come()
    visitor.log_in("zhangwei", FIRST)
    with knowledge.store.write() as unit:
        otp.remove(unit, "test", subject)
    assert "新密码" in visitor.post("/factor", code="000000").text
    assert visitor.post("/password", new=NEW, again=NEW).status_code == 303
    assert bound(knowledge) == (subject, 1, "127.0.0.1")


@pytest.mark.parametrize("step", ["login", "factor", "password"])
def test_whoever_is_suspended_meanwhile_sets_no_password(knowledge, visitor, step):
    """At each step the state comes first, and reads as it always does; no code is used up."""
    subject, code = found_slip(knowledge, "zhangwei"), code_now()
    visitor.come()
    if step != "login":
        visitor.log_in("zhangwei", FIRST)
    if step == "password":
        visitor.post("/factor", code=code)
        visitor.follow()
    with knowledge.store.write() as unit:
        people.suspend(unit, "test", subject)
    publish(knowledge, "zhangwei", FIRST, must_change=True)
    fields = {
        "login": {"login": "zhangwei", "password": FIRST}, "factor": {"code": code},
        "password": {"new": NEW, "again": NEW},
    }  # fmt: skip
    refused = visitor.post(f"/{step}", **fields[step])
    assert refused.status_code == 403
    assert "TN-202" in refused.text
    assert "未能接入" in refused.text
    assert knowledge.pool.modified == []
    with knowledge.store.write() as unit:
        fresh = otp.verify(unit, knowledge.sealer, subject, code, knowledge.clock())
    assert fresh is (step != "password")
    assert logins(knowledge) == [("zhangwei", None, "TN-202")]


def test_second_factor_opens_the_zone_that_asks_for_it(knowledge, visitor):
    """A code serves once: the same again, from another device, is refused."""
    subject = enrolled(knowledge, "wangfang")
    visitor.come()
    assert "还差一步" in visitor.log_in("wangfang").text
    code = code_now()
    assert visitor.post("/factor", code="000000").status_code == 403
    assert visitor.post("/factor", code=code).status_code == 303
    assert bound(knowledge) == (subject, 2, "127.0.0.1")
    other = Visitor(knowledge, "192.0.2.7")
    other.come("02:00:00:00:00:99")
    other.log_in("wangfang")
    assert other.post("/factor", code=code).status_code == 403
    assert "TN-307" in other.answer.text


def test_recovery_code_replaces_the_telephone_once(knowledge, visitor):
    """RFC 6238 has none; people lose telephones."""
    subject = enrolled(knowledge, "wangfang")
    with knowledge.store.write() as unit:
        codes = otp.replace_recovery_codes(unit, knowledge.sealer, "test", subject)
    for expected in (303, 403):
        visitor.come()
        visitor.log_in("wangfang")
        assert visitor.post("/factor", code=codes[0]).status_code == expected


def test_the_factor_cannot_be_reached_without_the_password(knowledge, visitor):
    """A stage of the first page carries nobody; a forged one is refused."""
    enrolled(knowledge, "wangfang")
    visitor.come()
    assert visitor.post("/factor", code=code_now()).status_code == 403
    assert visitor.client.post("/factor", data={"stage": "x.y", "code": code_now()}).status_code == 403
    assert visitor.post("/password", new="Sommer-Regen-88", again="Sommer-Regen-88").status_code == 403
    assert bound(knowledge) is None


def test_errors_of_the_factor_pause(knowledge, visitor):
    """Six digits withstand no machine that may try for ever."""
    enrolled(knowledge, "wangfang")
    visitor.come()
    visitor.log_in("wangfang")
    for _ in range(5):
        visitor.post("/factor", code="000000")
    assert "TN-207" in visitor.post("/factor", code=code_now()).text


def test_a_form_is_good_at_its_own_address_only(knowledge, visitor):
    """Whoever copies it elsewhere is refused."""
    publish(knowledge, "zhangwei")
    visitor.come()
    thief = Visitor(knowledge, "192.0.2.66")
    thief.stage = visitor.stage
    assert thief.log_in("zhangwei").status_code == 403
    assert "TN-309" in thief.answer.text


def test_tries_from_an_address_are_bounded(visitor):
    """Whatever names are tried."""
    visitor.come()
    codes = [visitor.log_in(f"nobody{number}", "x").status_code for number in range(45)]
    assert codes[-1] == 429
    assert 429 not in codes[:30]


def test_nothing_secret_is_in_the_record(knowledge, visitor):
    """No password in acts, whatever was typed where."""
    publish(knowledge, "zhangwei")
    visitor.come()
    visitor.log_in("zhangwei")
    with knowledge.store.read() as session:
        for row in session.scalars(select(ActRow)):
            assert PASSWORD not in f"{row.before}{row.after}"
