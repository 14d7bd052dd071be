"""How long pages take with a city in the database: `.venv/bin/python -m bench.pages [PEOPLE]`.

Asks each page through the application, without sockets: what is measured is reading, deciding and rendering. Times are
wall-clock milliseconds of this machine, so compare them within one run.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from access import devices
from access.decision import Step
from access.tables import LoginRow, SessionRow
from access.traces import keep
from directory import people
from directory.people import NewPerson
from portal.console.roles import Role
from portal.knowledge import Knowledge

PEOPLE, LOGINS = 20_000, 100_000
TIMES = 30  # of each page
PAGES = (
    "/", "/people", "/people?q=zhang", "/people?q=zw", "/people/{subject}", "/people/{subject}/logins", "/units",
    "/online", "/online?q=zhang", "/logins", "/logins?q=person7", "/logins/{login}", "/devices",
    "/devices/{device}", "/rules", "/zones", "/audit", "/administrators",
)  # fmt: skip
_SURNAMES, _NAMES = "张王李赵刘陈杨黄周吴", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


def fill(knowledge: Knowledge, number: int) -> dict[str, object]:
    """Put people, open sessions and a day of logins into the database; return what the addresses of pages name."""
    now = knowledge.clock()
    with knowledge.store.write() as unit:
        switch, _ = devices.add(
            unit, "bench", knowledge.sealer, name="bench", prefix="192.0.2.9", vendor="standard", group="access"
        )
        new = (
            NewPerson(
                login=f"person{each}",
                name=_SURNAMES[each % 10] + _NAMES[each // 10 % 20] + _NAMES[each // 200 % 20],
                unit=("finance", "court")[each % 2],
            )
            for each in range(number)
        )
        subjects = people.add_many(unit, "bench", new, assurance=1)
        trace = keep(unit.session, (Step(1, "category", "unknown"), Step(3, None, None)))
        first = int((now - 86_000) * 1000) << 20
        logins = [
            LoginRow(
                number=first + ((each * 86_000_000 // LOGINS) << 20), at=now - 86_000 + each * 86_000 / LOGINS,
                login=f"person{each % number}", subject=subjects[each % number], hardware=None, device=switch,
                method="pap",
                zone=None if each % 20 == 0 else "public", rule=3, reason="TN-102" if each % 20 == 0 else None,
                trace=trace,
            )
            for each in range(LOGINS)
        ]  # fmt: skip
        unit.session.add_all(logins)
        unit.session.add_all(
            SessionRow(
                key=each.to_bytes(16, "big"), generation=1, device=switch, acct_session=str(each),
                login=f"person{each}", subject=subjects[each],
                address=f"10.{each >> 16}.{each >> 8 & 255}.{each & 255}", zone="public",
                started_at=now - 600, updated_at=now,
            )
            for each in range(number)
        )  # fmt: skip
    return {"subject": subjects[7], "login": logins[-1].number, "device": switch}


def _doors() -> Any:
    """Return what the tests of pages stand on: a small town, and clients that are logged in."""
    return import_module("tests.support.doors")


@contextmanager
def city(number: int) -> Iterator[tuple[Knowledge, dict[str, object]]]:
    """Make a city in a directory of its own."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        knowledge = stack.enter_context(_doors().opened_town(home))
        yield knowledge, fill(knowledge, number)


def measure(knowledge: Knowledge, named: dict[str, object], times: int) -> dict[str, list[float]]:
    """Ask each page so many times; return milliseconds by page."""
    clerks = _doors().Clerk
    system, audit = clerks(knowledge, Role.SYSTEM), clerks(knowledge, Role.AUDIT)
    found: dict[str, list[float]] = {}
    for page in PAGES:
        clerk = audit if page.startswith("/audit") else system
        address = page.format(**named)
        for _ in range(times + 1):
            began = time.perf_counter()
            answer = clerk.get(address)
            found.setdefault(page, []).append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200:
                raise AssertionError(f"{address}: {answer.status_code}")
        del found[page][0]  # the first one compiles the template
    return found


def main(arguments: list[str]) -> None:
    """Print one line a page."""
    number = int(arguments[0]) if arguments else PEOPLE
    with city(number) as (knowledge, named):
        print(f"{number} people, {LOGINS} logins of a day, {number} open sessions, {os.cpu_count()} cores")
        print(f"{'page':32} {'median':>8} {'p95':>8}  ms")
        for page, times in measure(knowledge, named, TIMES).items():
            p95 = statistics.quantiles(times, n=20)[-1]
            print(f"{page:32} {statistics.median(times):8.1f} {p95:8.1f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
