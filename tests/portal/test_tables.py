"""What the tables of the doors promise."""

from portal.tables import AdministratorRow, ApiTokenRow, InvitationRow, WebSessionRow


def test_tokens_are_kept_as_hashes_only():
    """A dump of the database opens no door: 32 octets of a hash stand where a token would."""
    for row in (InvitationRow, WebSessionRow, ApiTokenRow):
        assert row.__table__.c.hash.type.length == 32


def test_a_person_is_one_administrator_at_most():
    """System, security and audit are three people (separation of duties)."""
    assert AdministratorRow.__table__.c.person.unique is True
    assert AdministratorRow.__table__.c.login.unique is True
