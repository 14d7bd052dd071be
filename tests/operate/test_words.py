"""Texts in two languages."""

import ast
import string
from pathlib import Path

import pytest

from operate.words import Language, language_of, plain, speak, t

PACKAGE = Path(__file__).resolve().parents[2] / "operate"
FILES = sorted(PACKAGE.rglob("*.py"))


def _texts(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
            yield node


def _names(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_both_languages_say_the_same(path):
    """Every text has both halves, naming the same values; the English half holds no Chinese."""
    for node in _texts(path):
        halves = [ast.literal_eval(half) for half in node.args]
        assert len(halves) == 2, ast.unparse(node)
        chinese, english = halves
        assert chinese.strip(), english
        assert english.strip(), chinese
        assert not any("\u4e00" <= character <= "\u9fff" for character in english), english
        assert "%" in english or _names(chinese) == _names(english), english


def test_a_text_is_said_in_the_language_in_use():
    """The language is chosen once and holds for every text."""
    text = t("停用 {name}", "suspend {name}").fill(name=t("他", "him"))

    assert str(text) == "suspend him"
    speak(Language.CHINESE)
    assert str(text) == "停用 他"
    assert str(text.joined(plain("x"))) == "停用 他x"
    speak(Language.ENGLISH)


@pytest.mark.parametrize(
    ("environment", "arguments", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, (), Language.CHINESE),
        ({"LANG": "zh_TW"}, (), Language.CHINESE),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, (), Language.ENGLISH),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ZH_CN"}, (), Language.CHINESE),
        ({}, (), Language.ENGLISH),
        ({"LANG": "zh_CN"}, ("person", "--lang", "en"), Language.ENGLISH),
        ({}, ("--lang=zh", "person"), Language.CHINESE),
        ({}, ("--lang", "fr"), Language.ENGLISH),
        ({}, ("--lang",), Language.ENGLISH),
        ({}, ("--", "--lang", "zh"), Language.ENGLISH),
    ],
)
def test_the_language_follows_option_and_locale(environment, arguments, expected):
    """--lang wins, then LC_ALL, LC_MESSAGES, LANG (POSIX.1-2017, 8.2)."""
    assert language_of(environment, arguments) is expected
