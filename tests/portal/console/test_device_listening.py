"""Waiting for a sign of life of a device."""

import pytest

from access import devices
from access.device_drops import record_drops
from portal.console.roles import Role
from tests.support.records import AT, write_login, write_session

HTMX = {"hx-request": "true"}


@pytest.mark.usefixtures("switch")
def test_a_page_waits_and_tells_what_came(knowledge, clerk):
    """Nothing yet: it asks again. A login, then its accounting: it works, and asks no more."""
    knowledge.clock = lambda: AT + 30
    one = clerk(Role.SECURITY)
    page = one.get("/devices/1/listen").text
    assert "<noscript><meta http-equiv" in page
    assert "every 2s" in page
    write_login(knowledge.store, 40, zone="public")
    knowledge.clock = lambda: AT + 41
    part = one.get(f"/devices/1/listen?since={AT + 30}", headers=HTMX).text
    assert "已放行到区域 public" in part
    assert "还没有收到计费" in part
    assert "every 2s" not in part
    write_session(knowledge.store, 1)
    assert "收到计费" in one.get(f"/devices/1/listen?since={AT + 30}", headers=HTMX).text


@pytest.mark.usefixtures("switch")
def test_a_refusal_says_that_the_device_works_and_what_to_do(knowledge, clerk):
    """The device is connected; the login was not let in."""
    write_login(knowledge.store, 40, reason="TN-102", zone=None, rule=None)
    knowledge.clock = lambda: AT + 41
    part = clerk(Role.SYSTEM).get(f"/devices/1/listen?since={AT + 30}").text
    assert "设备连接正常" in part
    assert "TN-102" in part


@pytest.mark.usefixtures("switch")
def test_silence_names_its_likely_causes(knowledge, clerk):
    """After a minute: secrets, ports, another source address, which is shown with the way to register it."""
    with knowledge.store.write() as unit:
        devices.remember_unknown(unit, {"192.0.2.77": 3})
    start = knowledge.clock()
    knowledge.clock = lambda: start + 70
    part = clerk(Role.SYSTEM).get(f"/devices/1/listen?since={start - 1}", headers=HTMX).text
    assert "没有收到它的任何报文" in part
    assert "/devices/new?address=192.0.2.77" in part
    assert "every 2s" not in part


@pytest.mark.usefixtures("switch")
def test_another_secret_is_told_within_seconds(knowledge, clerk):
    """Packets that were dropped since the page was opened say why; the page goes on waiting for one that is not."""
    start = knowledge.clock()
    with knowledge.store.write() as unit:
        record_drops(unit, {(1, "message-authenticator"): (2, "127.0.0.9")})
    knowledge.clock = lambda: start + 5
    one = clerk(Role.SYSTEM)
    part = one.get(f"/devices/1/listen?since={start - 1}", headers=HTMX).text
    assert "认证报文的签名与共享密钥不符" in part
    assert "every 2s" in part
    assert "认证报文的签名" not in one.get(f"/devices/1/listen?since={start + 4}", headers=HTMX).text
    knowledge.clock = lambda: start + 70
    part = one.get(f"/devices/1/listen?since={start - 1}", headers=HTMX).text
    assert "没有收到它的任何报文" not in part
    assert "再等一分钟" in part


@pytest.mark.usefixtures("switch")
def test_a_wrong_password_of_an_unsigned_request_may_be_another_secret(knowledge, clerk):
    """RFC 2865 §5.2: User-Password is hidden with the secret; without a signature nothing else tells."""
    write_login(knowledge.store, 40, reason="TN-102", zone=None, rule=None)
    knowledge.clock = lambda: AT + 41
    one = clerk(Role.SYSTEM)
    assert "请核对共享密钥" in one.get(f"/devices/1/listen?since={AT + 30}").text
    with knowledge.store.write() as unit:
        devices.record_observed(unit, 1, "signed")
    assert "请核对共享密钥" not in one.get(f"/devices/1/listen?since={AT + 30}").text


@pytest.mark.usefixtures("switch")
def test_a_time_that_cannot_be_is_now(clerk):
    """From another age, from the future, no number at all in the calendar's sense."""
    one = clerk(Role.SYSTEM)
    for since in ("0", "9e18", "nan", "inf", "-inf"):
        assert "正在等待" in one.get(f"/devices/1/listen?since={since}").text
