"""My account, as people meet it on a small phone: into it after a captive login, devices, sessions, second factor."""

import re

import pyotp
import pytest

from operate.asking import read_environment
from tests.routes.test_accessibility import crawl, findings
from tests.support.obedient_switch import ObedientSwitch
from tests.support.product import until

HARDWARE = "02-00-5E-10-00-20"  # of the redirect that the demo prepares


@pytest.fixture
def values(demo):
    """What demo.env tells; nobody is logged in at the device of its redirect."""
    told = read_environment(demo.environment)
    demo.forget_login(told["PORTAL_MAC"])
    return told


@pytest.fixture
def page(chromium):
    """A page of a small phone that runs no script."""
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640}, locale="zh-CN")
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def log_in(page, values):
    """Fill in the form of my account."""
    page.goto(values["PORTAL_URL"] + "/account")
    page.fill("#f-login", values["PERSON"])
    page.fill("#f-password", values["PERSON_PASSWORD"])
    page.click("main button")


def captive_login(page, values):
    """Come in by the portal; the switch obeys."""
    page.goto(values["PORTAL_URL"] + values["PORTAL_REDIRECT"])
    page.fill("#login", values["PERSON"])
    page.fill("#password", values["PERSON_PASSWORD"])
    page.click("button")
    page.wait_for_selector("text=已接入网络", timeout=20_000)


def test_a_device_is_named_and_lost_and_found(values, page):
    """Captive login → my devices → a name → lost: the switch hears of it and puts the port back; then taken back."""
    with ObedientSwitch(values).obeying() as switch:
        switch.ask()
        captive_login(page, values)
        inside = switch.vlans[-1]
        log_in(page, values)
        page.wait_for_selector("h1:has-text('张伟')")
        page.click("nav >> text=设备")
        page.click(f"a:has-text('{HARDWARE.replace('-', ':').lower()}')")
        page.fill("#f-name", "我的手机")
        page.click("text=保存名称")
        page.click("a:has-text('我的手机')")
        page.click("a:has-text('挂失')")
        page.wait_for_selector("text=任何地方被拒绝")
        page.click("button:has-text('挂失')")
        page.wait_for_selector("text=接入设备已经断开", timeout=20_000)
        until(lambda: switch.vlans[-1] != inside, 5)
        page.click("text=我的设备")
        page.click("a:has-text('我的手机')")
        page.click("button:has-text('取消挂失')")
        page.click("a:has-text('移除')")
        page.click("button:has-text('移除')")
        page.wait_for_selector("h1:has-text('设备已移除')")


def test_a_second_factor_comes_and_goes(values, page):
    """Enrolled by its secret, asked for at the next login, removed by a recovery code; no address has it."""
    log_in(page, values)
    page.click("nav >> text=第二因素")
    page.click("a.primary")
    page.wait_for_selector(".qr img")
    secret = "".join(page.locator(".secret span").all_inner_texts())
    assert secret not in page.url
    page.fill("#f-code", pyotp.TOTP(secret).now())
    page.click("button:has-text('完成登记')")
    page.wait_for_selector(".codes")
    codes = re.findall("[a-z0-9]{5}-[a-z0-9]{5}", page.locator(".codes").inner_text())
    assert len(codes) == 10
    page.click("summary")
    page.click("button:has-text('退出')")
    page.wait_for_selector("h1:has-text('登录我的账号')")
    log_in(page, values)
    page.fill("#f-code", codes[0])
    page.click("main button")
    page.click("nav >> text=第二因素")
    page.click("a:has-text('移除')")
    page.fill("#f-present", codes[1])
    page.click("button:has-text('移除')")
    page.wait_for_selector("text=您还没有登记第二因素")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing(values, chromium, language):
    """Each page of my account that links lead to, on a phone and on a desk."""
    context = chromium.new_context()
    page = context.new_page()
    start = values["PORTAL_URL"] + "/account"
    log_in(page, values)
    page.wait_for_selector("nav.rooms")
    page.goto(f"{start}?lang={language}")
    found, pages = [], 0
    for opened in crawl(page, start, start):
        pages += 1
        found.extend((opened.url, *each) for each in findings(opened))
    context.close()
    assert found == []
    assert pages >= 7
