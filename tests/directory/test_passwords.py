"""Passwords: the right verdict for every method, in bounded time and room."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import passlib.hash
import pytest
from structlog.testing import capture_logs

from directory import passwords as module
from directory.backends.connection import BindOutcome
from directory.challenge import (
    ChapProof,
    MsChapV2Proof,
    PapProof,
    Proof,
    challenge_hash,
    challenge_response,
    nt_hash,
)
from directory.hashes import matches
from directory.passwords import Passwords, Verdict, Verification, generate_one_time_password, hash_new
from directory.person import Person, State
from directory.settings import DirectorySettings

TEXT = "密码 Pass-1"
WORD = TEXT.encode()
NOW = 1_000_000.0
PATIENCE = 10.0  # seconds
CHEAP = (
    b"{ARGON2}" + passlib.hash.argon2.using(type="ID", time_cost=1, memory_cost=64, parallelism=1).hash(TEXT).encode()
)
SSHA = b"{SSHA}WaMOVk8Q00ZxV0TmxvduX6W0FevT2oFz"

Make = Callable[..., Passwords]


def person(*verifiers: bytes, **more: object) -> Person:
    return Person(
        subject="s1", entry="e1", dn="uid=li", login="li", unit="north", state=State.ACTIVE, verifiers=verifiers
    )._replace(**more)


@pytest.fixture
def make() -> Iterator[Make]:
    """Return a maker of Passwords that are closed at the end."""
    with ExitStack() as stack:

        def build(bind: Callable[[str, bytes], BindOutcome] | None = None, **settings: object) -> Passwords:
            made = Passwords(DirectorySettings(**settings), bind=bind)
            stack.callback(made.close)
            return made

        yield build


def beside(passwords: Passwords, who: Person | None, proof: Proof, now: float = NOW) -> Verdict:
    told: list[Verification] = []
    came = threading.Event()

    def done(answer: Verification) -> None:
        told.append(answer)
        came.set()

    assert passwords.verify_beside(who, proof, now, done)
    assert came.wait(PATIENCE)
    assert len(told) == 1
    return told[0].verdict


def now(passwords: Passwords, who: Person | None, proof: Proof, at: float = NOW) -> Verdict | None:
    answer = passwords.verify_now(who, proof, at)
    return answer.verdict if answer else None


def chap(password: bytes) -> ChapProof:
    response = hashlib.md5(b"\x05" + password + b"challenge").digest()
    return ChapProof(5, b"challenge", response)


def mschap(password: bytes) -> MsChapV2Proof:
    challenge = challenge_hash(b"p" * 16, b"a" * 16, b"li")
    return MsChapV2Proof(b"a" * 16, b"p" * 16, challenge_response(challenge, nt_hash(password) or b""), b"li", 5)


def test_quick_verifier_is_answered_at_once(make: Make):
    """The SHA family, clear text and an NT hash are compared without a thread."""
    passwords = make()
    for who in (person(SSHA), person(WORD), person(nt_hash=nt_hash(WORD)), person(b"{MD5}bad", SSHA)):
        assert now(passwords, who, PapProof(WORD)) is Verdict.PROVEN
        assert now(passwords, who, PapProof(b"other")) is Verdict.WRONG


def test_slow_verifier_goes_beside(make: Make):
    """A slow verifier is never computed in the caller's thread; the pool answers right and wrong."""
    passwords = make()
    assert now(passwords, person(CHEAP), PapProof(WORD)) is None
    assert beside(passwords, person(CHEAP), PapProof(b"other")) is Verdict.WRONG
    assert beside(passwords, person(CHEAP), PapProof(WORD)) is Verdict.PROVEN
    assert passwords.seconds > 0.0


def test_proven_password_is_answered_from_memory(make: Make):
    """After a proof the same password is answered at once, for its time; a wrong one never is."""
    passwords = make(cache_seconds=300.0)
    beside(passwords, person(CHEAP), PapProof(b"other"))
    assert now(passwords, person(CHEAP), PapProof(b"other")) is None
    beside(passwords, person(CHEAP), PapProof(WORD))
    assert now(passwords, person(CHEAP), PapProof(WORD)) is Verdict.PROVEN
    assert now(passwords, person(CHEAP), PapProof(b"other")) is None
    assert now(passwords, person(CHEAP), PapProof(WORD), NOW + 300.0) is None


def test_memory_ends_with_the_verifier_and_with_forget(make: Make):
    """A new verifier, or `forget`, sends the password to be computed again."""
    passwords = make()
    beside(passwords, person(CHEAP), PapProof(WORD))
    assert now(passwords, person(b"{ARGON2}" + hash_new("other")[8:]), PapProof(WORD)) is None
    passwords.forget("s1")
    assert now(passwords, person(CHEAP), PapProof(WORD)) is None


