"""What an act changed reads like a sentence, in both languages."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from directory import people
from portal.console.differences import ACTS, FIELDS, act_named, differences
from portal.language import plain
from store.record import canonical
from tests.support.doors import person_of

CITY = ZoneInfo("Asia/Shanghai")


def of(act, before, after, **more):
    return {field.chinese: (was and was.chinese, becomes and becomes.chinese) for field, was, becomes in
            differences(act, canonical(before), canonical(after), CITY, **more)}  # fmt: skip


def test_only_what_changed_is_shown():
    """Equal fields are left out; a field that is not there and one that is empty are the same."""
    assert of("person.change", {"name": "张三", "mail": None}, {"name": "张三", "mail": "a@b.cn", "zones": ""}) == {
        "邮箱": (None, "a@b.cn")
    }


def test_codes_and_times_are_words():
    """State, category, kind by its noun, times with their zone, rights with spaces, yes and no."""
    assert of("person.suspend", {"state": "active"}, {"state": "suspended"}) == {"状态": ("有效", "已停用")}
    assert of("endpoint.retire", {"state": "active", "kind": "camera"}, {"state": "left", "kind": "printer"}) == {
        "状态": ("在用", "已注销"), "类型": ("摄像头", "打印机")
    }  # fmt: skip
    assert of("unit.add", None, {"kind": "town"}) == {"类型": (None, "镇")}
    assert of("person.change", {"valid_until": 0.0}, {"valid_until": None})["有效期至"] == (
        "1970-01-01 08:00:00 +08:00", None
    )  # fmt: skip
    assert of("person.rights", {"zones": "a,b"}, {"zones": ""}) == {"个人权限": ("a, b", None)}
    assert of("person.password", None, {"must_change": True}) == {"首次登录须修改": (None, "是")}
    seen = {"documents": [{"kind": "passport", "masked": "E1*****23"}], "reason": "核对"}
    assert of("document.reveal", None, seen)["查看的证件"] == (None, "E1*****23")


def test_units_and_people_have_names_where_they_are_known():
    """A code says less than a name."""
    moved = ({"unit": "court"}, {"unit": "finance"})
    assert of("person.move", *moved, names={"finance": "市财政局"}) == {"单位": ("court", "市财政局")}


def test_an_act_or_field_without_words_is_shown_as_it_is():
    """A record of later times is still readable."""
    assert act_named("thing.done") == plain("thing.done")
    assert of("thing.done", None, {"what": "x"}) == {"what": (None, "x")}
    assert of("thing.done", None, None) == {}


def test_every_act_of_a_person_and_every_field_has_words(knowledge):
    """What the registry records of people is named here."""
    with knowledge.store.read() as session:
        row = people.find(session, person_of(knowledge, "zhangwei").subject)
    assert set(people._shown_row(row)) <= set(FIELDS)
    assert {f"person.{act}" for act in people.Act} <= set(ACTS)


@given(st.text() | st.none(), st.text() | st.none())
def test_a_damaged_record_is_shown_all_the_same(before, after):
    """Whatever stands in the row, the page does not fail."""
    differences("x.y", before, after, CITY)


@given(st.dictionaries(st.text(max_size=9) | st.sampled_from(sorted(FIELDS)),
                       st.integers() | st.floats(allow_nan=False) | st.booleans() | st.lists(st.text())))  # fmt: skip
def test_any_value_can_be_shown(value):
    """Numbers that are no times among them."""
    try:
        text = canonical(value)
    except ValueError:
        return
    differences("x.y", None, text, CITY)
