"""The door, as people meet it: redirect, login, second factor, switch, zone; in Chromium without script."""

import time

import pyotp
import pytest

from operate.asking import read_environment
from tests.support.obedient_switch import ObedientSwitch
from tests.support.product import until


@pytest.fixture
def values(demo):
    """What demo.env tells; nobody is logged in at the device of its redirect."""
    told = read_environment(demo.environment)
    demo.forget_login(told["PORTAL_MAC"])
    return told


@pytest.fixture
def page(chromium):
    """A page of a small phone that runs no script and has no cookies."""
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="zh-CN")
    yield context.new_page()
    context.close()


def log_in(page, login, password):
    """Fill in the form."""
    page.fill("#login", login)
    page.fill("#password", password)
    page.click("button")


def online(page):
    """Wait for the page that says so."""
    page.wait_for_selector("text=已接入网络", timeout=20_000)


def fresh_code(values):
    """A code whose step nobody used: wait for the next one where this one may be gone."""
    totp = pyotp.TOTP(values["TOTP_SECRET"])
    used = getattr(fresh_code, "used", None)
    until(lambda: totp.now() != used, 35)
    fresh_code.used = totp.now()
    return fresh_code.used


def test_whoever_logs_in_is_in_the_own_zone(values, page):
    """Unknown → portal zone → login → order acknowledged → asked again → the person's VLAN; then out again."""
    with ObedientSwitch(values).obeying() as switch:
        assert switch.ask().vlan == "199"
        page.goto(values["PORTAL_URL"] + values["PORTAL_REDIRECT"])
        assert page.locator("h1").inner_text() == "请实名登录"
        log_in(page, values["PERSON"], values["PERSON_PASSWORD"])
        online(page)
        assert switch.vlans == ["199", "130"]
        page.goto(values["PORTAL_URL"] + "/s")
        assert "张伟" in page.content()
        page.click("text=退出网络")
        page.wait_for_selector("text=接入设备已经确认", timeout=20_000)
        assert switch.vlans == ["199", "130", "199"]
    assert page.context.cookies() == []


def test_second_factor_where_the_zone_asks_for_it(values, page):
    """Password, then a code; a wrong code is told and the right one goes on; the zone is the better one."""
    with ObedientSwitch(values, "02-00-5E-10-00-20").obeying() as switch:
        switch.ask()
        page.goto(values["PORTAL_URL"] + values["PORTAL_REDIRECT"])
        log_in(page, values["TOTP_PERSON"], values["TOTP_PASSWORD"])
        page.fill("#code", "000000")
        page.click("button")
        assert "TN-307" in page.content()
        page.fill("#code", fresh_code(values))
        page.click("button")
        online(page)
        assert switch.vlans[-1] == "120"
        page.goto(values["PORTAL_URL"] + "/s")
        page.click("text=退出网络")
        page.wait_for_selector("text=接入设备已经确认", timeout=20_000)


def test_page_says_why_not(values, page):
    """A suspended account, a wrong password and an unknown name; the last two read the same."""
    ObedientSwitch(values).ask()
    page.goto(values["PORTAL_URL"] + values["PORTAL_REDIRECT"])
    log_in(page, values["SUSPENDED"], values["SUSPENDED_PASSWORD"])
    assert "TN-202" in page.content()
    texts = []
    for login in (values["PERSON"], "nobody-of-this-name"):
        page.goto(values["PORTAL_URL"] + values["PORTAL_REDIRECT"])
        log_in(page, login, "wrong password")
        texts.append(page.locator("[role=alert] p").first.inner_text())
    assert texts[0] == texts[1] == "用户名或密码不正确。"


def test_page_waits_for_a_switch_that_says_nothing(values, page):
    """Nothing is claimed that the switch did not confirm."""
    ObedientSwitch(values).ask()
    page.goto(values["PORTAL_URL"] + values["PORTAL_REDIRECT"])
    log_in(page, values["PERSON"], values["PERSON_PASSWORD"])
    assert "等待接入设备应答" in page.content()
    page.wait_for_selector("text=接入设备没有执行命令", timeout=40_000)
    time.sleep(0.1)
    assert "已接入网络" not in page.content()
