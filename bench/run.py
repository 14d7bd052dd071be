"""`truename bench`: Truename and its peer in turns, on the same cores, and one table.

    login       PAP by directory, {SSHA} verifiers, every person in turn
    accounting  Start, Interim-Update, Stop; answered when durable

"one" gives the server and its directory one core and the load program another; "both" pins nothing. Servers run one
at a time: A B C, A B C, ... so that a slow minute of the machine meets all of them.
"""

import json as _json
import os
import platform
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from bench import people as made_up
from bench import table
from bench.contestant import Contestant, Serving
from bench.load import Load, measure, write_accounts
from bench.ours import Truename
from bench.peer import LdapCache, LdapSearch, SqliteAccounting, UsersFile
from bench.processes import processor_time
from bench.program import CannotMeasure
from bench.traffic import Account

_TREE = Path(__file__).resolve().parent.parent
_LANES = 16  # sockets, as from so many switches
_LOGINS_IN_FLIGHT = 128
_RECORDS_IN_FLIGHT = 256
_WARM_UP = 0.5  # seconds
_TIMEOUT = 3.0  # seconds
_TRIES = 3
_IDLE = 0.05  # of a core: a server that uses less has finished its start
_SETTLE_WITHIN = 30.0  # seconds


class Plan(NamedTuple):
    """How to measure."""

    kind: str  # "login" or "accounting"
    in_flight: int
    seconds: float
    repeats: int
    server_cores: tuple[int, ...]
    load_cores: tuple[int, ...]


def login(
    *,
    people: int = 20_000,
    seconds: float = 3.0,
    repeats: int = 3,
    cores: str = "one",
    json: str | Path | None = None,
    quick: bool = False,
    directory: Path | None = None,
) -> int:
    """Measure logins and print the table; 0 if both sides were measured without a wrong or missing answer.

    `seconds` is the length of one window, `cores` "one" or "both", `json` a file for all figures, `quick` one
    window of a second; `directory` is where servers keep their data meanwhile (var/ of the tree unless told).
    """
    contestants: list[Contestant] = [Truename(), UsersFile(), LdapSearch(), LdapCache()]
    plan = _plan("login", _LOGINS_IN_FLIGHT, seconds, repeats, cores, quick=quick)
    return _run(contestants, plan, people, json, directory)


def accounting(
    *,
    people: int = 20_000,
    seconds: float = 3.0,
    repeats: int = 3,
    cores: str = "one",
    json: str | Path | None = None,
    quick: bool = False,
    directory: Path | None = None,
) -> int:
    """Measure durable accounting on SQLite and print the table; arguments and result are those of `login`."""
    contestants: list[Contestant] = [Truename(), SqliteAccounting()]
    plan = _plan("accounting", _RECORDS_IN_FLIGHT, seconds, repeats, cores, quick=quick)
    return _run(contestants, plan, people, json, directory)


def _plan(kind: str, in_flight: int, seconds: float, repeats: int, cores: str, *, quick: bool) -> Plan:
    if cores not in {"one", "both"}:
        raise ValueError("cores: one or both")
    ours = sorted(os.sched_getaffinity(0))
    pinned = cores == "one" and len(ours) > 1
    return Plan(
        kind=kind,
        in_flight=in_flight,
        seconds=1.0 if quick else seconds,
        repeats=1 if quick else repeats,
        server_cores=(ours[0],) if pinned else (),
        load_cores=(ours[1],) if pinned else (),
    )


