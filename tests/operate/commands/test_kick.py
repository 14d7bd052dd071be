"""The command `kick`."""

import threading
import time

import pytest

from access.enforcement import open_orders, record_outcome
from operate.order_words import Unsent
from tests.support.records import write_session


class Office:
    """Answers every order as the back office would, with one outcome."""

    def __init__(self, operator, outcome, detail):
        self._store = operator.store()
        self._answer = (outcome, detail)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self):
        self._thread.start()

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        self._store.close()

    def _work(self):
        while not self._ended.is_set():
            with self._store.read() as session:
                orders = open_orders(session)
            for order in orders:
                with self._store.write() as unit:
                    record_outcome(unit, order.number, *self._answer)
            time.sleep(0.02)


@pytest.fixture
def busy(operator):
    """Give one open session."""
    operator.town()
    store = operator.store()
    write_session(store, 7)
    store.close()
    return operator


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("outcome", "detail", "code"),
    [
        ("ack", "Disconnect-ACK (session id)", 0),
        ("nak", "Session-Context-Not-Found (503)", 1),
        ("timeout", "3 attempts", 69),
        ("unreachable", None, 69),
    ],
)
def test_the_answer_of_the_device_is_shown(busy, outcome, detail, code):
    """`kick` waits for the outcome, shows the device's words, and its exit code tells which it was."""
    with Office(busy, outcome, detail):
        said = busy("kick", "7", "--json")

    assert said.exit_code == code
    assert (said.data[0]["outcome"], said.data[0]["detail"]) == (outcome, detail)


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("outcome", "detail", "words"),
    [
        ("unreachable", Unsent.TAKES_NONE.detail, "OR-102 该设备不接受命令"),
        ("nak", "session id: nak 503 session context not found", "会话编号：拒绝 503 设备上没有该会话"),
        ("ack", "something new", "something new"),
    ],
)
def test_the_answer_is_said_in_the_language_in_use(busy, outcome, detail, words):
    """What is kept is English and stable; what is shown is in the operator's language."""
    with Office(busy, outcome, detail):
        assert words in busy("kick", "7", lang="zh").out


@pytest.mark.usefixtures("service")
def test_the_wait_is_bounded(busy):
    """An order without an outcome stays open, and the command leaves with 75."""
    said = busy("kick", "zhangsan", "--wait", "0", lang="zh")

    assert said.exit_code == 75
    assert "继续" in said.err


def test_nobody_is_kicked_without_the_service(busy, service):
    """Only the running service carries orders out; without it none is given."""
    service()

    assert busy("kick", "7").exit_code == 69
    assert "session.disconnect" not in busy.done("record", "list", "--json")


def test_who_is_not_online_cannot_be_kicked(operator):
    """No session, no order."""
    assert operator("kick", "nobody").exit_code == 1


@pytest.mark.usefixtures("service")
def test_a_session_moves_to_another_zone(busy):
    """With --zone the order is a CoA; an unknown zone is refused."""
    said = busy("kick", "7", "--zone", "intranet", lang="zh")
    assert said.exit_code == 1
    assert "没有区域 intranet" in said.err
    with Office(busy, "ack", "CoA-ACK"):
        busy.done("kick", "7", "--zone", "internet")
    assert "session.coa" in busy.done("record", "list", "--json")
