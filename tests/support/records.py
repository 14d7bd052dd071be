"""Logins and sessions as the recorder would have written them."""

import time
from typing import Any

from access.decision import Step
from access.tables import LoginRow, SessionRow
from access.traces import keep
from store.engine import Store

AT = 1_790_000_000.0
STEPS = (Step(2, "right", "office"), Step(1, None, None))


def ago(seconds: float) -> int:
    """Return the number of a login that was so long ago."""
    return int(time.time() - AT - seconds)


def write_login(store: Store, number: int, steps: tuple[Step, ...] = STEPS, **fields: Any) -> int:
    """Write a login at AT plus its number in seconds; return the number that the record gives it."""
    row = {
        "login": "zhangsan", "subject": None, "hardware": "aa:bb:cc:00:00:01", "address": None, "device": 1,
        "port": "GigabitEthernet0/0/1", "ssid": None, "method": "pap", "zone": "internet", "rule": 1, "reason": None,
    }  # fmt: skip
    at = AT + number
    real = int(at * 1000) << 20
    with store.write() as unit:
        unit.session.add(LoginRow(number=real, at=at, trace=keep(unit.session, steps), **{**row, **fields}))
    return real


def write_session(store: Store, number: int, **fields: Any) -> None:
    """Write an open session of device 1."""
    row = {
        "key": number.to_bytes(16, "big"), "generation": 0, "device": 1, "acct_session": f"S{number}",
        "login": "zhangsan", "hardware": f"aa:bb:cc:00:00:{number:02x}", "address": f"10.8.0.{number}",
        "zone": "internet", "started_at": AT, "updated_at": AT + 600, "octets_in": 1, "octets_out": 2, "seconds": 600,
    }  # fmt: skip
    with store.write() as unit:
        unit.session.add(SessionRow(number=number, **{**row, **fields}))
