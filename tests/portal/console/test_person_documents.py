"""Identity documents: on record, masked; in clear for a reason."""

import pytest

from portal.console.roles import Role
from portal.tables import AdministratorRow
from tests.support.doors import acts_about, person_of

NUMBER = "11010519491231002X"  # the example of GB 11643-1999


@pytest.fixture
def zhang(knowledge):
    """Zhang Wei of the finance department."""
    return person_of(knowledge, "zhangwei").subject


def test_a_number_is_recorded_and_shown_masked(clerk, zhang):
    """Neither the page nor the person's page has it in clear."""
    one = clerk(Role.UNIT, "finance")
    answer = one.post(f"/people/{zhang}/documents", {"kind": "resident", "number": NUMBER})
    assert answer.status_code == 303
    for page in (one.get(f"/people/{zhang}/documents").text, one.get(f"/people/{zhang}").text):
        assert NUMBER not in page
        assert "********" in page


def test_a_wrong_number_is_refused_and_not_shown_again(clerk, zhang):
    """It may be somebody's."""
    one = clerk(Role.SYSTEM)
    wrong = NUMBER[:-1] + "1"
    for kind, words in (("resident", "校验位"), ("x", "允许的范围")):
        answer = one.post(f"/people/{zhang}/documents", {"kind": kind, "number": wrong})
        assert answer.status_code == 400
        assert words in answer.text
        assert wrong not in answer.text
    assert one.post(f"/people/{zhang}/documents", {"kind": "resident", "number": ""}).status_code == 400


def test_a_document_is_taken_off_the_record(knowledge, clerk, zhang):
    """For good."""
    one = clerk(Role.SYSTEM)
    one.post(f"/people/{zhang}/documents", {"kind": "resident", "number": NUMBER})
    assert one.post(f"/people/{zhang}/documents/remove", {"kind": "resident"}).status_code == 303
    assert acts_about(knowledge, zhang)[-1] == "document.remove"
    assert one.post(f"/people/{zhang}/documents/remove", {"kind": "resident"}).status_code == 404


def test_the_number_is_shown_for_a_reason_that_is_recorded(knowledge, clerk, zhang):
    """To the system administrator alone, in this answer alone."""
    one = clerk(Role.SYSTEM)
    one.post(f"/people/{zhang}/documents", {"kind": "resident", "number": NUMBER})
    assert NUMBER not in one.get(f"/people/{zhang}/reveal").text
    assert one.post(f"/people/{zhang}/reveal", {"reason": " "}).status_code == 400
    answer = one.post(f"/people/{zhang}/reveal", {"reason": "核对社保"})
    assert NUMBER in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert acts_about(knowledge, zhang)[-1] == "document.reveal"
    assert clerk(Role.UNIT, "finance").post(f"/people/{zhang}/reveal", {"reason": "好奇"}).status_code == 403


@pytest.mark.parametrize("path", ["documents", "documents/remove"])
def test_nothing_of_others_and_nothing_of_oneself(knowledge, clerk, zhang, path):
    """A foreign person is nobody; the own record is for another administrator."""
    form = {"kind": "resident", "number": NUMBER}
    assert clerk(Role.UNIT, "court").post(f"/people/{zhang}/{path}", form).status_code == 404
    one = clerk(Role.SYSTEM)
    with knowledge.store.write() as unit:
        unit.session.get_one(AdministratorRow, one.number).person = zhang
    assert one.post(f"/people/{zhang}/{path}", form).status_code == 403
    assert not any(act.startswith("document") for act in acts_about(knowledge, zhang))
