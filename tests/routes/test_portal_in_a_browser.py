"""The door, as people meet it: redirect, login, second factor, switch, zone; in Chromium without script."""

import json
import time

import pyotp
import pytest
from sqlalchemy import select

from directory import otp
from directory.person import State
from directory.registry import PersonRow
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
def colleague(demo, values):
    """Login, one-time password and TOTP secret of somebody else who has the right to the zone; no factor at the end."""
    entitled = select(PersonRow).where(
        PersonRow.zones.contains("dedicated"), PersonRow.category == "staff", PersonRow.login != values["TOTP_PERSON"],
        PersonRow.state == State.ACTIVE.value, PersonRow.valid_until.is_(None), PersonRow.valid_from.is_(None),
    )  # fmt: skip
    secret = otp.new_secret()
    with demo.opened() as (store, sealer):
        with store.read() as session:
            person = session.scalars(entitled.order_by(PersonRow.login).limit(1)).one()
        with store.write() as unit:
            otp.enrol(unit, sealer, "test", person.subject, secret)
        told = demo.command("person", "password", person.login, "--must-change", "--json")
        yield person.login, json.loads(told.stdout)["password"], secret
        with store.write() as unit:
            otp.remove(unit, "test", person.subject)


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


def test_a_slip_of_paper_sets_no_password(values, colleague, page):
    """A first password, then the factor, then an own password, which a reload does not lose; and the better zone."""
    login, first, secret = colleague
    with ObedientSwitch(values).obeying() as switch:
        switch.ask()
        page.goto(values["PORTAL_URL"] + values["PORTAL_REDIRECT"])
        log_in(page, login, first)
        assert "设置自己的密码之前" in page.content()
        page.fill("#code", "000000")
        page.click("button")
        assert "TN-307" in page.content()
        page.fill("#code", pyotp.TOTP(secret).now())
        page.click("button")
        page.wait_for_selector("#new")
        page.reload()
        page.fill("#new", "too short")
        page.fill("#again", "too short")
        page.click("button")
        assert "密码至少需要" in page.content()
        page.fill("#new", "Sommer-Regen-88")
        page.fill("#again", "Sommer-Regen-88")
        page.click("button")
        online(page)
        assert switch.vlans == ["199", "120"]
        page.goto(values["PORTAL_URL"] + "/s")
        page.click("text=退出网络")
        page.wait_for_selector("text=接入设备已经确认", timeout=20_000)
    assert page.context.cookies() == []


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
