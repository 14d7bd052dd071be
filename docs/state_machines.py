"""Writes docs/state-machines.md from the tables in the code: `.venv/bin/python docs/state_machines.py`.

tests/house/test_docs.py compares the page with what this returns.
"""

# ruff: noqa: INP001 - a script of the tree, no package

import sys
from collections.abc import Iterator
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TREE))  # a script of the tree, which is no installed package

from access import lifetime  # noqa: E402 - the path comes first
from directory import lifecycle  # noqa: E402 - as above

PAGE = TREE / "docs" / "state-machines.md"
_HEAD = """\
# State machines

Written by `docs/state_machines.py` from the tables in the code. Do not edit: change the table, then run
`.venv/bin/python docs/state_machines.py`. A test fails while this page is stale.
"""
_PERSON = """
## A person (`directory/lifecycle.py`)

What may be done to a person's record in which state, and where it leads. Whatever is not in the table is refused.
"""
_SESSION = """
## A session (`access/lifetime.py`)

What an accounting record means for the newest session under its key, what is done, and where it leads.
`next …` is a record of a later session under the same key; `earlier` belongs to a session before this one;
`restart` is Accounting-On or Accounting-Off; `silence` means that interim records stopped.
"""


def page() -> str:
    """Return the page as it should be."""
    return "\n".join((_HEAD.rstrip(), _PERSON.rstrip(), "", *_person(), _SESSION.rstrip(), "", *_session(), ""))


def _person() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {lifecycle.State.DRAFT.value}"
    for (state, act), after in lifecycle.TABLE.items():
        yield f"    {state.value} --> {after.value}: {act.value}"
    yield "```"
    yield ""
    yield "| state | act | state after |"
    yield "| --- | --- | --- |"
    for (state, act), after in lifecycle.TABLE.items():
        yield f"| {state.value} | {act.value} | {after.value} |"


def _session() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {_word(lifetime.State.ABSENT)}"
    for (state, event), (action, after) in lifetime.TABLE.items():
        if state is not after:
            yield f"    {_word(state)} --> {_word(after)}: {_word(event)} / {action.value}"
    yield "```"
    yield ""
    yield "| state | event | action | state after |"
    yield "| --- | --- | --- | --- |"
    for (state, event), (action, after) in lifetime.TABLE.items():
        yield f"| {_word(state)} | {_word(event)} | {action.value} | {_word(after)} |"


def _word(member: lifetime.State | lifetime.Event) -> str:
    return member.name.lower().replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
