"""A new colleague."""

from portal.console.roles import Role
from tests.support.doors import acts_about, person_of

FORM = {"name": "赵一曼", "unit": "市财政局 (finance)", "category": "contract", "session_limit": ""}


def test_a_person_is_added_as_a_draft(knowledge, clerk):
    """The login is made of the pinyin where none was typed; days are the city's."""
    one = clerk(Role.SYSTEM)
    answer = one.post("/people/new", {**FORM, "valid_until": "2030-12-31", "zones": ["public", "dedicated"]})
    row = person_of(knowledge, "zhaoyiman")
    assert answer.headers["location"] == f"/people/{row.subject}"
    assert (row.name, row.unit, row.category, row.state) == ("赵一曼", "finance", "contract", "draft")
    assert (row.zones, row.valid_until) == ("dedicated,public", 1924963200.0)
    assert acts_about(knowledge, row.subject) == ["person.add"]


def test_whoever_was_verified_begins_at_once(knowledge, clerk):
    """The same form says how well."""
    clerk(Role.SYSTEM).post("/people/new", {**FORM, "login": "zym", "assurance": "3"})
    row = person_of(knowledge, "zym")
    assert (row.state, row.assurance) == ("active", 3)


def test_a_login_is_suggested_that_is_free(clerk):
    """As the name is typed."""
    assert "zhangwei2" in clerk(Role.SYSTEM).get("/people/new/login?name=张伟").text


def test_an_error_stands_beside_its_field_and_nothing_is_lost(clerk):
    """What was typed comes back; nothing is written."""
    one = clerk(Role.SYSTEM)
    for wrong, words in (
        ({"login": "zhangwei"}, "该登录名已被使用"), ({"name": ""}, "此项不能为空"), ({"mail": "x"}, "邮件地址"),
        ({"unit": "nowhere"}, "没有此单位"), ({"valid_until": "x"}, "格式不正确"), ({"zones": "x"}, "没有此区域"),
        ({"valid_from": "2030-01-02", "valid_until": "2030-01-01"}, "有效期"), ({"assurance": "9"}, "格式不正确"),
        ({"session_limit": "-1"}, "格式不正确"), ({"category": "king"}, "允许的范围"),
        ({"name": "·", "login": "x"}, "姓名或名称"),
    ):  # fmt: skip
        answer = one.post("/people/new", {**FORM, "title": "主任科员", **wrong})
        assert answer.status_code == 400, wrong
        assert words in answer.text, wrong
        assert "主任科员" in answer.text
    assert "zhaoyiman" not in one.get("/people").text


def test_a_units_administrator_adds_to_the_own_units_only(knowledge, clerk):
    """Another unit is as if there were none; the form begins with the own one."""
    one = clerk(Role.UNIT, "court")
    assert "市人民法院 (court)" in one.get("/people/new").text
    assert one.get("/people/new?unit=finance").status_code == 404
    answer = one.post("/people/new", FORM)
    assert answer.status_code == 400
    assert "没有此单位" in answer.text
    assert one.post("/people/new", {**FORM, "unit": "court"}).status_code == 303
    assert person_of(knowledge, "zhaoyiman").unit == "court"