def _run(
    contestants: Sequence[Contestant], plan: Plan, people: int, file: str | Path | None, directory: Path | None
) -> int:
    accounts = made_up.accounts(people)
    parent = directory or _TREE / "var"
    parent.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="bench-", dir=parent))
    before = _end_in_order()
    try:
        listed = home / "accounts"
        listed.touch(mode=0o600)
        write_accounts(listed, accounts)
        ready, missing = _prepare(contestants, accounts, home)
        rows = _measure(ready, plan, people, listed)
    except CannotMeasure as reason:
        print(f"Cannot measure: {reason}", flush=True)
        return 1
    finally:
        shutil.rmtree(home, ignore_errors=True)
        if before is not None:
            signal.signal(signal.SIGTERM, before)
    first = rows[0] if rows and rows[0].name == contestants[0].name else None
    cores = f"servers on core {plan.server_cores[0]}" if plan.server_cores else "nothing pinned"
    print(
        f"\n{plan.kind}: {people:,} people, {plan.in_flight} in flight from {_LANES} ports, "
        f"{plan.repeats} x {plan.seconds:g} s in turns, {cores}; every reply verified"
    )
    print("\n".join(table.lines(rows, first)), flush=True)
    if file is not None:
        Path(file).write_text(_json.dumps(_report(plan, people, rows, first), indent=2) + "\n", encoding="utf-8")
    return 1 if missing or any(row.wrong() or not row.rate() for row in rows) else 0


def _end_in_order() -> Any:
    """Let SIGTERM end us as Ctrl-C does, servers and data included; return the handler before, where there is one."""
    if threading.current_thread() is not threading.main_thread():
        return None  # only the main thread may set one, and only it is interrupted

    def end(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    return signal.signal(signal.SIGTERM, end)


def _prepare(
    contestants: Sequence[Contestant], accounts: Sequence[Account], home: Path
) -> tuple[list[Contestant], bool]:
    """Make the data of each; one that cannot be is told and left out."""
    ready = []
    for number, contestant in enumerate(contestants):
        print(f"preparing {contestant.name}", flush=True)
        try:
            contestant.prepare(accounts, home / str(number))
        except CannotMeasure as reason:
            print(f"left out: {contestant.name}: {reason}", flush=True)
            continue
        ready.append(contestant)
    return ready, len(ready) < len(contestants)


def _measure(contestants: Sequence[Contestant], plan: Plan, people: int, accounts: Path) -> list[table.Row]:
    turns: dict[str, list[table.Turn]] = {contestant.name: [] for contestant in contestants}
    for repeat in range(plan.repeats):
        for contestant in contestants:
            try:
                serving = contestant.start(plan.server_cores)
                _settle(serving.server + serving.directory)
                turn = _turn(serving, plan, people, accounts)
            finally:
                contestant.stop()
            turns[contestant.name].append(turn)
            print(
                f"{repeat + 1}/{plan.repeats}  {contestant.name}: {turn.outcome.rate:,.0f} req/s, "
                f"{(turn.server + turn.directory) * 1e6:.1f} µs CPU",
                flush=True,
            )
    return [table.Row(name, tuple(found)) for name, found in turns.items()]


def _turn(serving: Serving, plan: Plan, people: int, accounts: Path) -> table.Turn:
    load = Load(
        host=serving.host,
        port=serving.auth_port if plan.kind == "login" else serving.acct_port,
        secret=serving.secret,
        kind=plan.kind,
        accounts=str(accounts),
        in_flight=plan.in_flight,
        lanes=_LANES,
        warm_up=_WARM_UP,
        warm_answers=people if plan.kind == "login" else 0,  # every person once: a cache, where there is one, is full
        seconds=plan.seconds,
        timeout=_TIMEOUT,
        tries=_TRIES,
        processes=serving.server + serving.directory,
    )
    outcome = measure(load, plan.load_cores)
    return table.Turn(outcome, outcome.cost(serving.server), outcome.cost(serving.directory))


def _settle(pids: Sequence[int]) -> None:
    """Wait until a server has finished what it does after its start."""
    deadline = time.monotonic() + _SETTLE_WITHIN
    while time.monotonic() < deadline:
        before = sum(processor_time(pid) for pid in pids)
        time.sleep(0.5)
        if sum(processor_time(pid) for pid in pids) - before <= _IDLE * 0.5:
            return


def _report(plan: Plan, people: int, rows: Sequence[table.Row], first: table.Row | None) -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "plan": {**plan._asdict(), "people": people, "ports": _LANES},
        "rows": table.record(rows, first),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
