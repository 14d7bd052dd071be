"""One statement for many rows.

On SQLite every row of an `executemany` gives the interpreter lock away and takes it back, and between two rows the
event loop has its turn: measured, a login cost 20 µs more. So the rows of a statement stand in one VALUES, in a few
fixed lengths that are found prepared. PostgreSQL's driver sends an `executemany` as one pipeline, which costs no more.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from sqlalchemy import Connection

_LENGTHS = (256, 32, 4, 1)  # rows of one statement; 256 rows of 23 columns stay far below SQLite's 32,766 values


class ManyRows:
    """A statement that takes rows of `columns` values each. `{rows}` in `text` stands for all of them."""

    __slots__ = ("_each", "_marks", "_text", "_texts")

    def __init__(self, dialect: str, columns: int, *, many: str, each: str) -> None:
        """Take the statement for SQLite (`many`, with `{rows}`) and the one for a single row on PostgreSQL."""
        self._each = each if dialect == "postgresql" else None
        self._marks = f"({', '.join('?' * columns)})"
        self._text = many
        self._texts: dict[int, str] = {}

    def write(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> int:
        """Execute it for all rows, in order; return how many rows of the table were touched."""
        if not rows:
            return 0
        if self._each is not None:
            return connection.exec_driver_sql(self._each, [tuple(row) for row in rows]).rowcount
        touched = 0
        for start, length in _cut(len(rows)):
            values = tuple(chain.from_iterable(rows[start : start + length]))
            touched += connection.exec_driver_sql(self._statement(length), values).rowcount
        return touched

    def _statement(self, length: int) -> str:
        text = self._texts.get(length)
        if text is None:
            rows = ", ".join([self._marks] * length)
            text = self._texts[length] = self._text.replace("{rows}", rows)
        return text


def _cut(count: int) -> Iterator[tuple[int, int]]:
    start = 0
    for length in _LENGTHS:
        while count - start >= length:
            yield start, length
            start += length
