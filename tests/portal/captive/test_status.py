"""Who am I here, and the way out."""

import pytest
from sqlalchemy import delete

from access import bindings
from directory import otp
from directory.registry import PersonRow
from tests.support.doors import HARDWARE, SECRET, Visitor, asked_again, publish

pytestmark = pytest.mark.postgresql


def inside(knowledge, visitor):
    """Log somebody in."""
    publish(knowledge, "zhangwei")
    visitor.come()
    visitor.log_in("zhangwei")


def test_status_tells_name_unit_and_time(knowledge, visitor):
    """To whoever sits at the address, and to nobody else."""
    assert "此设备没有登录" in visitor.client.get("/s").text
    inside(knowledge, visitor)
    text = visitor.client.get("/s").text
    assert "张伟" in text
    assert "市财政局" in text
    assert "张伟" not in Visitor(knowledge, "192.0.2.9").client.get("/s").text


def test_logout_works_from_the_short_address(knowledge, visitor):
    """The binding ends, and the device is told."""
    inside(knowledge, visitor)
    visitor.take(visitor.client.get("/s"))
    assert visitor.post("/logout").headers["location"].startswith("/left/")
    with knowledge.store.read() as session:
        assert bindings.find(session, HARDWARE, knowledge.clock()) is None


def test_nobody_logs_another_out(knowledge, visitor):
    """Not from another address, and not with a form of before."""
    inside(knowledge, visitor)
    visitor.take(visitor.client.get("/s"))
    thief = Visitor(knowledge, "192.0.2.9")
    thief.stage = visitor.stage
    assert thief.post("/logout").status_code == 403
    visitor.come()
    visitor.post("/logout")  # the stage of a login form carries nobody
    with knowledge.store.read() as session:
        assert bindings.find(session, HARDWARE, knowledge.clock()) is not None


ENROL = 'href="/account/factor"'


def test_who_lacks_a_factor_is_told_what_it_would_open(knowledge, visitor):
    """The zone by its name, with the way to enrol one; gone once a factor is there."""
    subject = publish(knowledge, "wangfang")
    visitor.come()
    visitor.log_in("wangfang")
    asked_again(knowledge, "public")
    page = visitor.client.get("/s")
    assert ENROL in page.text
    assert "下次登录将接入“dedicated 区”" in page.text
    assert "your next login leads into dedicated 区" in visitor.client.get("/s?lang=en").text
    with knowledge.store.write() as unit:
        otp.enrol(unit, knowledge.sealer, "test", subject, SECRET)
    assert ENROL not in visitor.client.get("/s").text


def test_nobody_is_sent_after_a_factor_for_nothing(knowledge, visitor):
    """Whom it brings no other zone, and who cannot enrol one because the registry does not know them."""
    inside(knowledge, visitor)
    asked_again(knowledge, "public")
    assert ENROL not in visitor.client.get("/s").text
    subject = publish(knowledge, "wangfang")
    visitor.come()
    visitor.log_in("wangfang")
    asked_again(knowledge, "public")
    assert ENROL in visitor.client.get("/s").text
    with knowledge.store.write() as unit:
        unit.session.execute(delete(PersonRow).where(PersonRow.subject == subject))
    assert ENROL not in visitor.client.get("/s").text
