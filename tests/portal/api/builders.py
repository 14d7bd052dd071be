"""Rows that the RADIUS service would have written."""

import os
import time

from sqlalchemy.orm import Session

from access.decision import Step
from access.tables import LoginRow, SessionAddressRow, SessionRow
from access.traces import keep


def open_session(session: Session, subject: str | None, address: str = "10.8.0.7", **changes) -> int:
    """Add an open session, with an address since a minute ago; return its number."""
    now = time.time()
    row = SessionRow(
        key=os.urandom(16), generation=1, device=1, acct_session="a1", login="x", subject=subject, hardware=None,
        address=address, started_at=now - 60, updated_at=now, seconds=60, octets_in=0, octets_out=0,
    )  # fmt: skip
    for name, value in changes.items():
        setattr(row, name, value)
    session.add(row)
    session.add(SessionAddressRow(key=row.key, generation=1, address=address, since=now - 60))
    session.flush()
    return row.number


def login(session: Session, subject: str | None, number: int, **changes) -> None:
    """Add a login that was let in, or with a `reason` refused."""
    told = {
        "number": number, "at": number / 2**20 / 1000, "login": "x", "subject": subject, "device": 1, "method": "pap",
        "zone": "public", "trace": keep(session, (Step(1, "category", "unknown"), Step(3, None, None))), **changes,
    }  # fmt: skip
    session.add(LoginRow(**told))
