"""Rules and devices are loaded anew when they changed."""

import asyncio

from operate import reloading
from operate.reloading import Reloading
from store.changes import Change


def play(monkeypatch, answers, changes):
    """Notice changes and return what was handed over; `answers` are what loading comes to, one after the other."""
    taken = []
    monkeypatch.setattr(reloading, "PAUSE", 0.0)

    def load(*_):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(reloading, "load_knowledge", load)

    async def run():
        one = Reloading(asyncio.get_running_loop(), None, None, None)
        work = asyncio.get_running_loop().create_task(one.always(lambda *loaded: taken.append(loaded)))
        one.noticed(changes)
        for _ in range(200):
            await asyncio.sleep(0.005)
            if taken:
                break
            if not reloading.KINDS & {change.kind for change in changes}:
                break
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(run())
    return taken


def test_what_changed_is_handed_over(monkeypatch):
    """As a whole."""
    assert play(monkeypatch, [("rules", "devices")], [Change(1, "rule", "3", 0.0)]) == [("rules", "devices")]


def test_a_failure_is_tried_again(monkeypatch):
    """The old rules hold until then."""
    answers = [OSError("disk"), ("rules", "devices")]
    assert play(monkeypatch, answers, [Change(1, "zone", "public", 0.0)]) == [("rules", "devices")]


def test_a_person_is_no_reason(monkeypatch):
    """People come through the mirror."""
    assert play(monkeypatch, [], [Change(1, "person", "p-1", 0.0)]) == []
