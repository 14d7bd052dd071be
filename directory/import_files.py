"""Lists of people as files: CSV and XLSX become rows of text, or RegistryRefused.

CSV comes in UTF-8 (with or without a byte order mark), in UTF-16 as spreadsheets save "Unicode text", or in GB18030;
the delimiter is a comma, a semicolon or a tab. XLSX is read without working anything out: a formula stays a formula.
Both are bounded before they are believed: a small archive can hold a very large table.
"""

import codecs
import contextlib
import csv
import io
import re
import threading
import warnings
import zipfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, NoReturn
from xml.parsers import expat

from directory.refusal import Flaw, RegistryRefused

MOST_OCTETS = 32 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 100
LONGEST_CELL = 1_000  # characters

_MOST_UNPACKED = 64 * 1024 * 1024  # octets of all parts of a spreadsheet
_MOST_PARTS = 1_000
_MOST_ELEMENTS = 3_000_000  # of one part; each takes some sixty octets of memory
_MOST_IN_ROW = 10 * MOST_COLUMNS  # elements of one row: cell, value, formula, text
_PIECE = 64 * 1024
_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number (IEEE 754 double)
_LAST_ROW = 1_048_576  # of a spreadsheet; empty rows count
_WIDEST = 1_024  # columns that are looked at for whether they are empty
_DEFUSED = re.compile("'[=+@-]")  # as our own lists, and others, keep a spreadsheet from working a text out

_NAMES = (".csv", ".txt", ".tsv")
_ARCHIVE, _OLD_OFFICE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# GB18030 of 2005 and 2022 gave these eight parts of characters real code points; the codec still has private ones.
_NOT_PRIVATE = dict(
    zip((0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864), range(0x9FB4, 0x9FBC), strict=True)
)
_ALONE = threading.Lock()  # warnings can only be silenced for the whole process; and two large tables are enough memory


