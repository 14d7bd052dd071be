"""Sessions of pages."""

import os

from portal import web_sessions
from portal.web_sessions import Door, Limits

LIMITS = Limits(idle=100, absolute=1000)


def begun(knowledge, who="p-1", door=Door.ACCOUNT):
    """Begin one and return its token."""
    with knowledge.store.write() as unit:
        return web_sessions.begin(unit, door, who, strength=1, address="192.0.2.1", octets=os.urandom(32))


def found(knowledge, token, *, later=0.0, address="192.0.2.1", door=Door.ACCOUNT):
    """Look a token up."""
    now = knowledge.clock() + later
    return web_sessions.find(knowledge.store, door, token, address=address, now=now, limits=LIMITS)


def test_a_session_opens_its_door_only(knowledge):
    """Right token, right door, right address; nothing else."""
    token = begun(knowledge)
    assert found(knowledge, token).who == "p-1"
    assert found(knowledge, token, door=Door.CONSOLE) is None
    assert found(knowledge, token, address="192.0.2.2") is None
    assert found(knowledge, token[:-1] + "x") is None
    assert found(knowledge, "") is None


def test_idle_and_absolute_limits(knowledge):
    """Use moves the first limit and not the second."""
    token = begun(knowledge)
    for later in range(0, 1000, 90):
        assert found(knowledge, token, later=later) is not None, later
    assert found(knowledge, token, later=1050) is None
    assert found(knowledge, begun(knowledge), later=150) is None


def test_sessions_of_somebody_end_together(knowledge):
    """Except the one from which that is asked."""
    kept, gone, other = begun(knowledge), begun(knowledge), begun(knowledge, "p-2")
    with knowledge.store.write() as unit:
        web_sessions.end_all(unit, Door.ACCOUNT, "p-1", but=found(knowledge, kept).hash)
    assert [bool(found(knowledge, token)) for token in (kept, gone, other)] == [True, False, True]


def test_database_holds_no_token(knowledge):
    """A dump opens no session."""
    token = begun(knowledge)
    with knowledge.store.read() as session:
        rows = web_sessions.of(session, Door.ACCOUNT, "p-1")
    assert all(token not in repr(vars(row)) and bytes.fromhex(token) != row.hash for row in rows)


def test_cookie_is_held_to_the_host_over_tls():
    """__Host- and Secure there; on loopback without TLS a plain name."""
    assert web_sessions.cookie_name(Door.CONSOLE, secure=True).startswith("__Host-")
    assert web_sessions.cookie_name(Door.CONSOLE, secure=False) == "truename-console"
