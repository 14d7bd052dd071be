"""The tables of the registry."""

import pytest
from sqlalchemy.exc import IntegrityError

from directory.registry import EndpointRow, PersonRow, PublicationRow, UnitRow

FORBIDDEN = ("password", "verifier", "hash", "secret", "id_number")


def test_no_column_can_hold_a_password_or_an_identity_number():
    """Passwords live in the directory alone; a dump of the database shows none."""
    for table in (UnitRow, PersonRow, EndpointRow, PublicationRow):
        for column in table.__table__.columns:
            assert not any(word in column.name for word in FORBIDDEN), column


def test_a_login_belongs_to_one_person(store):
    """Two people never share a login name, whoever writes at the same time."""
    common = {
        "name": "李伟", "unit": "city", "state": "active", "category": "staff", "zones": "", "assurance": 0,
        "created_at": 0.0, "changed_at": 0.0,
    }  # fmt: skip
    with store.write() as unit:
        unit.session.add(UnitRow(code="city", name="市", kind="city", created_at=0.0))
        unit.session.flush()
        unit.session.add(PersonRow(subject="p-1", login="liwei", **common))
    with pytest.raises(IntegrityError), store.write() as unit:
        unit.session.add(PersonRow(subject="p-2", login="liwei", **common))


def test_a_person_belongs_to_a_unit_that_exists(store):
    """Somebody answers for everybody."""
    values = {"subject": "p-1", "login": "liwei", "name": "李伟", "unit": "nowhere", "state": "active"}
    values |= {"category": "staff", "zones": "", "assurance": 0, "created_at": 0.0, "changed_at": 0.0}
    with pytest.raises(IntegrityError), store.write() as unit:
        unit.session.add(PersonRow(**values))
