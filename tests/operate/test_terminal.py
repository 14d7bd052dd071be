"""Text for a terminal."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operate.terminal import harmless, safe, sheet, table, width, wrapped


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_no_control_character_gets_through(text):
    """Whatever comes from outside, the result has no control, direction, line or unassigned character."""
    shown = harmless(text)

    assert all(
        unicodedata.category(one) not in {"Cc", "Cs", "Zl", "Zp", "Cn"}
        and (unicodedata.category(one) != "Cf" or one in "\u200c\u200d")
        for one in shown
    )
    assert harmless(shown) == shown


@pytest.mark.parametrize("name", ["张三", "阿依古丽·买买提", "㐂𠮷", "O'Brien", "Ünal", "नि"])
def test_names_stay_as_they_are(name):
    """What people are called is shown as it is written."""
    assert harmless(name) == name


@pytest.mark.parametrize(
    ("text", "cells"),
    [("abc", 3), ("张三", 4), ("𠮷", 2), ("·", 1), ("e\u0301", 1), ("ＡＢ", 4), ("ﾊﾝ", 2), ("a\u200db", 2)],
)
def test_width_is_what_a_terminal_gives(text, cells):
    """UAX #11: wide and full-width take two cells, combining marks none."""
    assert width(text) == cells


def test_a_table_is_aligned_whatever_the_script():
    """Columns stand under each other, measured in cells."""
    lines = table(["name", "n"], [["张三", 1], ["Bob", None], ["a\x1b[1mb", ""]]).splitlines()

    assert [width(line[: line.rindex(" ")]) for line in (lines[0], lines[2], lines[3])] == [8, 8, 8]
    assert "\x1b" not in "".join(lines)


def test_a_sheet_shows_one_pair_a_line():
    """An empty value is a dash."""
    assert sheet([("名称", "x\ny"), ("a", None)]) == "名称  x\\ny\na     -"
    assert safe("a\x07", "b") == "a\\x07\nb"


@given(st.text(alphabet="ab 张，。\n", max_size=80), st.integers(4, 30))
@settings(max_examples=200, deadline=None)
def test_wrapped_lines_keep_every_word(text, cells):
    """Nothing but space is lost, and no line is longer than told, but for a single word or hanging punctuation."""
    lines = wrapped(text, cells)

    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line.rstrip("，。 ")) <= cells or " " not in line.strip() for line in lines)
