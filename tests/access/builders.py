"""Makers of what the tests of access need."""

from access.evidence import STRENGTH, Evidence, Medium, Method, Place
from access.lifetime import AccountingRecord, Status
from access.rulebook import Rule, parse_rule
from access.session_rows import LoginEntry
from directory.person import Endpoint, Person, State

NOW = 1_790_000_000.0  # a Monday, 2026-09-21 22:13:20 in Shanghai
HARDWARE = "02:00:00:00:00:01"
UNITS = {"city": None, "court": "city", "north": "city", "north-1": "north", "south": "city"}


def person(**changes):
    """Make an active person of a community."""
    told = {
        "subject": "P1",
        "entry": "e1",
        "dn": "uid=ayi",
        "login": "ayi",
        "unit": "north-1",
        "state": State.ACTIVE,
    }
    return Person(**{**told, **changes})


def endpoint(**changes):
    """Make an active printer of the court."""
    told = {
        "subject": "E1",
        "entry": "e2",
        "dn": "cn=p",
        "hardware": HARDWARE,
        "unit": "court",
        "state": State.ACTIVE,
    }
    return Endpoint(**{**told, **changes})


def evidence(subject, method=Method.PAP, **changes):
    """Make the evidence of a login at a switch of the north."""
    told = {
        "strength": STRENGTH[method],
        "place": Place(1, "switch-1", "huawei", "access", "hall"),
        "hardware": HARDWARE,
        "medium": Medium.WIRED,
    }
    return Evidence(subject, method, **{**told, **changes})


def rule(number=1, result="office", **changes) -> Rule:
    """Make a rule that lets every known person in."""
    return parse_rule(**{"number": number, "position": number, "name": f"rule {number}", "result": result, **changes})


def record(status=Status.START, at=NOW, **changes) -> AccountingRecord:
    """Make an accounting record of one person's session."""
    told = {
        "device": 1,
        "received_at": at,
        "acct_session": "0000001a",
        "login": "ayi",
        "hardware": HARDWARE,
        "nas_identifier": "switch-1",
    }
    return AccountingRecord(status, **{**told, **changes})


def login_entry(number=1 << 60, **changes) -> LoginEntry:
    """Make the entry of a login that was granted."""
    told = {
        "at": NOW,
        "login": "阿依古丽·买买提",
        "subject": "P1",
        "hardware": HARDWARE,
        "address": None,
        "device": 1,
        "port": "GE1/0/1",
        "ssid": None,
        "method": "pap",
        "zone": "office",
        "rule": 1,
        "reason": None,
        "trace": None,
    }
    return LoginEntry(number, **{**told, **changes})
