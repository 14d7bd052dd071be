"""Takes the pictures of the README from a demo of its own: `.venv/bin/python docs/pictures.py`. Needs chromium."""

# ruff: noqa: INP001 - a script of the tree, no package

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TREE))

from playwright.sync_api import Browser, sync_playwright  # noqa: E402 - the tree comes first

from operate.asking import ask, read_environment  # noqa: E402 - likewise
from tests.support.browser import FLAGS  # noqa: E402 - likewise
from tests.support.console_browser import Administrator  # noqa: E402 - likewise
from tests.support.obedient_switch import ObedientSwitch  # noqa: E402 - likewise

PICTURES = TREE / "docs" / "pictures"
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 700}


def traffic(values: dict[str, str]) -> None:
    """Let people log in, well and badly, so that there is something to see."""
    for number in range(24):
        ask(values, values["PERSON"], values["PERSON_PASSWORD"] if number % 6 else "wrong")
        if number % 4 == 0:
            ask(values, values["SUSPENDED"], values["SUSPENDED_PASSWORD"])
            ask(values, values["TOTP_PERSON"], values["TOTP_PASSWORD"])
            ObedientSwitch(values, f"02-00-5E-10-01-{number:02X}").ask()


def door(browser: Browser, values: dict[str, str]) -> None:
    """Take the login page on a phone."""
    page = browser.new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(values["PORTAL_URL"] + values["PORTAL_REDIRECT"])
    page.screenshot(path=PICTURES / "login.png")
    page.close()


def console(browser: Browser, demo_command: list[str], values: dict[str, str]) -> None:
    """Take Today, a why, and a network device."""
    told = subprocess.run([*demo_command, "administrator", "invite", "--json"], capture_output=True, check=True)
    link = json.loads(told.stdout)["url"]
    administrator = Administrator(browser, values["CONSOLE_URL"], link, "chenzhiyuan", viewport=DESK)
    page = administrator.page()
    for path, name in (("/", "today"), ("/devices/1", "device")):
        page.goto(administrator.console + path)
        page.screenshot(path=PICTURES / f"{name}.png")
    page.goto(administrator.console + f"/logins?q={values['TOTP_PERSON']}")
    page.click("main table a[href*='/logins/']")
    page.screenshot(path=PICTURES / "why.png")


def main() -> None:
    """Start a demo, take the pictures, stop it."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as var:
        Path(var).chmod(0o755)
        environment = {**os.environ, "TRUENAME_VAR": var}
        demo = subprocess.Popen([str(TREE / "truename"), "demo"], env=environment, stdout=subprocess.DEVNULL)
        try:
            told = Path(var) / "demo.env"
            while not told.exists():
                time.sleep(0.2)
            values = read_environment(told)
            traffic(values)
            time.sleep(2)
            settings = str(Path(var) / "demo" / "truename.toml")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
                door(browser, values)
                console(browser, [str(TREE / "truename"), "--settings", settings], values)
                browser.close()
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(30)


if __name__ == "__main__":
    main()
