import pytest

from directory import verifiers
from directory.backends.connection import BindOutcome
from directory.refusal import RegistryRefused
from tests.support.directory_server import SUFFIX
from tests.support.published import open_city
from tests.support.registry import add_active

VERIFIER = b"{SSHA}rWL24KdR+qjYHRP4OyOCtvNMJSUxMjM0NTY3OA=="  # of "right password"


@pytest.fixture
def city(sqlite_store, make_directory):
    directory = make_directory()
    directory.start()
    with open_city(sqlite_store, directory) as opened:
        yield opened


def test_a_password_is_set_and_a_lock_lifted(city):
    """A verifier is stored as it is; after too many wrong binds slapd locks, and the lock can be taken away."""
    with city.store.write() as unit:
        subject = add_active(unit, "a")
    city.publisher.run_once()
    dn, _ = city.person(subject, "uid")
    verifiers.set_password(city.pool, SUFFIX, subject, VERIFIER, must_change=True)
    assert city.person(subject, "pwdReset")[1] == {"pwdReset": [b"TRUE"]}
    verifiers.set_password(city.pool, SUFFIX, subject, VERIFIER)
    assert city.person(subject, "pwdReset")[1] == {}
    assert not verifiers.clear_lock(city.pool, SUFFIX, subject)
    for _ in range(10):
        assert city.pool.bind_as(dn, b"wrong") is BindOutcome.WRONG
    assert city.pool.bind_as(dn, b"right password") is BindOutcome.WRONG
    assert verifiers.clear_lock(city.pool, SUFFIX, subject)
    assert city.pool.bind_as(dn, b"right password") is BindOutcome.PROVEN
    assert city.person(subject, "pwdAccountLockedTime", "pwdFailureTime")[1] == {}


def test_somebody_not_yet_published_is_refused(city):
    """There is no password without an entry."""
    for subject in ("p-nobody", "*", "a)(uid=*"):
        with pytest.raises(RegistryRefused):
            verifiers.set_password(city.pool, SUFFIX, subject, VERIFIER)
