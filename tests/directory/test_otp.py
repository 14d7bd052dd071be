"""The second factor: RFC 6238's own vectors, a step accepted once, and recovery codes that are used up."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from directory import otp
from directory.refusal import Flaw, RegistryRefused
from directory.registry import RecoveryCodeRow, SecondFactorRow
from store.record import ActRow
from store.sealing import SealBroken, Sealer
from tests.support.registry import ACTOR, add_active, build_city

# RFC 6238 appendix B: the SHA-1 key, and eight digits of which an authenticator application shows the last six.
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
NOW = 1111111109.0
SEALER = Sealer({1: bytes(range(32))})


@pytest.fixture
def store(store):
    with store.write() as unit:
        build_city(unit)
    return store


@pytest.fixture
def subject(store):
    """A person with a second factor."""
    with store.write() as unit:
        subject = add_active(unit, "zhangsan")
        otp.enrol(unit, SEALER, ACTOR, subject, SECRET)
    return subject


def refused(flaw):
    return pytest.raises(RegistryRefused, match=flaw.code)


@pytest.mark.parametrize(("now", "code"), VECTORS.items())
def test_rfc_6238_appendix_b(now, code):
    """The last six digits of the RFC's codes belong to the step of their time."""
    assert otp.verify_code(SECRET, code[-6:], float(now), None) == now // 30


