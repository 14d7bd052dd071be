"""The command `who`."""

import pytest

from access.lifetime import Status
from access.session_rows import BulkRows
from tests.access.builders import NOW, record

CAMERA = "a8:bb:cc:11:22:33"


@pytest.fixture
def busy(operator):
    """Give one evening: a person, then somebody whom the device only names, a camera, and a guest."""
    operator.town()
    operator.done("endpoint", "add", CAMERA, "门口摄像头", "--owner", "ayi", "--kind", "camera")
    subject = operator.data("person", "show", "zhangsan")["subject"]
    own = {"acct_session": "a", "login": "zhangsan", "subject": subject, "port": "GE1/0/7"}
    told = (
        record(**own, address="10.8.0.7", address6="2001:db8:0:7::/64"),
        record(Status.INTERIM, NOW + 600, **own, seconds=600, address="10.8.0.8"),
        record(Status.STOP, NOW + 900, **own, seconds=900),
        record(at=NOW + 700, acct_session="b", login="AYI", address="10.8.0.7", hardware="02:00:00:00:00:02"),
        record(acct_session="c", login="a8bbcc112233", address="10.8.0.9", hardware=CAMERA, device=9),
        record(acct_session="d", login="\u202eghost", address="10.8.0.10", hardware=None),
    )
    store = operator.store()
    with store.write() as unit:
        BulkRows(store.dialect).write_records(unit.session.connection(), told)
    store.close()
    return operator


def _at(later):
    """The moment so many seconds after 22:13:20 in Shanghai, as an operator types it."""
    minutes, seconds = divmod(20 + later, 60)
    return f"2026-09-21 22:{13 + minutes:02}:{seconds:02}"


def test_the_person_of_an_address_is_named_with_place_and_time(busy):
    """Real name, unit, hardware address, device, port, since and until: what an inquiry asks for."""
    (row,) = busy.data("who", "10.8.0.7", "--at", _at(60))

    assert (row["name"], row["login"], row["unit"], row["unit_name"]) == ("张三", "zhangsan", "north", "北山镇")
    assert (row["hardware"], row["device"], row["port"]) == ("02:00:00:00:00:01", "sw1", "GE1/0/7")
    assert (row["since"], row["until"]) == ("2026-09-21T14:13:20Z", "2026-09-21T14:23:20Z")
    assert row["known_by"] == "class"


@pytest.mark.parametrize(
    ("address", "later", "name"),
    [
        ("10.8.0.7", -1, []),
        ("10.8.0.7", 650, []),  # between two who had it
        ("10.8.0.8", 650, ["张三"]),
        ("10.8.0.7", 750, ["阿依古丽·买买提"]),
        ("2001:DB8:0:7::abcd", 650, ["张三"]),
        ("2001:db8:0:7::abcd", 901, []),
        ("::ffff:10.8.0.9", 0, ["门口摄像头"]),
        ("10.8.0.10", 0, [None]),
    ],
)
def test_an_address_has_its_holder_of_the_time(busy, address, later, name):
    """IPv4 and IPv6, the latter by the prefix that the session had; before and after it is somebody else's."""
    assert [row["name"] for row in busy.data("who", address, "--at", _at(later))] == name


def test_how_the_person_is_known_is_said(busy):
    """A name that only the device told is not proven, and a camera has somebody who answers for it."""
    assert "the login that the device told" in busy.done("who", "10.8.0.7", "--at", _at(750))
    shown = busy.done("who", "10.8.0.9", lang="zh")
    assert "门口摄像头（责任人 阿依古丽·买买提）" in shown
    assert "仍在使用" in shown
    assert "\u202e" not in busy.done("who", "10.8.0.10")


def test_nobody_is_an_answer_and_a_slip_is_not(busy):
    """No session is no error; what is no address is one."""
    assert "No session" in busy.done("who", "10.8.0.99")
    assert busy("who", "10.8.0.256").exit_code == 2
    assert busy("who", "10.8.0.7", "--at", "yesterday").exit_code == 2
