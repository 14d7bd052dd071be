"""Text for a terminal: made harmless, measured as it will be shown, and set in columns.

Names come from outside. A control character in one could move the cursor, recolour or rewrite what stands above it;
none reaches the terminal raw.
"""

import unicodedata
from collections.abc import Iterable, Sequence

# Cf is invisible; these two shape letters in several scripts of names and stay.
_JOINERS = "\u200c\u200d"
_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\x1b": "\\e"}
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"}


def harmless(text: str) -> str:
    """Return `text` with every control, direction-changing, invisible and unassigned character written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_written(character) for character in text)


def _written(character: str) -> str:
    if character in _JOINERS or unicodedata.category(character) not in _HIDDEN:
        return character
    if character in _NAMED:
        return _NAMED[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{{{number:x}}}"


def safe(*lines: object) -> str:
    """Return sentences for the terminal, one a line, each made harmless."""
    return "\n".join(harmless(str(line)) for line in lines)


def width(text: str) -> int:
    """Return how many cells a terminal gives to `text` (UAX #11: wide and full-width take two)."""
    if text.isascii():
        return len(text)
    return sum(_cells(character) for character in text)


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def padded(text: str, cells: int) -> str:
    """Return `text` with space behind it up to `cells`."""
    return text + " " * (cells - width(text))


def wrapped(text: str, cells: int) -> list[str]:
    """Break `text` into lines of at most `cells`: between words, and between any two wide characters.

    No line starts with Chinese closing punctuation, which may hang over by one character instead.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if piece == "\n":
            lines.append(line.rstrip())
            line = ""
        elif width(line) + width(piece.rstrip()) <= cells or not line or piece in "，。；：、！？）》”":
            line += piece
        else:
            lines.append(line.rstrip())
            line = piece.lstrip()
    lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> Iterable[str]:
    # A piece may be moved to the next line: a word with the space behind it, or one wide character.
    word = ""
    for character in text:
        if character == "\n" or _cells(character) == 2:
            if word:
                yield word
            word = ""
            yield character
        elif character == " ":
            yield word + character
            word = ""
        else:
            word += character
    if word:
        yield word


def table(headings: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a table for a terminal; every cell is made harmless, None is a dash."""
    shown = [[harmless(str(heading)) for heading in headings]]
    shown += [["-" if cell is None or cell == "" else harmless(str(cell)) for cell in row] for row in rows]
    widths = [max(width(row[column]) for row in shown) for column in range(len(headings))]
    lines = ["  ".join(padded(cell, cells) for cell, cells in zip(row, widths, strict=True)) for row in shown]
    lines.insert(1, "  ".join("─" * cells for cells in widths))
    return "\n".join(line.rstrip() for line in lines)


def sheet(pairs: Iterable[tuple[object, object]]) -> str:
    """Return names and values, one pair a line, values under each other."""
    shown = [(harmless(str(name)), "-" if value is None or value == "" else value) for name, value in pairs]
    cells = max((width(name) for name, _ in shown), default=0)
    return "\n".join(f"{padded(name, cells)}  {harmless(str(value))}".rstrip() for name, value in shown)
