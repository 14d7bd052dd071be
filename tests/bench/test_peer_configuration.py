"""The configuration of the peer."""

from pathlib import Path

import pytest

from bench import peer_configuration as wanted

FRAME = wanted.Frame(Path("/x"), 18120, 18130, "a secret", 4)
SOURCE = wanted.Source("ldapi://%2Fx", "ou=orgs,dc=x", "uid=reader,dc=x", "hidden", 4)
WORKS = [
    wanted.users_file(Path("/x/users")),
    wanted.ldap_search(SOURCE),
    wanted.ldap_cache(SOURCE),
    wanted.sqlite(Path("/x/db"), Path("/stock"), 1),
]


@pytest.mark.parametrize("work", WORKS)
def test_both_sides_check_and_sign(work: wanted.Work):
    """CVE-2024-3596: the peer has to verify requests and sign replies as we do, or it would do less work."""
    text = wanted.configuration(FRAME, work)

    assert "require_message_authenticator = yes" in text
    assert text.count("&Message-Authenticator := 0x00") == 2


@pytest.mark.parametrize("work", WORKS)
def test_braces_close(work: wanted.Work):
    """Every section that is opened is closed."""
    text = wanted.configuration(FRAME, work)

    assert text.count("{") == text.count("}")


def test_nothing_is_logged_for_a_request():
    """The peer is measured at its strongest: no line for each login."""
    assert "auth = no" in wanted.configuration(FRAME, WORKS[0])


def test_the_directory_password_is_not_shown():
    """A password is in no repr."""
    assert "hidden" not in repr(SOURCE)
