"""Does a device take orders? The page that finds it out."""

import pytest

from access import devices, enforcement
from portal.console.roles import Role

PAGE = "/devices/1/probe"


def answered(knowledge, outcome, detail):
    """Let the device answer what waits."""
    with knowledge.store.write() as unit:
        (order,) = enforcement.open_orders(unit.session)
        enforcement.record_outcome(unit, order.number, outcome, detail)
    return order.number


@pytest.mark.usefixtures("switch")
def test_the_page_waits_and_says_what_the_answer_proves(knowledge, clerk):
    """A refusal of the session that was made up is what one hopes for."""
    one = clerk(Role.SYSTEM)
    assert "探测下线命令" in one.get("/devices/1/listen").text
    where = one.post(PAGE).headers["location"]
    assert one.post(PAGE).headers["location"] == where
    waits = one.get(where).text
    assert "等待设备应答" in waits
    assert "every 1s" in waits
    order = answered(knowledge, "nak", "made-up session: nak 503 session context not found")
    page = one.get(where).text
    assert where == f"{PAGE}/{order}"
    assert "设备应答下线命令" in page
    assert "every 1s" not in page
    assert "再探测一次" in page
    assert "应答命令" in one.get("/devices/1").text
    assert "设备本身" in one.get("/orders").text
    assert "逐项检查" in one.get(f"/orders/{order}").text
    assert "The device answers orders" in one.get(f"{where}?lang=en").text


@pytest.mark.usefixtures("switch")
def test_silence_names_all_that_may_be_wrong(knowledge, clerk):
    """The address it went to, the port, our own address, the secret, the clock."""
    one = clerk(Role.SYSTEM)
    one.get("/devices/1")
    where = one.post(PAGE).headers["location"]
    answered(knowledge, "timeout", "made-up session: timeout")
    page = one.get(where).text
    for word in ("127.0.0.9", "UDP 端口 3799", "127.0.0.1", "NTP", "更换密钥"):
        assert word in page


def test_what_cannot_be_probed_says_why(knowledge, clerk, switch):
    """A prefix without an address for orders, and a device that takes none."""
    number, _ = switch
    one = clerk(Role.SYSTEM)
    for fields, why in (
        ({"prefix": "10.9.0.0/24"}, "不知道该探测哪一台"),
        ({"prefix": "10.9.0.1", "dynauth_port": 0}, "登记为不接受下线命令"),
        ({"dynauth_port": 3799, "enabled": False}, "设备已停用"),
    ):
        with knowledge.store.write() as unit:
            devices.change(unit, "test", number, **fields)
        page = one.get(f"/devices/{number}").text
        assert why in page
        assert f'action="/devices/{number}/probe"' not in page


@pytest.mark.usefixtures("switch")
def test_who_may_not_change_devices_gives_no_probe(knowledge, clerk):
    """Nor does anybody see under a device the probe of another, or an order that is none."""
    one = clerk(Role.SYSTEM)
    one.get("/devices/1")
    where = one.post(PAGE).headers["location"]
    with knowledge.store.write() as unit:
        devices.add(unit, "test", knowledge.sealer, name="sw-9", prefix="127.0.0.10", vendor="h3c")
    assert one.get(where.replace("/1/", "/2/")).status_code == 404
    assert one.get(f"{PAGE}/999").status_code == 404
    assert one.get(f"{PAGE}/99999999999999").status_code == 404
    other = clerk(Role.SECURITY)
    assert 'action="/devices/1/probe"' not in other.get("/devices/1").text
    assert other.post(PAGE).status_code == 403
