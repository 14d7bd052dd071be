"""Who am I here, and the way out."""

from access import bindings
from tests.support.doors import HARDWARE, Visitor, publish


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
