"""Pauses after wrong passwords."""

import pytest

from access.lockout import Lockout
from access.reasons import Reason

NOW = 1000.0
PHONE, OFFICE = "02:00:00:00:00:aa", "02:00:00:00:00:bb"


@pytest.fixture
def lockout() -> Lockout:
    return Lockout(person_failures=20, hardware_failures=5, window=900, lockout=300)


def fail(lockout: Lockout, hardware: str | None, times: int, now: float = NOW, subject: str = "P1") -> None:
    for _ in range(times):
        lockout.failed(subject, hardware, now)


def test_a_phone_with_an_old_password_pauses_itself_only(lockout: Lockout):
    """Its owner gets in from every other device, and other people from that phone."""
    fail(lockout, PHONE, 4)
    assert lockout.check("P1", PHONE, NOW) is None
    fail(lockout, PHONE, 1)

    refused = lockout.check("P1", PHONE, NOW)
    assert refused is not None
    assert refused.reason is Reason.HARDWARE_LOCKED_OUT
    assert refused.until == NOW + 300
    assert lockout.check("P1", OFFICE, NOW) is None
    assert lockout.check("P2", PHONE, NOW) is None


def test_a_phone_that_tries_for_ever_never_pauses_its_owner(lockout: Lockout):
    """One address adds to the count per person no more than what pauses the address itself."""
    for now in range(0, 100_000, 10):
        if lockout.check("P1", PHONE, now) is None:
            lockout.failed("P1", PHONE, now)
        assert lockout.check("P1", OFFICE, now) is None


def test_one_address_is_not_enough_whatever_the_settings():
    """A limit per person below the one per address is lifted above it."""
    lockout = Lockout(person_failures=3, hardware_failures=5, window=900, lockout=300)
    fail(lockout, PHONE, 5)
    assert lockout.check("P1", OFFICE, NOW) is None


def test_a_wide_guess_pauses_the_person(lockout: Lockout):
    """Wrong passwords over many addresses pause the person on all of them, and end by themselves."""
    for number in range(20):
        assert lockout.check("P1", OFFICE, NOW) is None
        lockout.failed("P1", f"02:00:00:00:01:{number:02x}", NOW + number)

    refused = lockout.check("P1", OFFICE, NOW + 20)
    assert refused is not None
    assert refused.reason is Reason.PERSON_LOCKED_OUT
    assert refused.until == NOW + 19 + 300
    assert lockout.check("P1", OFFICE, NOW + 19 + 300) is None


def test_requests_without_hardware_count_together(lockout: Lockout):
    """Leaving the address out does not get round the count."""
    fail(lockout, None, 5)
    assert lockout.check("P1", None, NOW) is not None
    assert lockout.check("P1", OFFICE, NOW) is None


def test_failures_age(lockout: Lockout):
    """Only failures within the window count, and a pause ends."""
    fail(lockout, PHONE, 4)
    fail(lockout, PHONE, 1, NOW + 901)
    assert lockout.check("P1", PHONE, NOW + 901) is None
    fail(lockout, PHONE, 4, NOW + 902)
    assert lockout.check("P1", PHONE, NOW + 902) is not None
    assert lockout.check("P1", PHONE, NOW + 902 + 300) is None


def test_a_right_password_clears_its_own_hardware(lockout: Lockout):
    """Whoever sits there knows the password; failures elsewhere stay counted."""
    fail(lockout, PHONE, 4)
    fail(lockout, OFFICE, 4)
    lockout.proven("P1", OFFICE)
    fail(lockout, OFFICE, 4)
    assert lockout.check("P1", OFFICE, NOW) is None
    fail(lockout, PHONE, 1)
    assert lockout.check("P1", PHONE, NOW) is not None
    lockout.proven("P2", PHONE)


def test_a_proof_under_way_does_not_end_the_pause_of_a_person(lockout: Lockout):
    """A password that was proven while the pause began lets the guesser in no sooner."""
    for number in range(20):
        lockout.failed("P1", f"02:00:00:00:01:{number:02x}", NOW)
    lockout.proven("P1", OFFICE)
    assert lockout.check("P1", PHONE, NOW) is not None


def test_memory_is_bounded():
    """However many names fail, so many are remembered and no more; the oldest goes first."""
    lockout = Lockout(person_failures=20, hardware_failures=2, window=900, lockout=300, most_people=100)
    for number in range(1000):
        fail(lockout, PHONE, 2, subject=f"P{number}")
        for other in range(40):
            lockout.failed("P", f"{other}", NOW)
    assert len(lockout) == 100
    assert lockout.check("P999", PHONE, NOW) is not None
    assert lockout.check("P0", PHONE, NOW) is None
    assert len(lockout._people["P"].by_hardware) <= 20