class Row(NamedTuple):
    """A row of a list: its number as a spreadsheet shows it, and its cells without surrounding space."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list of people: headings, and rows of text. The repr shows no cell."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...] = field(repr=False)
    # Cells that must not be taken for what they show, by row number and column (from 0).
    flawed: Mapping[tuple[int, int], Flaw] = field(default_factory=dict, repr=False)


class _Cell(NamedTuple):
    text: str
    flaw: Flaw | None = None


def read_file(name: str, octets: bytes) -> Sheet:
    """Read a file that is called `name`. Raises RegistryRefused, whose field says the row where there is one."""
    if len(octets) > MOST_OCTETS:
        _refuse(Flaw.FILE_TOO_LARGE)
    if octets.startswith(_ARCHIVE):
        with _ALONE, contextlib.closing(_rows_of_spreadsheet(octets)) as rows:
            return _sheet(rows)
    if octets.startswith(_OLD_OFFICE) or not name.casefold().endswith(_NAMES):
        _refuse(Flaw.FILE_KIND)
    return _sheet(_rows_of_text(_decoded(octets)))


def _refuse(flaw: Flaw, row: int | None = None) -> NoReturn:
    raise RegistryRefused(flaw, "file" if row is None else f"row {row}") from None


def _sheet(lines: Iterable[list[_Cell]]) -> Sheet:
    """Find the headings and gather the rows below them; empty rows are left out."""
    headings: tuple[str, ...] = ()
    rows: list[Row] = []
    flawed: dict[tuple[int, int], Flaw] = {}
    for number, cells in enumerate(lines, 1):
        filled = sum(1 for cell in cells if cell.text)
        if (filled and len(rows) == MOST_ROWS) or number > _LAST_ROW:
            _refuse(Flaw.FILE_TOO_LARGE, number)
        if not headings:
            if filled > 1:  # the title of a list, above its headings, fills one cell
                headings = tuple(cell.text for cell in cells)
        elif filled:
            rows.append(Row(number, tuple(cell.text for cell in cells)))
            flawed.update({(number, at): cell.flaw for at, cell in enumerate(cells) if cell.flaw is not None})
    if not rows:
        _refuse(Flaw.FILE_EMPTY)
    return Sheet(headings, tuple(rows), flawed)


def _bounded(text: str, number: int) -> str:
    kept = text.strip()
    if len(kept) > LONGEST_CELL:
        _refuse(Flaw.FILE_TOO_LARGE, number)
    return kept[1:] if _DEFUSED.match(kept) else kept


# --- CSV ----------------------------------------------------------------------------------------------------------


def _decoded(octets: bytes) -> str:
    for mark, encoding in _MARKS:
        if octets.startswith(mark):
            return _decode(octets[len(mark) :], encoding)
    try:
        return _decode(octets, "utf-8")
    except RegistryRefused:
        return _decode(octets, "gb18030").translate(_NOT_PRIVATE)


def _decode(octets: bytes, encoding: str) -> str:
    try:
        text = octets.decode(encoding)
    except UnicodeDecodeError as error:
        _refuse(Flaw.FILE_ENCODING, octets.count(b"\n", 0, error.start) + 1)
    if "\0" in text:  # no text at all
        _refuse(Flaw.FILE_ENCODING)
    return text


def _rows_of_text(text: str) -> Iterator[list[_Cell]]:
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r"sep=(.)\r?", first)  # what spreadsheets write for one another
    delimiter = told[1] if told and told[1] in ",;\t" else max(",;\t", key=text[: 8 * LONGEST_CELL].count)
    reader = csv.reader(io.StringIO(rest if told else text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error:  # a quotation mark out of place, or a cell without an end
            _refuse(Flaw.FILE_DAMAGED, number)
        if cells is None:
            return
        if len(cells) > MOST_COLUMNS:
            _refuse(Flaw.FILE_TOO_LARGE, number)
        yield [_Cell(_bounded(cell, number)) for cell in cells]


# --- XLSX ---------------------------------------------------------------------------------------------------------


def _rows_of_spreadsheet(octets: bytes) -> Generator[list[_Cell]]:
    """Yield the rows of the first sheet that is shown."""
    import openpyxl  # a fifth of a second: only where a spreadsheet is read

    try:
        _inspect(octets)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they repeat what is in cells
            book = openpyxl.load_workbook(io.BytesIO(octets), read_only=True, keep_links=False)
            shown = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
            if shown is None:
                _refuse(Flaw.FILE_EMPTY)
            shown.reset_dimensions()  # what the file says of its size is not believed
            for number, cells in enumerate(shown.iter_rows(), 1):
                if len(cells) > _WIDEST or any(cell.value is not None for cell in cells[MOST_COLUMNS:]):
                    _refuse(Flaw.FILE_TOO_LARGE, number)
                yield [_cell(cell, number) for cell in cells[:MOST_COLUMNS]]
    except RegistryRefused:
        raise
    except Exception:  # noqa: BLE001 - whatever a parser of archives, XML, dates and formulas may raise
        _refuse(Flaw.FILE_DAMAGED)


def _cell(cell: Any, number: int) -> _Cell:
    value = cell.value
    if value is None:
        return _Cell("")
    if cell.data_type in {"f", "e"}:  # a formula, and what an earlier one came to: #N/A
        return _Cell("=", Flaw.CELL_IS_FORMULA)
    if isinstance(value, bool):
        return _Cell(str(value).upper())
    if isinstance(value, int | float):
        whole = f"{value:.0f}" if value == value // 1 else repr(value)
        return _Cell(_bounded(whole, number), Flaw.CELL_IMPRECISE if abs(value) >= _EXACT else None)
    if isinstance(value, datetime):
        return _Cell(value.date().isoformat() if value.time() == value.min.time() else value.isoformat(" ", "seconds"))
    if isinstance(value, date):
        return _Cell(value.isoformat())
    return _Cell(_bounded(str(value), number))


def _inspect(octets: bytes) -> None:
    """Refuse an archive that would unpack to more than it is worth, before anything keeps its contents."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
            _refuse(Flaw.FILE_TOO_LARGE)
        for part in parts:
            with archive.open(part) as stream:
                piece = stream.read(_PIECE)
                # Whatever begins otherwise no parser will take for XML, pictures above all.
                if piece.lstrip()[:1] in {b"<", b"\xef", b"\xff", b"\xfe"}:
                    _Inspector().follow(piece, stream)


class _Inspector:
    """Counts the elements of one part as they pass, and takes no document type declaration."""

    def __init__(self) -> None:
        self._elements = 0
        self._in_row: int | None = None  # elements of the row that is being read
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype

    def follow(self, piece: bytes, stream: Any) -> None:
        """Read the part to its end. Raises RegistryRefused, ExpatError, and what the archive raises."""
        while piece:
            self._parser.Parse(piece)
            piece = stream.read(_PIECE)
        self._parser.Parse(b"", True)  # this was all

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if name.rpartition(":")[2] == "row":
            self._in_row = 0
        elif self._in_row is not None:
            self._in_row += 1
        if self._elements > _MOST_ELEMENTS or (self._in_row or 0) > _MOST_IN_ROW:
            _refuse(Flaw.FILE_TOO_LARGE)

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "row":
            self._in_row = None

    def _doctype(self, *_told: object) -> None:
        _refuse(Flaw.FILE_DAMAGED)
