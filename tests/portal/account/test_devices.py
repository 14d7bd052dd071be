"""My devices: named, forgotten, lost and found."""

from sqlalchemy import select

from access import bindings, own_devices
from access.tables import OrderRow, OwnDeviceRow
from store.record import ActRow
from tests.portal.account.conftest import PHONE, TABLET, open_session

ROOM = "/account/devices"


def row_of(knowledge, hardware=PHONE):
    with knowledge.store.read() as session:
        return session.get(OwnDeviceRow, hardware)


def orders(knowledge):
    with knowledge.store.read() as session:
        rows = session.scalars(select(OrderRow).order_by(OrderRow.number)).all()
        return [(row.kind, row.session, row.hardware, row.device) for row in rows]


def test_devices_are_listed_with_their_login(zhang, li):
    """Only the own ones; whoever has none is told how they come here."""
    li.bind(TABLET)
    assert "还没有设备" in zhang.get(ROOM).text
    zhang.bind()
    page = zhang.get(ROOM).text
    assert PHONE in page
    assert "已登录" in page
    assert TABLET not in page


def test_a_device_gets_a_name(zhang):
    """Any script; what turns a line around is refused beside the field and kept there."""
    zhang.bind()
    assert zhang.post(f"{ROOM}/{PHONE}", {"name": "阿依古丽·买买提的手机"}).headers["location"] == ROOM
    assert "阿依古丽·买买提的手机" in zhang.get(ROOM).text
    for name in ("", "a\u202eb", "x" * 41):
        answer = zhang.post(f"{ROOM}/{PHONE}", {"name": name})
        assert answer.status_code == 400
        assert 'aria-invalid="true"' in answer.text
    hostile = "<img src=x>"
    zhang.post(f"{ROOM}/{PHONE}", {"name": hostile})
    assert hostile not in zhang.get(ROOM).text


def test_a_lost_device_is_refused_and_everything_on_it_ends(knowledge, zhang, li):
    """The page names what ends, sessions of others on it too; then binding and sessions end."""
    zhang.bind()
    mine = zhang.online()
    theirs = open_session(knowledge, li.subject, "liting")
    page = zhang.get(f"{ROOM}/{PHONE}/lost").text
    assert "sw-finance-2f" in page
    assert "他人在此设备上的 1 个会话" in page
    answer = zhang.post(f"{ROOM}/{PHONE}/lost")
    assert "设备已挂失" in zhang.get(answer.headers["location"]).text
    assert row_of(knowledge).lost_at is not None
    assert sorted(orders(knowledge)) == [("disconnect", mine, None, None), ("disconnect", theirs, None, None)]
    with knowledge.store.read() as session:
        assert own_devices.is_lost(session, PHONE)
        assert bindings.find(session, PHONE, knowledge.clock()) is None
        acts = session.execute(select(ActRow.actor).where(ActRow.act.in_(("own_device.lost", "session.disconnect"))))
        assert {actor for (actor,) in acts} == {f"person:{zhang.subject}"}


def test_a_lost_device_that_no_accounting_told_of_is_asked_about_again(knowledge, zhang):
    """Where it logged in; and no order where nothing is known of it."""
    zhang.bind()
    zhang.post(f"{ROOM}/{PHONE}/lost")
    assert orders(knowledge) == [("reauthenticate", None, PHONE, 7)]
    zhang.bind(TABLET)
    with knowledge.store.write() as unit:
        bindings.unbind(unit, TABLET, "test")
    where = zhang.post(f"{ROOM}/{TABLET}/lost").headers["location"]
    assert "没有打开的连接" in zhang.get(where).text
    assert len(orders(knowledge)) == 1


def test_a_lost_device_is_taken_back_and_never_forgotten(knowledge, zhang):
    """Forgotten, it would be let in again."""
    zhang.bind()
    zhang.post(f"{ROOM}/{PHONE}/lost")
    for answer in (zhang.get(f"{ROOM}/{PHONE}/forget"), zhang.post(f"{ROOM}/{PHONE}/forget")):
        assert answer.status_code == 409
        assert "AC-104" in answer.text
    assert "取消挂失" in zhang.get(f"{ROOM}/{PHONE}").text
    assert zhang.post(f"{ROOM}/{PHONE}/found").status_code == 303
    assert row_of(knowledge).lost_at is None
    assert zhang.post(f"{ROOM}/{PHONE}/found").status_code == 303


def test_a_forgotten_device_is_gone(knowledge, zhang, li):
    """Binding and own sessions end; what others have open on it is theirs."""
    zhang.bind()
    mine = zhang.online()
    open_session(knowledge, li.subject, "liting")
    page = zhang.get(f"{ROOM}/{PHONE}/forget").text
    assert "sw-finance-2f" in page
    assert "他人" not in page
    zhang.post(f"{ROOM}/{PHONE}/forget")
    assert row_of(knowledge) is None
    assert orders(knowledge) == [("disconnect", mine, None, None)]


def test_nobody_sees_or_touches_the_device_of_another(knowledge, zhang, li):
    """A hardware address of somebody else, one that nobody has, and what is none: the same answer everywhere."""
    li.bind()
    li.online()
    for hardware in (PHONE, TABLET, "nothing", "%2e%2e"):
        for page in ("", "/lost", "/forget"):
            assert zhang.get(f"{ROOM}/{hardware}{page}").status_code == 404, (hardware, page)
        for page in ("", "/lost", "/forget", "/found"):
            answer = zhang.post(f"{ROOM}/{hardware}{page}", {"name": "mine"})
            assert answer.status_code == 404, (hardware, page)
    row = row_of(knowledge)
    assert (row.subject, row.name, row.lost_at) == (li.subject, "", None)
    assert orders(knowledge) == []
    with knowledge.store.read() as session:
        assert bindings.find(session, PHONE, knowledge.clock()).subject == li.subject
