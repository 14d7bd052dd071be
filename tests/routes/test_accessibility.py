"""Every page, in both languages, on a phone and on a desk: axe-core finds nothing."""

from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from operate.asking import read_environment
from tests.support.obedient_switch import ObedientSwitch

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
WIDTHS = (320, 1280)
MOST_PAGES = 60  # of one role; more of the same kind teach nothing
# The second part of an address names one of many, unless it is the name of a page.
_NAMED = frozenset({
    "new", "import", "export", "inbox", "invite", "integrity", "who-had", "rehearsal", "ending", "suggested", "bulk",
    "password", "recovery",
})  # fmt: skip


def test_axe_is_the_one_that_was_looked_at():
    """Its sum stands beside it."""
    assert sha256(AXE.read_bytes()).hexdigest() in (AXE.parent / "README.md").read_text("utf-8")


def findings(page):
    """What axe finds on the page as it stands, at both widths."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(AXE.read_text("utf-8"))
        for one in page.evaluate("async () => (await axe.run()).violations"):
            found.extend((width, one["id"], node["html"][:160]) for node in one["nodes"][:3])
        wide = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
        if wide and width == 320:
            found.append((width, "scrolls sideways", page.url))
    return found


def kind(address):
    """What kind of page an address is: which one of many does not matter, nor does the query."""
    path = urlsplit(address).path.strip("/")
    first, _, rest = path.removeprefix("account/").partition("/")
    second, _, third = rest.partition("/")
    return "/".join((first, second if second in _NAMED or not second else "*", third))


def crawl(page, start, home):
    """Yield each kind of page that links lead to from `start`, opened."""
    waiting, seen, opened = [start], {kind(start)}, 0
    while waiting and opened < MOST_PAGES:
        address = waiting.pop(0)
        opened += 1
        answer = page.goto(address)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.status < 500, address
        yield page
        for link in page.evaluate("() => [...document.querySelectorAll('a[href]:not([download])')].map(a => a.href)"):
            if link.startswith(home) and kind(link) not in seen and "export" not in link and "#" not in link:
                seen.add(kind(link))
                waiting.append(link)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", ["system", "security", "audit"])
def test_console(administrators, role, language):
    """Each page that a role can reach by links."""
    one = administrators[role]
    page = one.page()
    one.context.add_cookies([{"name": "lang", "value": language, "url": one.console}])
    found, pages = [], 0
    for opened in crawl(page, one.console + "/", one.console):
        pages += 1
        found.extend((opened.url, *each) for each in findings(opened))
    page.close()
    assert found == []
    assert pages >= 8


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_probe_of_a_device(administrators, language):
    """While it waits, with what it found out, and where the device's page tells of it."""
    one = administrators["system"]
    page = one.page()
    one.context.add_cookies([{"name": "lang", "value": language, "url": one.console}])
    page.goto(one.console + "/devices/1/listen")
    page.click("form[action='/devices/1/probe'] button")
    found = findings(page)
    page.wait_for_selector("form[action='/devices/1/probe'] button", timeout=30_000)
    found += findings(page)
    page.goto(one.console + "/devices/1")
    found += findings(page)
    page.close()
    assert found == []


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_door(demo, chromium, query):
    """The captive pages on the way of a login, and the status page."""
    values = read_environment(demo.environment)
    context = chromium.new_context()
    page = context.new_page()
    found = []

    def look():
        found.extend((page.url, *each) for each in findings(page))

    switch = ObedientSwitch(values, "02-00-5E-10-00-20")
    switch.ask()
    page.goto(values["PORTAL_URL"] + values["PORTAL_REDIRECT"].rstrip("?") + query)
    look()
    page.fill("#login", "nobody")
    page.fill("#password", "wrong")
    page.click("button")
    look()
    page.fill("#login", values["PERSON"])
    page.fill("#password", values["PERSON_PASSWORD"])
    page.click("button")
    look()
    for path in ("/s", "/in/forged", "/account/login"):
        page.goto(values["PORTAL_URL"] + path + query)
        look()
    context.close()
    assert found == []
