"""The login at the door."""

import re
import time

from sqlalchemy import select

from access import bindings
from access.tables import LoginRow
from directory import otp
from store.record import ActRow
from tests.support.doors import HARDWARE, PASSWORD, SECRET, Visitor, code_now, publish


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