def test_one_step_before_and_after():
    """A telephone's clock may differ by one step, not by two (RFC 6238 §6)."""
    generator = pyotp.TOTP(SECRET)
    present = int(NOW // 30)
    for distance in (-2, -1, 0, 1, 2):
        code = generator.generate_otp(present + distance)
        wanted = present + distance if abs(distance) <= 1 else None
        assert otp.verify_code(SECRET, code, NOW, None) == wanted


@given(now=st.floats(0, 4e9), distance=st.integers(-1, 1))
@settings(max_examples=100, deadline=None)
def test_a_step_is_accepted_once(now, distance):
    """A code is worth nothing once its step was accepted, nor is the code of an earlier step (RFC 6238 §5.2)."""
    step = max(0, int(now // 30) + distance)
    code = pyotp.TOTP(SECRET).generate_otp(step)
    accepted = otp.verify_code(SECRET, code, now, None)
    assert accepted is not None
    assert otp.verify_code(SECRET, code, now, accepted) is None
    assert otp.verify_code(SECRET, code, now, accepted + 1000) is None


@given(secret=st.text(max_size=40), code=st.text(max_size=12), now=st.floats(0, 4e9))
@settings(max_examples=200, deadline=None)
def test_whatever_is_typed_is_a_step_or_nothing(secret, code, now):
    """Hostile text is no code, and no error."""
    assert otp.verify_code(secret, code, now, None) is None
    assert otp.verify_code(SECRET, code, now, None) in {None, *range(int(now // 30) - 1, int(now // 30) + 2)}


def test_how_people_type_codes():
    """Spaces and full-width digits are forgiven."""
    step = int(NOW // 30)
    for typed in ("081 804", " 081804 ", "０８１８０４", "081\u3000804"):
        assert otp.verify_code(SECRET, typed, NOW, None) == step
    for typed in ("", "81804", "0818044", "08180a", "০৮১৮০৪", "-81804"):
        assert otp.verify_code(SECRET, typed, NOW, None) is None


def test_a_fresh_secret_and_its_uri():
    """A secret has 160 bits, and its URI names login and issuer so that an application takes them."""
    secret = otp.new_secret()
    assert otp.is_secret(secret)
    assert secret != otp.new_secret()
    assert otp.new_secret(b"12345678901234567890") == SECRET
    uri = otp.provisioning_uri(secret, "zhangsan", "宜州:政务网")
    told = pyotp.parse_uri(uri)
    assert (told.secret, told.name, told.issuer) == (secret, "zhangsan", "宜州 政务网")


def test_the_same_code_once_in_the_database(store, subject):
    """What was accepted is written in the same unit of work; a unit that is undone accepted nothing."""
    with pytest.raises(AssertionError), store.write() as unit:
        assert not otp.verify(unit, SEALER, subject, "081804", NOW), "undone"
    with store.write() as unit:
        assert not otp.verify(unit, SEALER, subject, "000000", NOW)
        assert otp.verify(unit, SEALER, subject, "081804", NOW)
        assert not otp.verify(unit, SEALER, subject, "081804", NOW)
    with store.write() as unit:
        assert not otp.verify(unit, SEALER, subject, "081804", NOW)
        assert otp.verify(unit, SEALER, subject, "050471", 1111111111.0)


def test_the_same_code_in_two_units_at_once(postgresql_store):
    """Of two logins with one code at the same moment, one is accepted."""
    with postgresql_store.write() as unit:
        build_city(unit)
        subject = add_active(unit, "zhangsan")
        otp.enrol(unit, SEALER, ACTOR, subject, SECRET)
    both = threading.Barrier(2)

    def login():
        with postgresql_store.write() as unit:
            otp.has_factor(unit.session, subject)
            both.wait(10)
            return otp.verify(unit, SEALER, subject, "081804", NOW)

    with ThreadPoolExecutor(2) as pool:
        accepted = [each.result(20) for each in (pool.submit(login), pool.submit(login))]
    assert sorted(accepted) == [False, True]


def test_the_proof_of_the_enrolment_is_used_up(store):
    """The code that proved the fresh secret does not serve for a login as well."""
    with store.write() as unit:
        subject = add_active(unit, "zhangsan")
        step = otp.verify_code(SECRET, "081804", NOW, None)
        otp.enrol(unit, SEALER, ACTOR, subject, SECRET, proven_step=step)
        assert not otp.verify(unit, SEALER, subject, "081804", NOW)


def test_enrolment_and_removal(store, subject):
    """A factor is there from enrolment to removal; both are on the record, and no secret is."""
    with store.read() as session:
        assert otp.has_factor(session, subject)
        assert SECRET.encode() not in session.get(SecondFactorRow, subject).secret
    with store.write() as unit:
        codes = otp.replace_recovery_codes(unit, SEALER, ACTOR, subject)
        otp.remove(unit, ACTOR, subject)
        assert not otp.verify(unit, SEALER, subject, "081804", NOW)
        assert not otp.use_recovery_code(unit, SEALER, subject, codes[0])
    with store.read() as session:
        assert not otp.has_factor(session, subject)
        acts = session.scalars(select(ActRow).where(ActRow.act.startswith("factor."))).all()
        assert [row.act for row in acts] == ["factor.enrol", "factor.recovery_codes", "factor.remove"]
        told = "".join(f"{row.before}{row.after}" for row in acts)
        assert not any(word in told for word in (SECRET, *codes))
    with refused(Flaw.FACTOR_UNKNOWN), store.write() as unit:
        otp.remove(unit, ACTOR, subject)
    with refused(Flaw.FACTOR_UNKNOWN), store.write() as unit:
        otp.replace_recovery_codes(unit, SEALER, ACTOR, subject)


def test_what_cannot_be_enrolled(store, subject):
    """A malformed secret and an unknown person are refused."""
    for secret in ("", "AAAA", SECRET.lower(), SECRET + "A", "密" * 32):
        with refused(Flaw.SECRET_MALFORMED), store.write() as unit:
            otp.enrol(unit, SEALER, ACTOR, subject, secret)
    with refused(Flaw.PERSON_UNKNOWN), store.write() as unit:
        otp.enrol(unit, SEALER, ACTOR, "p-nobody", SECRET)


def test_a_secret_opens_for_its_person_only(store, subject):
    """A sealed secret that was copied to somebody else's row does not open."""
    with store.write() as unit:
        other = add_active(unit, "lisi")
        sealed = unit.session.get(SecondFactorRow, subject).secret
        unit.session.add(SecondFactorRow(subject=other, secret=sealed, enrolled_at=0.0))
        unit.session.flush()
        with pytest.raises(SealBroken):
            otp.verify(unit, SEALER, other, "081804", NOW)


def test_recovery_codes_are_readable():
    """Ten different codes of two groups, without the signs that are taken for others."""
    codes = otp.new_recovery_codes()
    assert len(set(codes)) == otp.RECOVERY_CODES
    for code in codes:
        assert len(code) == 11
        assert code[5] == "-"
        assert not set(code) & set("0o1ilu")
    assert otp.new_recovery_codes(bytes(160)) == ["22222-22222"] * 10


def test_recovery_codes_are_used_once(store, subject):
    """Each code serves once, however it is typed, for its own person, until new ones take their place."""
    with store.write() as unit:
        other = add_active(unit, "lisi")
        otp.enrol(unit, SEALER, ACTOR, other, SECRET)
        codes = otp.replace_recovery_codes(unit, SEALER, ACTOR, subject)
        assert otp.remaining(unit.session, subject) == 10
        assert not otp.use_recovery_code(unit, SEALER, other, codes[0])
        assert otp.use_recovery_code(unit, SEALER, subject, f" {codes[0].upper().replace('-', ' ')}")
        assert not otp.use_recovery_code(unit, SEALER, subject, codes[0])
        assert otp.remaining(unit.session, subject) == 9
        fresh = otp.replace_recovery_codes(unit, SEALER, ACTOR, subject)
        assert not otp.use_recovery_code(unit, SEALER, subject, codes[1])
        assert otp.use_recovery_code(unit, SEALER, subject, fresh[1])
        otp.enrol(unit, SEALER, ACTOR, subject, otp.new_secret())
        assert not otp.use_recovery_code(unit, SEALER, subject, fresh[2])


def test_recovery_codes_are_kept_as_keyed_hashes(store, subject):
    """Without the key nobody can try codes against the database."""
    with store.write() as unit:
        codes = otp.replace_recovery_codes(unit, SEALER, ACTOR, subject)
        kept = set(unit.session.scalars(select(RecoveryCodeRow.hash)))
    place = {"table": "recovery_code", "subject": subject}
    assert kept == {otp.recovery_hash(SEALER, code, **place) for code in codes}
    other = Sealer({1: bytes(32)})
    assert not kept & {otp.recovery_hash(other, code, **place) for code in codes}


@given(st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_no_text_is_a_recovery_code_by_accident(text):
    """Anything else than ten signs of the alphabet has no hash."""
    made = otp.recovery_hash(SEALER, text, table="recovery_code", subject="p-1")
    assert made is None or len(made) == 32
    assert otp.recovery_hash(SEALER, text + "!", table="recovery_code", subject="p-1") is None
