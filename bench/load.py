"""The load program: a closed loop with a fixed number of requests in flight, every reply verified.

It runs as a process of its own (`python -m bench.load`, a Load as JSON on standard input, an Outcome as JSON on
standard output), so that it has a core and an interpreter to itself. `measure` starts it.
"""

import json
import os
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.codec import Key
from bench.lane import Lane
from bench.processes import machine_time, on_cores, processor_time
from bench.program import CannotMeasure
from bench.traffic import SESSIONS_IN_BLOCK, Account, Logins, Sessions, Traffic

WARM_WITHIN = 30.0  # seconds
_CHASE = 0.05  # seconds between looks for requests that wait too long


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to send, where, and for how long."""

    host: str
    port: int
    secret: str = field(repr=False)
    kind: str  # "login" or "accounting"
    accounts: str  # path of a file: login, tab, password in each line
    in_flight: int  # requests outstanding at once, over all lanes
    lanes: int  # sockets, that is source ports
    warm_up: float  # seconds that are not counted
    warm_answers: int = 0  # answers, refusals too, that have to come before the window too, within WARM_WITHIN
    seconds: float  # seconds that are counted
    timeout: float  # seconds until a request is sent again
    tries: int  # sendings until it is lost
    processes: tuple[int, ...] = ()  # whose processor time is wanted


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was counted within the window."""

    seconds: float
    answered: int  # verified replies with the wanted code
    refused: int
    repeated: int
    lost: int
    faults: dict[str, int]
    p50: float  # seconds from sending to the verified reply
    p99: float
    used: dict[int, float]  # seconds of processor time by pid
    own: float  # the same of the load program
    others: float  # the same of everything else on the machine: what disturbed the measurement

    @property
    def rate(self) -> float:
        """Wanted replies in a second."""
        return self.answered / self.seconds

    @property
    def wrong(self) -> int:
        """Events that a faultless run does not have."""
        return self.refused + self.repeated + self.lost + sum(self.faults.values())

    @property
    def busy(self) -> float:
        """Share of one core that the load program used; near 1 it was the limit, not the server."""
        return self.own / self.seconds

    def cost(self, pids: Iterable[int]) -> float:
        """Return the seconds of processor time that these processes used for each answered request."""
        total = sum(self.used.get(pid, 0.0) for pid in pids)
        return total / self.answered if self.answered else float("inf")


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of an ordered sequence lies, by nearest rank; 0 if empty."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def read_accounts(path: Path) -> list[Account]:
    """Read the accounts that `write_accounts` wrote."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Account(*line.split("\t", 1)) for line in lines]


def write_accounts(path: Path, accounts: Iterable[Account]) -> None:
    """Write accounts for the load program: login, tab, password in each line."""
    path.write_text("".join(f"{one.login}\t{one.password}\n" for one in accounts), encoding="utf-8")


def run(load: Load, accounts: Sequence[Account]) -> Outcome:
    """Send the load from this process and return what was counted.

    Raises ValueError where the load cannot be sent: more in flight than identifiers, or fewer people than lanes.
    """
    clock = time.perf_counter
    lanes = _lanes(load, accounts)
    with select.epoll() as poll:
        pump = _Pump(lanes, poll, load)
        try:
            pump.begin(load.in_flight // load.lanes)
            pump.until(clock() + load.warm_up, ask_on=True)
            pump.until(clock() + WARM_WITHIN, ask_on=True, answers=load.warm_answers)
            before = [lane.begin_tally() for lane in lanes]
            start, spent = clock(), _spent(load.processes)
            pump.until(start + load.seconds, ask_on=True)
            seconds = clock() - start
            spent = [now - then for now, then in zip(_spent(load.processes), spent, strict=True)]
            latencies = sorted(value for lane in lanes for value in lane.tally.latencies)
            pump.until(clock() + load.timeout * (load.tries + 1), ask_on=False)
        finally:
            for lane in lanes:
                lane.abandon()
    # What went wrong counts whenever it was, in the warm-up and after the window too; answers only within it.
    tallies = [*before, *(lane.tally for lane in lanes)]
    return Outcome(
        seconds=seconds,
        answered=len(latencies),
        refused=sum(tally.refused for tally in tallies),
        repeated=sum(tally.repeated for tally in tallies),
        lost=sum(tally.lost for tally in tallies),
        faults=dict(sum((tally.faults for tally in tallies), Counter[str]())),
        p50=percentile(latencies, 0.5),
        p99=percentile(latencies, 0.99),
        used=dict(zip(load.processes, spent[2:], strict=True)),
        own=spent[1],
        others=max(0.0, spent[0] - sum(spent[1:])),
    )


def _lanes(load: Load, accounts: Sequence[Account]) -> list[Lane]:
    """Open the lanes, each with its own traffic."""
    each, left = divmod(load.in_flight, load.lanes)
    if left or not 0 < each <= SESSIONS_IN_BLOCK:
        raise ValueError("requests in flight must divide over the lanes, at most 128 in each")
    if len(accounts) < load.lanes:
        raise ValueError("fewer people than lanes")
    key = Key(load.secret.encode())
    mark = os.urandom(4).hex().upper().encode()
    lanes = []
    for number in range(load.lanes):
        traffic: Traffic
        if load.kind == "login":
            traffic = Logins(accounts, key, number, load.lanes)
        else:
            traffic = Sessions(accounts, key, number, load.lanes, mark)
        lanes.append(Lane((load.host, load.port), traffic, key, clock=time.perf_counter))
    return lanes


def _spent(pids: Sequence[int]) -> list[float]:
    """Return the processor time of the machine, of this process, and of each of these."""
    return [machine_time(), time.process_time(), *(processor_time(pid) for pid in pids)]


class _Pump:
    """Waits for replies on all lanes and lets each lane take its own."""

    def __init__(self, lanes: Sequence[Lane], poll: select.epoll, load: Load) -> None:
        self._lanes = lanes
        self._by_descriptor = {lane.socket.fileno(): lane for lane in lanes}
        self._poll = poll
        self._load = load
        for lane in lanes:
            poll.register(lane.socket, select.EPOLLIN)

    def begin(self, each: int) -> None:
        """Send the first requests of every lane."""
        for lane in self._lanes:
            for _ in range(each):
                lane.ask()

    def until(self, end: float, *, ask_on: bool, answers: int | None = None) -> None:
        """Turn until `end` of the monotonic clock, until nothing is in flight, or until so many have been answered."""
        clock, poll, lanes = time.perf_counter, self._poll.poll, self._by_descriptor
        chase_at = clock() + _CHASE
        while True:
            for descriptor, _ in poll(_CHASE):
                lanes[descriptor].hear(ask_on=ask_on)
            now = clock()
            if now >= end or (answers is not None and self._answered() >= answers):
                return
            if now >= chase_at:
                chase_at = now + _CHASE
                for lane in self._lanes:
                    lane.chase(self._load.timeout, self._load.tries, ask_on=ask_on)
            if not ask_on and not any(lane.in_flight for lane in self._lanes):
                return

    def _answered(self) -> int:
        return sum(len(lane.tally.latencies) + lane.tally.refused for lane in self._lanes)


def measure(load: Load, cores: Iterable[int] = ()) -> Outcome:
    """Run the load in a process of its own, on these cores if any are named; raise CannotMeasure if it fails."""
    with on_cores(cores):
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.load"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    out, err = child.communicate(json.dumps(asdict(load)))
    if child.returncode:
        last = err.strip().rpartition("\n")[2]
        raise CannotMeasure(f"the load program failed: {last}")
    fields = json.loads(out)
    fields["used"] = {int(pid): seconds for pid, seconds in fields["used"].items()}
    return Outcome(**fields)


def main() -> None:
    """Run one load as told on standard input."""
    fields = json.load(sys.stdin)
    fields["processes"] = tuple(fields["processes"])
    load = Load(**fields)
    outcome = run(load, read_accounts(Path(load.accounts)))
    json.dump(asdict(outcome), sys.stdout)


if __name__ == "__main__":
    main()
