"""Exports of the record: with a reason, as an act, and such that anybody can check the chain."""

import csv
import hashlib
import io
import json

import pytest
from sqlalchemy import select

from portal.console.audit_export import is_reason
from portal.console.roles import Role
from store.record import ActRow, canonical


def export(one, **changes):
    """Ask for a file."""
    return one.post("/audit/export", {"format": "csv", "reason": "年度检查", **changes})


def test_a_reason_is_needed_and_kept(clerk, knowledge):
    """Before the first octet leaves."""
    one = clerk(Role.AUDIT)
    for reason in ("", "x", "x" * 201, "a\nb"):
        assert export(one, reason=reason).status_code == 400
    answer = export(one, act="person")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    with knowledge.store.read() as session:
        (row,) = session.scalars(select(ActRow).where(ActRow.act == "audit.export")).all()
    told = json.loads(row.after)
    assert (row.actor, told["reason"], told["format"], told["act"]) == (
        f"admin:{one.login}",
        "年度检查",
        "csv",
        "person",
    )


def test_csv_is_for_spreadsheets(clerk, knowledge):
    """Marked as UTF-8, and nothing in it begins like a formula."""
    with knowledge.store.write() as unit:
        unit.act("=cmd|'/C calc'!A0", "person.add", "+1", None, None)
    answer = export(clerk(Role.AUDIT), format="csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert rows[0][:5] == ["number", "at", "actor", "act", "subject"]
    assert rows[-1][2] == "'=cmd|'/C calc'!A0"
    assert rows[-1][4] == "'+1"


def test_lines_of_json_hang_together(clerk):
    """Whoever has the file can check the chain with SHA-256 alone."""
    lines = [json.loads(line) for line in export(clerk(Role.AUDIT), format="jsonl").content.splitlines()]
    previous = bytes(32)
    for row in lines:
        told = [row[name] for name in ("number", "at", "actor", "act", "subject", "before", "after")]
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        previous = hashlib.sha256(previous + text.encode()).digest()
        assert previous.hex() == row["hash"]
    assert lines[0]["after"] == canonical(json.loads(lines[0]["after"]))


@pytest.mark.parametrize("changes", [{"format": "xlsx"}, {"since": "junk"}])
def test_what_makes_no_sense_is_refused(clerk, changes):
    """And nothing is recorded as taken."""
    assert export(clerk(Role.AUDIT), **changes).status_code == 400


def test_the_page_keeps_what_a_search_narrowed(clerk):
    """Nobody types it again."""
    assert 'value="person.end"' in clerk(Role.AUDIT).get("/audit/export?act=person.end").text


def test_reasons():
    """Two to two hundred characters of one line."""
    assert [is_reason(text) for text in ("年检", "x", "", "a\tb", "x" * 200)] == [True, False, False, False, True]
