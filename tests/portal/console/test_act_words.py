"""The record in words."""

import ast
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.console.act_words import act_name, differences
from store.record import canonical

ZONE = ZoneInfo("Asia/Shanghai")
TREE = Path(__file__).resolve().parents[3]


def acts_in_the_code():
    """Every act that a module writes with a literal name."""
    found = set()
    for package in ("directory", "access", "portal", "operate"):
        for path in (TREE / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and re.search(r"^_?(act|trace|record)$", _called(node)):
                    literal = [each.value for each in node.args if isinstance(each, ast.Constant)]
                    found |= {each for each in literal if re.fullmatch(r"[a-z_]+\.[a-z_]+", str(each))}
    return sorted(found)


def _called(node):
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


@pytest.mark.parametrize("act", acts_in_the_code())
def test_every_act_has_words(act):
    """Whoever reads the record reads no code of ours."""
    assert act_name(act).chinese != act


def test_answers_of_devices_are_said():
    """An order and what came of it."""
    assert act_name("session.disconnect.ack").chinese == "会话：命令下线，设备已执行"
    assert act_name("person.suspend").english == "person suspended"
    assert act_name("somebody.danced") == ("somebody.danced", "somebody.danced")


def test_only_what_changed_is_shown():
    """With times in the city's zone, and None where there was nothing."""
    before = canonical({"name": "张伟", "zones": "dedicated", "valid_until": None})
    after = canonical({"name": "张伟", "zones": "", "valid_until": 0})
    told = [(one.field.english, one.before and one.before.chinese, one.after and one.after.chinese)
            for one in differences(before, after, ZONE)]  # fmt: skip
    assert told == [
        ("valid until", None, "1970-01-01 08:00:00 +08:00"),
        ("personal rights", "dedicated", None),
    ]


@given(st.text() | st.none(), st.text() | st.none())
def test_a_damaged_record_is_shown_all_the_same(before, after):
    """Whatever stands in the row, the page does not fail."""
    differences(before, after, ZONE)


@given(st.dictionaries(st.text(max_size=9), st.integers() | st.floats() | st.booleans() | st.lists(st.text())))
def test_any_value_can_be_shown(value):
    """Numbers that are no times among them."""
    try:
        text = canonical(value)
    except ValueError:
        return
    differences(None, text, ZONE)
