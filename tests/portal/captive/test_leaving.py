"""After the logout."""

from tests.support.doors import Visitor, publish


def test_the_page_says_what_the_device_said(knowledge, visitor):
    """And waits until it has said something."""
    publish(knowledge, "zhangwei")
    visitor.come()
    visitor.log_in("zhangwei")
    visitor.take(visitor.client.get("/s"))
    page = visitor.post("/logout").headers["location"]
    assert "正在等待接入设备应答" in visitor.client.get(page).text
    assert visitor.client.get(page + "x").status_code == 403
    assert Visitor(knowledge, "192.0.2.9").client.get(page).status_code == 403
