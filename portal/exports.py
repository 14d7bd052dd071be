"""Rows for other programs: CSV that a spreadsheet opens as text, and JSON lines. Streamed; nothing is held whole.

A cell that begins like a formula is text (directory.exports.defused): whoever chose a name such as =cmd|… must not run
anything on the auditor's machine (CWE-1236). The mark at the begin makes spreadsheets read UTF-8.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from directory.exports import defused

BOM = "\ufeff"


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield a CSV file (RFC 4180) in UTF-8, a line at a time."""
    yield (BOM + _line(headings)).encode()
    for row in rows:
        yield _line(["" if cell is None else defused(str(cell)) for cell in row]).encode("utf-8", "replace")


def _line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield one JSON object a line, in UTF-8."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
