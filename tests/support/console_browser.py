"""Administrators of the running demo, each in a browser of their own, come in by the link as people do."""

import itertools
import json
import re
import time

import pyotp
import pytest

PASSWORD = "Correct-Horse-77"
ROLES = ("system", "security", "audit")
_count = itertools.count(1)


class Administrator:
    """One of them: the second factor as their telephone has it, and a context in which they are logged in."""

    def __init__(self, browser, console: str, link: str, login: str, **options) -> None:
        self.console, self.login = console, login
        self.context = browser.new_context(**options)
        page = self.context.new_page()
        page.goto(link)
        self.secret = page.locator(".secret").inner_text()
        if page.locator("#f-login").count():
            page.fill("#f-login", login)
            page.fill("#f-name", f"管理员{login}")
        page.fill("#f-password", PASSWORD)
        page.fill("#f-again", PASSWORD)
        self.used = pyotp.TOTP(self.secret).now()
        page.fill("#f-code", self.used)
        page.click("button.primary")
        self.recovery = re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", page.content())
        page.goto(f"{console}/login")
        self.log_in(page, self.recovery[0])
        page.wait_for_load_state()  # Chromium may never answer when a page is closed while it is still being loaded
        page.close()

    def log_in(self, page, code: str | None = None) -> None:
        """Fill in the login form; the code is the telephone's where none is given."""
        page.fill("#f-login", self.login)
        page.fill("#f-password", PASSWORD)
        page.fill("#f-code", code or self.code())
        page.click("button.primary")

    def code(self) -> str:
        """Return a code that was not used yet; waits for it."""
        totp = pyotp.TOTP(self.secret)
        while totp.now() == self.used:
            time.sleep(0.5)
        self.used = totp.now()
        return self.used

    def page(self):
        """Open a page of this administrator."""
        return self.context.new_page()


@pytest.fixture(scope="module")
def administrators(demo, chromium):
    """One of each role of the city, in the running demo, new for each module that asks."""
    values = dict(
        line.split("=", 1) for line in demo.environment.read_text("utf-8").splitlines() if line.startswith("CONSOLE")
    )
    console = values["CONSOLE_URL"].strip("'")
    made = {}
    for role in ROLES:
        told = demo.command("administrator", "invite", "--role", role, "--json")
        assert told.returncode == 0, told.stderr
        link = json.loads(told.stdout)["url"]
        made[role] = Administrator(
            chromium, console, link, f"admin-{role}-{next(_count)}", viewport={"width": 1280, "height": 800}
        )
    return made