def test_quick_and_slow_verifiers_side_by_side(make: Make):
    """Each of several values of userPassword proves; the quick ones are looked at first."""
    passwords = make()
    both = person(CHEAP, b"{CLEARTEXT}second")
    assert now(passwords, both, PapProof(b"second")) is Verdict.PROVEN
    assert now(passwords, both, PapProof(WORD)) is None
    assert beside(passwords, both, PapProof(WORD)) is Verdict.PROVEN


def test_empty_password_is_wrong_at_once(make: Make):
    """An empty password is never asked of anybody (RFC 4513 §5.1.2), whoever it is for."""
    asked: list[str] = []

    def bind(dn: str, _: bytes) -> BindOutcome:
        asked.append(dn)
        return BindOutcome.PROVEN

    for passwords in (make(), make(verify="bind", bind=bind)):
        for who in (None, person(), person(SSHA), person(CHEAP), person(b"{CLEARTEXT}")):
            assert now(passwords, who, PapProof(b"")) is Verdict.WRONG
            assert beside(passwords, who, PapProof(b"")) is Verdict.WRONG
    assert asked == []


def test_unknown_person_costs_what_a_known_one_costs(make: Make, monkeypatch: pytest.MonkeyPatch):
    """For nobody a hash of the same cost is computed in the pool; the answer is WRONG."""
    passwords = make()
    computed: list[bytes] = []

    def count(stored: bytes, password: bytes) -> bool:
        computed.append(stored)
        return matches(stored, password)

    monkeypatch.setattr(module, "matches", count)
    assert now(passwords, None, PapProof(WORD)) is None
    assert beside(passwords, None, PapProof(WORD)) is Verdict.WRONG
    assert computed[0].startswith(b"{ARGON2}$argon2id$v=19$m=19456,t=2,p=1$")
    # In a directory that only ever showed quick verifiers, slowness itself would tell.
    now(passwords, person(SSHA), PapProof(WORD))
    assert now(passwords, None, PapProof(WORD)) is Verdict.WRONG
    now(passwords, person(CHEAP), PapProof(WORD))
    assert now(passwords, None, PapProof(WORD)) is None


def test_chap(make: Make):
    """CHAP is possible with clear text only, and says so otherwise."""
    passwords = make()
    assert now(passwords, person(WORD), chap(WORD)) is Verdict.PROVEN
    assert now(passwords, person(b"{SSHA}x", b"{CLEARTEXT}" + WORD), chap(WORD)) is Verdict.PROVEN
    assert now(passwords, person(WORD), chap(b"other")) is Verdict.WRONG
    assert now(passwords, person(SSHA), chap(WORD)) is Verdict.NOT_POSSIBLE
    assert now(passwords, None, chap(WORD)) is Verdict.WRONG
    assert beside(passwords, person(WORD), chap(WORD)) is Verdict.PROVEN


def test_mschapv2(make: Make):
    """MS-CHAPv2 is possible with clear text or an NT hash, and brings its answer and keys."""
    passwords = make()
    for who in (person(WORD), person(SSHA, nt_hash=nt_hash(WORD))):
        answer = passwords.verify_now(who, mschap(WORD), NOW)
        assert answer is not None
        assert answer.verdict is Verdict.PROVEN
        assert (answer.mschap_success or b"").startswith(b"S=")
        assert [len(key) for key in answer.keys or ()] == [16, 16]
        assert passwords.verify_now(who, mschap(b"other"), NOW) == Verification(Verdict.WRONG)
    assert now(passwords, person(SSHA), mschap(WORD)) is Verdict.NOT_POSSIBLE
    assert now(passwords, person(b"\xff\xfe"), mschap(WORD)) is Verdict.NOT_POSSIBLE
    assert now(passwords, None, mschap(WORD)) is Verdict.WRONG


def test_nothing_that_can_be_compared(make: Make):
    """A person without a usable verifier is told apart from a wrong password."""
    passwords = make()
    for who in (person(), person(b"{SASL}li@realm"), person(b"{SSHA}broken")):
        assert now(passwords, who, PapProof(WORD)) is Verdict.NOT_POSSIBLE


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (BindOutcome.PROVEN, Verdict.PROVEN),
        (BindOutcome.WRONG, Verdict.WRONG),
        (BindOutcome.LOCKED, Verdict.WRONG),
        (BindOutcome.UNAVAILABLE, Verdict.UNAVAILABLE),
    ],
)
def test_bind_mode_asks_the_directory(make: Make, outcome: BindOutcome, verdict: Verdict):
    """In bind mode the directory judges, in the pool; only what it has proven is remembered."""
    asked: list[tuple[str, bytes]] = []

    def bind(dn: str, password: bytes) -> BindOutcome:
        asked.append((dn, password))
        return outcome

    passwords = make(verify="bind", bind=bind)
    assert now(passwords, person(SSHA), PapProof(WORD)) is None
    assert beside(passwords, person(SSHA), PapProof(WORD)) is verdict
    assert asked == [("uid=li", WORD)]
    proven = outcome is BindOutcome.PROVEN
    assert now(passwords, person(SSHA), PapProof(WORD)) is (Verdict.PROVEN if proven else None)
    assert now(passwords, person(SSHA, password_changed="later"), PapProof(WORD)) is None
    assert now(passwords, None, PapProof(WORD)) is None
    assert beside(passwords, None, PapProof(WORD)) is Verdict.WRONG
    assert len(asked) == 1


