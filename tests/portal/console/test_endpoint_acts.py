"""What is done to an endpoint."""

import pytest

from directory import endpoints, people
from portal.console.roles import Role
from tests.support.doors import acts_about, person_of
from tests.support.records import write_session

FORM = {"name": "二楼打印机", "hardware": "0200-0000-0009", "kind": "printer", "owner": "王芳 (wangfang)"}
ACTS = {
    "edit": {"name": "x", "kind": "camera", "unit": "court"},
    "until": {"valid_until": "2031-01-01"},
    "owner": {"owner": "liting"},
    "retire": {},
}


@pytest.fixture
def printer(knowledge):
    """A printer of the finance department."""
    with knowledge.store.write() as unit:
        owner = people.by_login(unit.session, "wangfang").subject
        return endpoints.add(unit, "t", hardware="02:00:00:00:00:09", name="打印机", kind="printer", owner=owner)


def endpoint(knowledge, hardware="02:00:00:00:00:09"):
    with knowledge.store.read() as session:
        return endpoints.by_hardware(session, hardware)


def test_an_endpoint_is_registered(knowledge, clerk):
    """In the unit of whoever answers for it, until the end of a day of the city."""
    one = clerk(Role.UNIT, "finance")
    assert "王芳 (wangfang)" in one.get("/endpoints/new?owner=wangfang").text
    answer = one.post("/endpoints/new", {**FORM, "valid_until": "2030-12-31", "zones": "public"})
    row = endpoint(knowledge)
    assert answer.headers["location"] == f"/endpoints/{row.subject}"
    assert (row.name, row.unit, row.valid_until, row.zones) == ("二楼打印机", "finance", 1924963200.0, "public")


@pytest.mark.usefixtures("printer")
def test_an_error_stands_beside_its_field(knowledge, clerk):
    """What was typed comes back."""
    one = clerk(Role.SYSTEM)
    form = {**FORM, "hardware": "02:00:00:00:00:10"}
    for wrong, words in (
        ({"hardware": "x"}, "MAC 地址"), ({"hardware": "02:00:00:00:00:09"}, "已登记"),
        ({"owner": "nobody"}, "没有此人"),
        ({"unit": "x"}, "没有此单位"), ({"valid_until": "1990-01-01"}, "有效期"), ({"name": ""}, "此项不能为空"),
        ({"zones": "x"}, "没有此区域"), ({"kind": "Fax Machine"}, "代码只能含"),
    ):  # fmt: skip
        answer = one.post("/endpoints/new", {**form, **wrong})
        assert answer.status_code == 400, wrong
        assert words in answer.text, wrong
    assert endpoint(knowledge, "02:00:00:00:00:10") is None


def test_a_units_administrator_registers_with_own_people_only(knowledge, clerk, printer):
    """Others' people, units and retired devices are as if they were not."""
    one = clerk(Role.UNIT, "court")
    assert one.get("/endpoints/new?owner=wangfang").status_code == 404
    form = {**FORM, "hardware": "02:00:00:00:00:10"}
    assert "没有此人" in one.post("/endpoints/new", form).text
    assert "没有此单位" in one.post("/endpoints/new", {**form, "owner": "liting", "unit": "finance"}).text
    with knowledge.store.write() as unit:
        endpoints.retire(unit, "t", printer)
    assert "已登记" in one.post("/endpoints/new", {**FORM, "owner": "liting"}).text
    assert endpoint(knowledge).state == "left"


def test_it_is_changed_prolonged_handed_over_and_retired(knowledge, clerk, printer):
    """Each on a page of its own; a retired one is changed no more."""
    one = clerk(Role.SYSTEM)
    write_session(knowledge.store, 1, subject=printer)
    for act, form in ACTS.items():
        assert one.get(f"/endpoints/{printer}/{act}").status_code == 200
        assert one.post(f"/endpoints/{printer}/{act}", form).headers["location"] == f"/endpoints/{printer}"
    row = endpoint(knowledge)
    assert (row.name, row.kind, row.unit, row.valid_until) == ("x", "camera", "court", 1925049600.0)
    assert (row.owner, row.state) == (person_of(knowledge, "liting").subject, "left")
    assert acts_about(knowledge, printer)[1:] == [
        "endpoint.change", "endpoint.extend", "endpoint.hand_over", "endpoint.retire",
    ]  # fmt: skip
    assert acts_about(knowledge, "1")[-1] == "session.disconnect"  # of its session, by the number of the order
    for act, form in ACTS.items():
        assert one.post(f"/endpoints/{printer}/{act}", form).status_code == 400, act


def test_a_refused_act_comes_back_on_its_page(clerk, printer):
    """With what was typed."""
    one = clerk(Role.SYSTEM)
    for act, form in (("until", {"valid_until": "x"}), ("owner", {"owner": "nobody"}), ("owner", {}),
                      ("edit", {"name": "", "kind": "printer", "unit": "court"})):  # fmt: skip
        assert one.post(f"/endpoints/{printer}/{act}", form).status_code == 400, act
    assert one.get(f"/endpoints/{printer}/explode").status_code == 404


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_done_to_those_of_others(knowledge, clerk, printer, act):
    """Page and post alike are as if there were none; nobody takes over for whom one does not see."""
    one, before = clerk(Role.UNIT, "court"), acts_about(knowledge, printer)
    assert one.get(f"/endpoints/{printer}/{act}").status_code == 404
    assert one.post(f"/endpoints/{printer}/{act}", ACTS[act]).status_code == 404
    own = clerk(Role.UNIT, "finance")
    assert "没有此人" in own.post(f"/endpoints/{printer}/owner", {"owner": "liting"}).text
    assert "没有此单位" in own.post(f"/endpoints/{printer}/edit", ACTS["edit"]).text
    assert acts_about(knowledge, printer) == before
