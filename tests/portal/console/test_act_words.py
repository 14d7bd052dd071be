"""The record in words."""

import ast
import re
from pathlib import Path

import pytest

from portal.console.act_words import act_name

TREE = Path(__file__).resolve().parents[3]


def acts_in_the_code():
    """Every act that a module writes with a literal name."""
    found = set()
    for package in ("directory", "access", "portal", "operate"):
        for path in (TREE / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and _called(node) == "viewed" and isinstance(node.args[0], ast.Constant):
                    found.add(f"{node.args[0].value}.view")
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
