"""A day of an administrator in Chromium, with script: a colleague, a switch, a why, a list, a leaver, and the audit."""

import re

from operate.asking import read_environment
from tests.support.console_browser import PASSWORD
from tests.support.product import until
from tests.support.switch import Switch

SOURCE = "127.0.0.77"
LIST = ("登录名,姓名,单位,人员类别\nmaliangyu,马良玉,office,staff\ngulinaer,古丽娜尔·艾合买提,court,contract\n").encode(
    "gb18030"
)


def opened(one, page, path):
    """Open a page; prove the password again where that is asked for."""
    page.goto(one.console + path)
    if "/prove" in page.url:
        page.fill("#f-password", PASSWORD)
        page.click("main button.primary")
    return page


def sent(page):
    """Send the page's form, with the own password where it asks for it."""
    password = page.locator("main form #f-password")
    if password.count():
        password.fill(PASSWORD)
    page.click("main form button.primary")


def add_person(one, page):
    """Add a colleague whose identity was verified; return the subject."""
    opened(one, page, "/people/new")
    page.fill("#f-name", "欧阳晓晨")
    page.wait_for_function("() => document.querySelector('#suggested-login').textContent.includes('ouyangxiaochen')")
    page.fill("#f-unit", "office")
    page.select_option("#f-assurance", "2")
    sent(page)
    page.wait_for_selector("h1:has-text('欧阳晓晨')")
    return re.search(r"/people/([^/?]+)", page.url).group(1)


def first_password(one, page, subject):
    """Make a one-time password and return it."""
    opened(one, page, f"/people/{subject}/password")
    page.click(f"form[action='/people/{subject}/password'] button")
    return page.locator(".secret").inner_text()


def connect_switch(one, page):
    """Register a switch and return its secret."""
    opened(one, page, "/devices/new")
    page.fill("#f-name", "day-switch")
    page.fill("#f-prefix", SOURCE)
    page.select_option("#f-vendor", "standard")
    page.fill("#f-group", "access")
    sent(page)
    if not page.locator("#secret").count():  # it names what this vendor cannot carry out, and asks once more
        page.check("input[name=anyway]")
        sent(page)
    assert page.locator("#commands").inner_text()
    return page.locator("#secret").inner_text()


def import_list(one, page):
    """Import a list in GB18030; return the figures of the dry run."""
    opened(one, page, "/people/import")
    page.set_input_files("#f-file", {"name": "名单.csv", "mimeType": "text/csv", "buffer": LIST})
    sent(page)
    page.wait_for_selector("dl.figures")
    return [int(text) for text in page.locator("dl.figures dd").all_inner_texts()]


def test_from_a_new_colleague_to_the_audit(demo, administrators):
    """Everything through pages and real packets; each step shows on the next page."""
    values = read_environment(demo.environment)
    system = administrators["system"]
    page = system.page()

    subject = add_person(system, page)
    password = first_password(system, page, subject)
    secret = connect_switch(system, page)
    switch = Switch(secret.encode())
    server = (values["RADIUS_HOST"], int(values["RADIUS_PORT"]))
    answer = until(lambda: switch.ask(switch.pap("ouyangxiaochen", password), server, source=SOURCE), 30)
    assert answer.code == 3

    until(lambda: "TN-105" in (opened(system, page, "/logins?q=ouyangxiaochen"), page.content())[1], 20)
    page.click("main table a[href*='/logins/']")
    assert "初始密码必须先修改" in page.content()

    added = import_list(system, page)
    assert sum(added) == 2
    page.select_option("#f-assurance", "1")
    sent(page)
    until(lambda: "古丽娜尔·艾合买提" in (opened(system, page, "/people?q=gulina"), page.content())[1], 20)
    import_list(system, page)
    assert "没有需要写入的" in page.content()

    opened(system, page, f"/people/{subject}/suspend")
    sent(page)
    until(lambda: "停用" in (opened(system, page, f"/people/{subject}"), page.content())[1], 20)
    page.close()

    audit = administrators["audit"]
    page = audit.page()
    opened(audit, page, f"/audit?subject={subject}")
    text = page.locator("main").inner_text()
    assert system.login in text
    assert "day-switch" not in text
    page.close()
