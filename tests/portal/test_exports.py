"""Rows for other programs."""

import csv
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from directory.exports import defused
from portal.exports import csv_lines, json_lines

CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=5))
def test_csv_is_read_again_as_it_was(rows):
    """With a mark for spreadsheets; no cell begins like a formula, and nothing else is changed."""
    octets = b"".join(csv_lines(["甲", "乙"], rows))
    assert octets.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")))
    assert read[0] == ["甲", "乙"]
    assert read[1:] == [[defused(cell) for cell in row] for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in read[1:] for cell in row)


def test_each_line_is_one_object():
    """In the order in which they came."""
    lines = list(json_lines([{"名": "张伟"}, {"n": None}]))
    assert [json.loads(line) for line in lines] == [{"名": "张伟"}, {"n": None}]
    assert all(line.count(b"\n") == 1 for line in lines)
