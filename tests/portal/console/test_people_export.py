"""People as a list for a spreadsheet."""

from directory import documents, people
from directory.identity_numbers import Kind
from portal.console.roles import Role
from tests.support.doors import acts_about

NUMBER = "11010519491231002X"  # the example of GB 11643-1999


def test_a_list_is_ones_own_masked_defused_and_on_record(knowledge, clerk):
    """Nobody of others; no number in clear; nothing that a spreadsheet would work out."""
    with knowledge.store.write() as unit:
        subject = people.by_login(unit.session, "liting").subject
        people.change(unit, "t", subject, mail="=cmd@x.cn")
        documents.record(unit, knowledge.sealer, "t", subject, Kind.RESIDENT, NUMBER)
    answer = clerk(Role.UNIT, "court").get("/people/export")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "liting" in answer.text
    assert "zhangwei" not in answer.text
    assert NUMBER not in answer.text
    assert "'=cmd@x.cn" in answer.text
    assert acts_about(knowledge, "all") == ["people.export"]


def test_a_unit_is_exported_with_those_below_it(clerk):
    """A foreign one is as if there were none."""
    text = clerk(Role.SYSTEM).get("/people/export?unit=finance&lang=en").text
    assert "zhangwei" in text
    assert "liting" not in text
    assert text.lstrip("\ufeff").startswith("login,")
    one = clerk(Role.UNIT, "court")
    assert one.get("/people/export?unit=finance").status_code == one.get("/people/export?unit=x").status_code == 404
    assert clerk(Role.SECURITY).get("/people/export").status_code == 403
