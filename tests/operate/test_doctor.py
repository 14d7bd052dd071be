"""What may be wrong with keys, files, database and clock."""

import time

import pytest
from sqlalchemy import text, update

from access.tables import DeviceRow
from operate import doctor
from operate.doctor_finding import Level, Patient
from store.changes import ChangeRow


@pytest.fixture
def patient(operator):
    """Give an installation with its database open."""
    operator.town()
    found = Patient(operator.settings, None)
    list(doctor.check_database(found))
    yield found
    if found.store is not None:
        found.store.close()


def _levels(findings):
    return [finding.level for finding in findings]


def test_a_fresh_installation_is_well(patient):
    """Nothing is said to be wrong without a reason."""
    for check in (doctor.check_keys, doctor.check_modes, doctor.check_secrets, doctor.check_clock):
        assert Level.WRONG not in _levels(check(patient))


def test_a_database_behind_its_migrations(operator):
    """A database of another version is wrong, and what to do is said."""
    store = operator.store()
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    store.close()

    (finding,) = doctor.check_database(Patient(operator.settings, None))

    assert finding.level is Level.WRONG
    assert "--repair" in finding.remedy.english


def test_an_empty_database_without_a_key(operator):
    """A database server may have made it before `init` ran: nothing is lost, and nothing is to be repaired."""
    store = operator.store()
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    store.close()
    operator.settings.master_key.unlink()

    patient = Patient(operator.settings, None)
    remedies = [
        finding.remedy.english for check in (doctor.check_database, doctor.check_keys) for finding in check(patient)
    ]

    assert patient.store is None
    assert all("init" in remedy and "repair" not in remedy for remedy in remedies)


def test_no_database(operator):
    """One that was never made is told apart."""
    (operator.settings.state / "truename.db").unlink()

    assert _levels(doctor.check_database(Patient(operator.settings, None))) == [Level.WRONG]


def test_short_secrets_are_found(patient):
    """12 octets or less are guessed from one captured reply (RFC 2865 §3)."""
    sealer = doctor.Sealer.load(patient.settings.master_key, patient.store)
    sealed = sealer.seal(b"radius", table="device", column="secret", subject="1")
    with patient.store.write() as unit:
        unit.session.execute(update(DeviceRow).values(secret=sealed))

    (finding,) = doctor.check_secrets(patient)
    assert (finding.level, "sw1" in finding.says.english) == (Level.WARNING, True)

    with patient.store.write() as unit:
        unit.session.execute(update(DeviceRow).values(secret=b"broken"))
    assert _levels(doctor.check_secrets(patient)) == [Level.WRONG]


def test_open_files_are_found_and_mended(patient):
    """Keys that others can read are wrong; repair gives them their mode."""
    patient.settings.master_key.chmod(0o444)

    (finding,) = doctor.check_modes(patient)
    assert (finding.level, "0400" in finding.remedy.english) == (Level.WRONG, True)

    assert len(doctor.repair(patient.settings)) == 1
    assert _levels(doctor.check_modes(patient)) == [Level.FINE]


def test_a_missing_key_is_found(patient):
    """Nothing sealed opens without it."""
    patient.settings.master_key.unlink()

    (finding,) = doctor.check_keys(patient)
    assert (finding.level, "backup" in finding.remedy.english) == (Level.WRONG, True)


def test_a_clock_that_went_back_is_found(patient, monkeypatch):
    """What is recorded lies in the future, or we are earlier than this program."""
    with patient.store.write() as unit:
        unit.session.execute(update(ChangeRow).values(at=time.time() + 100))
    assert _levels(doctor.check_clock(patient)) == [Level.WRONG]

    monkeypatch.setattr(doctor.time, "time", lambda: 1_000_000_000.0)
    assert _levels(doctor.check_clock(patient)) == [Level.WRONG]


def test_one_check_that_fails_does_not_end_the_others(operator):
    """What could not be looked at is itself a finding."""

    def check_broken(_):
        raise OSError("no such device")
        yield

    findings = doctor.examine(operator.settings, (check_broken, doctor.check_modes))

    assert _levels(findings) == [Level.WRONG, Level.FINE]
    assert findings[0].topic == "broken"


@pytest.mark.parametrize(("running", "level"), [(True, Level.FINE), (False, Level.NOTE)])
def test_whether_the_service_runs(operator, running, level):
    """A service that does not run is no error by itself."""
    assert _levels(doctor.check_service(Patient(operator.settings, running))) == [level]
