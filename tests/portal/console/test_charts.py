"""Charts: pictures of numbers, with their words."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.console.charts import NARROW, WIDE, Series, bar, nice, stacked

SVG = "{http://www.w3.org/2000/svg}"


def drawn(labels, *series, size=WIDE, title="标题", about="说明"):
    """Draw, and read the picture back as XML."""
    text = stacked(labels, series, title=title, about=about, size=size, name="n")
    return ET.fromstring(str(text).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))  # noqa: S314 - our own text


def test_a_picture_has_title_and_description():
    """Whoever hears it knows what it is (WAI-ARIA: img)."""
    picture = drawn(["08:00"], Series("公用", "s1", [3]))
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "n-t n-d"
    assert picture.find(f"{SVG}title").text == "标题"
    assert picture.find(f"{SVG}desc").text == "说明"
    assert picture.find(f"{SVG}g/{SVG}title").text == "08:00: 公用 3"


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=48))
def test_columns_stand_within_the_picture(values):
    """One rectangle for each number that is not zero, none outside, each as high as its number says."""
    picture = drawn([str(at) for at in range(len(values))], Series("a", "s1", [one for one, _ in values]),
                    Series("b", "s5", [two for _, two in values]), size=NARROW)  # fmt: skip
    columns = picture.findall(f".//{SVG}rect")
    assert len(columns) == sum((one > 0) + (two > 0) for one, two in values)
    for column in columns:
        top, tall = float(column.get("y")), float(column.get("height"))
        left, wide = float(column.get("x")), float(column.get("width"))
        assert top >= 0
        assert top + tall <= NARROW.height
        assert left >= 0
        assert left + wide <= NARROW.width


def test_words_are_escaped_and_nothing_is_styled_inside():
    """A zone's name is somebody's text; the policy refuses style attributes."""
    text = str(stacked(["<b>"], [Series('"><script>', "s1", [1])], title="<i>", about="&", size=WIDE, name="n"))
    assert "<script" not in text
    assert "<b>" not in text
    assert "style=" not in text
    assert "style=" not in str(bar(1, 2, "s5"))


def test_each_label_has_its_number():
    """A series that is too short is a fault of ours."""
    with pytest.raises(ValueError, match="each label"):
        drawn(["a", "b"], Series("x", "s1", [1]))


def test_lines_have_round_numbers():
    """One, two or five with zeros; a handful of them."""
    assert [nice(most) for most in (0, 1, 4, 5, 9, 21, 200_000)] == [1, 1, 1, 2, 5, 10, 50_000]


def test_a_bar_is_a_share():
    """Never more than the whole, and to be seen where it is not nothing."""
    widths = [
        float(re.search('width="([^"]*)"', str(bar(*one, "s5")))[1])
        for one in ((1, 2), (3, 2), (1, 10**9), (0, 2), (0, 0))
    ]
    assert widths == [50.0, 100.0, 0.5, 0.0, 0.0]
