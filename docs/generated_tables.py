"""Writes what the documentation takes from the code: `.venv/bin/python docs/generated_tables.py`.

All of docs/settings.md, and in docs/operate.md the table between two marks. tests/house/test_docs.py compares.
"""

# ruff: noqa: INP001 - a script of the tree, no package

import sys
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TREE))  # a script of the tree, which is no installed package

from access.reasons import Reason  # noqa: E402 - the path comes first
from operate.settings import Settings  # noqa: E402 - as above

SETTINGS = TREE / "docs" / "settings.md"
OPERATE = TREE / "docs" / "operate.md"
BEGIN = "<!-- reasons: written by docs/generated_tables.py -->"
END = "<!-- end of reasons -->"
_HEAD = """\
# Settings

Written by `docs/generated_tables.py` from the same source as the file that `./truename init` writes. Do not edit.

- A line that begins with `#` and a name shows the default. Remove the `#` to change it.
- Paths are relative to the file. Unknown names and impossible values stop the start; the message names the line.
- The file is found in this order: `--settings FILE`, the variable `TRUENAME_SETTINGS`, `truename.toml` in the tree,
  that of the demo.
- A change counts after a restart of the service. Zones, rules, people and network devices are no settings: they are
  rows, and a change of them counts within a second.
- Passwords never stand in this file: `password_file` names a file, PostgreSQL reads `PGPASSFILE`.

```toml
"""


def settings() -> str:
    """Return docs/settings.md as it should be."""
    return f"{_HEAD}{Settings.template()}```\n"


def reasons() -> str:
    """Return the table of reasons, without the marks."""
    lines = [
        "| code | what the person is told | 用户看到的话 | what to do | 处理办法 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for reason in Reason:
        told = reason.value
        cells = (told.code, told.english, told.chinese, told.remedy_english, told.remedy_chinese)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def operate(text: str) -> str:
    """Return docs/operate.md with its table as it should be."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{reasons()}\n{END}{after}"


if __name__ == "__main__":
    SETTINGS.write_text(settings(), "utf-8")
    OPERATE.write_text(operate(OPERATE.read_text("utf-8")), "utf-8")
