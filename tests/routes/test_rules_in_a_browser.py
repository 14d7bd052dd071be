"""The order of rules, put together by mouse and by keyboard; nothing is saved before it is rehearsed."""

from urllib.parse import parse_qs, urlsplit

import pytest

UNSAVED = "次序还没有保存"


@pytest.fixture
def page(administrators):
    """The rules of the demo's town, before a security administrator."""
    one = administrators["security"]
    opened = one.page()
    one.context.add_cookies([{"name": "lang", "value": "zh", "url": one.console}])
    opened.goto(one.console + "/rules")
    yield opened
    opened.close()


def order(page):
    """The numbers of the rules, in the order that the address names."""
    return parse_qs(urlsplit(page.url).query)["order"]


def test_a_rule_is_dragged(page):
    """The page shows the order as it would be, and says that it is not saved; after a reload of the list it is gone."""
    rows = page.locator("tbody[data-sorts] tr")
    before = rows.all_inner_texts()
    assert UNSAVED not in page.content()
    rows.nth(0).drag_to(rows.nth(2), target_position={"x": 40, "y": rows.nth(2).bounding_box()["height"] - 2})
    page.wait_for_url("**/rules?*order=*")
    assert order(page)[:3] == ["2", "3", "1"]
    assert UNSAVED in page.content()
    page.goto(page.url.partition("?")[0])
    assert rows.all_inner_texts() == before
    assert UNSAVED not in page.content()


def test_a_rule_is_moved_by_keyboard(page):
    """The arrows are buttons: the focus and Enter are enough."""
    page.locator("tbody[data-sorts] tr").nth(1).locator("[name=up]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/rules?*up=*")
    assert UNSAVED in page.content()
    first = page.locator("tbody[data-sorts] tr").nth(0).locator("[name=down]")
    assert first.get_attribute("value") == "2"