def test_bind_is_given_exactly_in_bind_mode():
    """A mode that cannot work is refused at start."""
    with pytest.raises(ValueError, match="bind"):
        Passwords(DirectorySettings(verify="bind"))
    with pytest.raises(ValueError, match="bind"):
        Passwords(DirectorySettings(), bind=lambda _dn, _password: BindOutcome.PROVEN)


class Gate:
    """A directory that answers only when told to."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.asked = threading.Semaphore(0)

    def __call__(self, _dn: str, _password: bytes) -> BindOutcome:
        self.asked.release()
        assert self.open.wait(PATIENCE)
        return BindOutcome.PROVEN


def test_full_queue_says_so(make: Make):
    """When threads and queue are full nothing more is taken, and what was taken is answered."""
    gate = Gate()
    passwords = make(verify="bind", bind=gate, hash_threads=2, hash_queue=3)
    answers: list[Verification] = []
    for _ in range(2):
        assert passwords.verify_beside(person(), PapProof(WORD), NOW, answers.append)
        assert gate.asked.acquire(timeout=PATIENCE)
    for _ in range(3):
        assert passwords.verify_beside(person(), PapProof(WORD), NOW, answers.append)
    assert passwords.waiting == 3
    assert not passwords.verify_beside(person(), PapProof(WORD), NOW, answers.append)
    gate.open.set()
    deadline = time.monotonic() + PATIENCE
    while len(answers) < 5 and time.monotonic() < deadline:
        time.sleep(0.005)
    assert [answer.verdict for answer in answers] == [Verdict.PROVEN] * 5


def test_forget_while_a_verification_is_under_way(make: Make):
    """What was being proven when the directory changed is answered, but not remembered."""
    gate = Gate()
    passwords = make(verify="bind", bind=gate)
    came = threading.Event()
    passwords.verify_beside(person(), PapProof(WORD), NOW, lambda _: came.set())
    assert gate.asked.acquire(timeout=PATIENCE)
    passwords.forget("s1")
    gate.open.set()
    assert came.wait(PATIENCE)
    assert now(passwords, person(), PapProof(WORD)) is None


def test_close_answers_everybody(make: Make):
    """At close the running verification ends, those that wait are told BUSY, and nothing is taken any more."""
    gate = Gate()
    passwords = make(verify="bind", bind=gate, hash_threads=1, hash_queue=8)
    answers: list[Verification] = []
    for _ in range(4):
        assert passwords.verify_beside(person(), PapProof(WORD), NOW, answers.append)
    assert gate.asked.acquire(timeout=PATIENCE)
    closing = threading.Thread(target=passwords.close)
    closing.start()
    deadline = time.monotonic() + PATIENCE
    while len(answers) < 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    gate.open.set()
    closing.join(PATIENCE)
    assert [answer.verdict for answer in answers] == [Verdict.BUSY] * 3 + [Verdict.PROVEN]
    assert not passwords.verify_beside(person(), PapProof(WORD), NOW, answers.append)
    passwords.close()


def test_threads_outlive_whatever_is_raised(make: Make):
    """An error in the directory or in who asked stops no thread, proves nothing, and shows no password."""

    def bind(_dn: str, password: bytes) -> BindOutcome:
        raise RuntimeError(password)

    passwords = make(verify="bind", bind=bind, hash_threads=1)

    def angry(_: Verification) -> None:
        raise RuntimeError(TEXT)

    with capture_logs() as logs:
        assert passwords.verify_beside(person(), PapProof(WORD), NOW, angry)
        assert beside(passwords, person(), PapProof(WORD)) is Verdict.UNAVAILABLE
    assert [entry["event"] for entry in logs] == [
        "password not verified",
        "verification not taken",
        "password not verified",
    ]
    assert "Pass-1" not in str(logs)


def test_new_hashes_are_argon2id_of_the_agreed_cost():
    """`hash_new` gives what the embedded directory verifies: argon2id, 19 MiB, two passes, one lane."""
    stored = hash_new(TEXT)
    assert stored.startswith(b"{ARGON2}$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches(stored, WORD)
    assert not matches(stored, b"other")
    assert hash_new(TEXT) != stored


def test_one_time_passwords_can_be_read_out():
    """A one-time password has no signs that look alike, and no two are the same."""
    made = {generate_one_time_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert [len(group) for group in password.split("-")] == [5, 5, 5]
        assert not set(password) & set("0Oo1lIi")


def test_no_secret_in_any_repr():
    """A verification shows its verdict only."""
    answer = Verification(Verdict.PROVEN, b"S=word", (b"word", b"word"))
    assert repr(answer) == "Verification(proven)"
