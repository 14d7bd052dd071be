"""What happens on the network of the small town of tests.support.doors: devices, logins, sessions."""

import time
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from access.decision import Step
from access.tables import DeviceRow, SessionAddressRow, SessionRow
from directory.registry import PersonRow
from tests.support.records import ago, write_login, write_session


@pytest.fixture
def network(knowledge):
    """Two network devices; 张伟 (finance) and 李婷 (court) online, and somebody unknown; three refusals."""
    store = knowledge.store
    with store.write() as unit:
        for number in (1, 2):
            unit.session.add(
                DeviceRow(
                    number=number,
                    name=f"接入-{number}",
                    prefix=f"10.0.0.{number}/32",
                    vendor="huawei",
                    site="大楼",
                    secret=b"x",
                    created_at=unit.now,
                )
            )
    with store.read() as session:
        subjects = {row.login: row.subject for row in session.scalars(select(PersonRow))}
    zhang, li = subjects["zhangwei"], subjects["liting"]
    passed = (Step(1, "category", "unknown"), Step(2, "right", "dedicated"), Step(3, None, None))
    failed = (Step(1, "category", "unknown"), Step(2, "right", "dedicated"), Step(3, "category", "contract"))
    made = SimpleNamespace(zhang=zhang, li=li, subjects=subjects)
    made.granted = write_login(store, ago(300), passed, subject=zhang, login="zhangwei", zone="public", rule=3)
    made.court = write_login(store, ago(200), passed, subject=li, login="liting", zone="public", rule=3, device=2)
    made.refused = write_login(
        store, ago(100), failed, subject=zhang, login="zhangwei", zone=None, rule=None, reason="TN-401", ssid="gov"
    )
    made.unknown = write_login(
        store, ago(90), (), subject=None, login="nobody", zone=None, rule=None, reason="TN-101", method="pap"
    )
    now = time.time()
    for number, more in enumerate(
        (
            {"subject": zhang, "login": "zhangwei", "zone": "public", "login_number": made.granted},
            {"subject": li, "login": "liting", "zone": "public", "login_number": made.court, "device": 2},
            {"login": "stranger", "zone": None},
            {"subject": li, "login": "liting", "stopped_at": now - 60, "cause": "user request"},
        ),
        1,
    ):
        write_session(store, number, **{"started_at": now - 250, "updated_at": now - 10, **more})
    with store.write() as unit:
        for row in unit.session.scalars(select(SessionRow)).all():
            unit.session.add(
                SessionAddressRow(key=row.key, generation=0, address=row.address or "", since=row.started_at)
            )
    return made
