"""An operator watches who is online, ends a session, and sees what the device answered, without touching reload."""

import threading

import pytest
import uvicorn

from access import enforcement
from portal.console.app import make_console
from portal.console.roles import Role
from tests.support.directory_server import free_port


@pytest.fixture
def console(knowledge, clerk, chromium, monkeypatch):
    """A browser before the console of the small town, logged in as a system administrator."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    monkeypatch.setattr("tests.support.doors.CONSOLE", address)
    app = make_console(knowledge, origin=address, secure=False)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    context = chromium.new_context(base_url=address)
    context.add_cookies([{"name": "truename-console", "value": clerk(Role.SYSTEM).token, "url": address}])
    page = context.new_page()
    yield page
    context.close()
    server.should_exit = True
    thread.join(30)


def asked(page, act):
    """Return the requests of this page by itself while something is done."""
    seen = []

    def note(request):
        if request.headers.get("x-live"):
            seen.append(request.url)

    page.on("request", note)
    act()
    page.remove_listener("request", note)
    return seen


def test_the_list_lives_and_holds_still_while_something_is_ticked(network, console):
    """It asks again for what was searched, and waits while a row is chosen."""
    assert network
    console.goto("/online")
    console.fill("#f-q", "liting")
    console.wait_for_url("**q=liting**")
    assert console.locator("#rows tbody tr").count() == 1
    with console.expect_request(lambda request: "q=liting" in request.url and "x-live" in request.headers):
        pass
    console.check("#rows tbody input")
    assert console.is_visible(".paused")
    assert asked(console, lambda: console.wait_for_timeout(6500)) == []
    assert console.is_checked("#rows tbody input")


def test_a_session_is_ended_and_the_answer_appears(network, console, knowledge):
    """The page of the order changes by itself once the device answered, and then asks no more."""
    assert network
    console.goto("/online?q=liting")
    console.check("#rows tbody input")
    console.click("button.danger")
    assert "李婷" in console.inner_text("main")
    console.click("button.danger.primary")
    console.wait_for_selector("#state .notice.plain")
    with knowledge.store.write() as unit:
        enforcement.record_outcome(unit, 1, "ack", "session id: ack")
    console.wait_for_selector("#state .notice.good")
    assert asked(console, lambda: console.wait_for_timeout(2500)) == []


def test_everything_works_without_script(network, console, knowledge, chromium):
    """Forms and links do what script does better; the order's page loads itself anew."""
    assert network
    console.goto("/online")
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(console.context.cookies())
    page = context.new_page()
    page.goto(console.url)
    page.fill("#f-q", "liting")
    page.click("form.filters button")
    page.check("#rows tbody input")
    page.click("button.danger")
    page.click("button.danger.primary")
    page.wait_for_selector("#state .notice.plain")
    with knowledge.store.write() as unit:
        enforcement.record_outcome(unit, 1, "timeout", "session id: timeout")
    page.wait_for_selector("#state .notice.bad")
    context.close()
