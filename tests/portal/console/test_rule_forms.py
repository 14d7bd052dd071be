"""The form of a rule."""

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from access.rules import load_rules
from directory.registry import PersonRow
from portal.console.roles import Role


def values_of(page):
    """Return the fields of a form as a browser would send them, without the buttons."""
    form = page.partition('action="/rules/rehearsal"')[2].partition("</form>")[0]
    told = [
        (re.search(r'name="(\w+)"', tag)[1], re.search(r'value="([^"]*)"', tag)[1])
        for tag in re.findall(r"<input[^>]*>", form)
        if 'type="checkbox"' not in tag or " checked" in tag
    ]
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        told += [(name, value) for value in chosen or re.findall(r'<option value="([^"]*)"', options)[:1]]
    return told


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("result", "nowhere"), ("unit", "nowhere"), ("category", "nobody"), ("hours", "sometimes"),
        ("person", "nobody-at-all"), ("until", "2001-01-01T00:00"), ("until", "tomorrow"), ("right", "nowhere"),
    ],
)  # fmt: skip
def test_a_flaw_stands_beside_its_field(knowledge, clerk, field, value):
    """The form comes back with status 400 and with what was typed."""
    one = clerk(Role.SECURITY)
    told = {"act": "add", "name": "新规则", "result": "public", "ssid": "gov-x", field: value}
    page = one.client.get("/rules/rehearsal", params=told)
    assert page.status_code == 400
    assert f'id="d-{field}"' in page.text
    assert 'value="gov-x"' in page.text
    with knowledge.store.read() as session:
        assert len(load_rules(session)) == 3


def test_a_form_that_was_opened_and_sent_changes_nothing(knowledge, clerk):
    """Every condition is shown as it is and read back as it was shown."""
    from access import rules

    end = datetime(2099, 5, 1, 18, 30, tzinfo=knowledge.time_zone).timestamp()
    with knowledge.store.write() as unit:
        person = unit.session.scalars(select(PersonRow)).first()
        rules.change(
            unit, "test", 3, person=person.subject, category="staff,visitor", right="dedicated", unit="finance,court",
            device_group="access", site="北山", medium="wired,remote", ssid="a,b", method="pap,portal", strength=2,
            hours="mon-fri 08:00-18:00; sat 09:00-12:00", valid_until=end, approved_by="张三",
        )  # fmt: skip
        before = rules.load_rules(unit.session)[2]
    one = clerk(Role.SECURITY)
    told = values_of(one.get("/rules/3/edit").text)
    page = one.client.get("/rules/rehearsal", params=told)
    assert page.status_code == 200
    hidden = [
        (name, value)
        for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        if name not in {"form_key", "next"}
    ]
    fields = {}
    for name, value in hidden:
        fields.setdefault(name, []).append(value)
    assert one.post("/rules/save", fields).headers["location"] == "/rules/3"
    with knowledge.store.read() as session:
        after = load_rules(session)[2]
    assert after == before._replace(approved_by=f"管理员{one.login} ({one.login})")


def test_a_form_that_is_none_of_ours_is_refused(clerk):
    """Whatever stands in a link."""
    one = clerk(Role.SECURITY)
    for query, status in (
        ("act=steal", 400), ("act=change&number=x", 400), ("act=change&number=99", 404), ("act=order&order=x", 400),
        ("act=order&order=1", 400), ("act=remove&number=99999999999999", 404), ("", 400),
    ):  # fmt: skip
        assert one.get(f"/rules/rehearsal?{query}").status_code == status, query
    assert one.get("/rules/99/edit").status_code == 404
