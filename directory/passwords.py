"""Is this the person's password? Quick forms at once, slow ones in a bounded pool, with a cache of what was proven.

A slow hash costs 20 ms by design. So that a thousand ports that come back after a power cut do not wait for it, a
process remembers for some minutes what it has proven (directory.proven).
"""

import queue
import secrets
import threading
import time
from collections.abc import Callable
from enum import Enum
from hmac import compare_digest
from typing import NamedTuple

import structlog
from passlib.hash import argon2

from directory.backends.connection import BindOutcome
from directory.challenge import (
    ChapProof,
    MsChapV2Proof,
    PapProof,
    Proof,
    chap_matches,
    mschapv2_success,
    nt_hash,
)
from directory.hashes import Kind, clear_text, compare_quickly, decode, is_slow, matches, matches_quickly
from directory.person import Person
from directory.proven import Proven
from directory.settings import DirectorySettings

_LOOKED_AT = 8  # values of one person's userPassword; nobody means to have more
# OWASP's argon2id for interactive logins: 19 MiB, two passes, one lane; the embedded directory uses the same.
_ARGON2 = argon2.using(type="ID", time_cost=2, memory_cost=19_456, parallelism=1)
# Without letters and digits that look alike, in groups that can be read out: 15 of 31 signs are 74 bits.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"

log = structlog.get_logger()


class Verdict(Enum):
    """What is known about a proof."""

    PROVEN = "proven"
    WRONG = "wrong"
    NOT_POSSIBLE = "not possible"  # what is stored cannot serve this method
    UNAVAILABLE = "unavailable"  # the directory could not be asked
    BUSY = "busy"  # nobody came to look at it


class Verification(NamedTuple):
    """The answer to a proof; the last two fields are for MS-CHAPv2 alone."""

    verdict: Verdict
    mschap_success: bytes | None = None  # "S=" and 40 hexadecimal digits
    keys: tuple[bytes, bytes] | None = None  # MS-MPPE-Send-Key, MS-MPPE-Recv-Key; 16 octets each

    def __repr__(self) -> str:
        return f"Verification({self.verdict.value})"


_PROVEN = Verification(Verdict.PROVEN)
_WRONG = Verification(Verdict.WRONG)
_NOT_POSSIBLE = Verification(Verdict.NOT_POSSIBLE)
_UNAVAILABLE = Verification(Verdict.UNAVAILABLE)
_BUSY = Verification(Verdict.BUSY)


class _Job(NamedTuple):
    person: Person | None
    proof: Proof
    now: float
    mark: int  # of Proven, when the job came
    done: Callable[[Verification], None]


def hash_new(password: str) -> bytes:
    """Return a value for userPassword: {ARGON2} and a PHC string of argon2id. Costs 20 ms."""
    return b"{ARGON2}" + str(_ARGON2.hash(password)).encode("ascii")


def generate_one_time_password() -> str:
    """Return a password to be read out and typed once: 15 signs in three groups, 74 bits."""
    while True:
        made = "-".join("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(3))
        if any(sign.isdigit() for sign in made) and any(sign.isalpha() for sign in made):
            return made  # else one in a hundred has too few kinds of characters for the policy


class Passwords:
    """Verifies proofs for one process. Threads may share it."""

    def __init__(self, settings: DirectorySettings, *, bind: Callable[[str, bytes], BindOutcome] | None = None) -> None:
        """Start the pool. `bind` asks the directory itself, and is given exactly where `verify` is "bind"."""
        if (settings.verify == "bind") is not (bind is not None):
            raise ValueError('a way to bind is given exactly where verify = "bind"')
        self.seconds = 0.0  # spent in slow verifications
        self._bind = bind
        self._proven = Proven(settings.cache_seconds)
        self._decoy = hash_new(secrets.token_hex(16))
        self._met_slow = self._met_quick = False
        self._lock = threading.Lock()
        self._closed = False
        self._jobs: queue.Queue[_Job | None] = queue.Queue(settings.hash_queue)
        self._threads = [
            threading.Thread(target=self._work, name=f"password {number}", daemon=True)
            for number in range(settings.hash_threads)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def waiting(self) -> int:
        """How many verifications wait for a thread."""
        return self._jobs.qsize()

    def verify_now(self, person: Person | None, proof: Proof, now: float) -> Verification | None:
        """Return the answer where it costs microseconds; None: it is slow, use `verify_beside`."""
        if isinstance(proof, PapProof):
            return self._pap_now(person, proof.password, now)
        if isinstance(proof, ChapProof):
            return _chap(person, proof)
        return _mschapv2(person, proof)

    def verify_beside(
        self, person: Person | None, proof: Proof, now: float, done: Callable[[Verification], None]
    ) -> bool:
        """Verify in the pool; `done` is called once, in a thread of the pool. False: it is full, and never will.

        The answer holds for `person` as it was handed in; whether that is still so is for `done` to look at.
        """
        job = _Job(person, proof, now, self._proven.mark, done)
        with self._lock:
            if self._closed:
                return False
            try:
                self._jobs.put_nowait(job)
            except queue.Full:
                return False
        return True

    def forget(self, subject: str) -> None:
        """Forget what was proven for a person: the directory changed something about it."""
        self._proven.forget(subject)

    def close(self) -> None:
        """Let the threads end what they do; those that still wait are told BUSY."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        waiting = []
        while True:
            try:
                waiting.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        for _ in self._threads:
            self._jobs.put(None)
        for job in waiting:
            if job is not None:
                _tell(job, _BUSY)
        for thread in self._threads:
            thread.join()
        self._proven.clear()

    def _pap_now(self, person: Person | None, password: bytes, now: float) -> Verification | None:
        if not password:
            return _WRONG  # never sent on: an empty password is an unauthenticated bind (RFC 4513 §5.1.2)
        if person is None:
            # As long as the time for an unknown name is that for a known one, nobody learns which names exist. In a
            # directory that only ever showed quick verifiers, the slow decoy would tell, and would fill the pool.
            if self._met_quick and not self._met_slow:
                matches_quickly(b"unknown", password)
                return _WRONG
            return None
        if self._bind is not None:
            self._met_slow = True
            return _PROVEN if self._proven.holds(person, password, now) else None
        slow = possible = False
        for stored in person.verifiers[:_LOOKED_AT]:
            verifier = decode(stored)
            if verifier.slow:
                slow = True
            elif compare_quickly(verifier, password):
                self._met_quick = True
                return _PROVEN
            else:
                possible = possible or verifier.kind is not Kind.UNKNOWN
        if slow:
            self._met_slow = True
            return _PROVEN if self._proven.holds(person, password, now) else None
        if person.nt_hash is not None:
            possible = True
            told = nt_hash(password)
            if told is not None and compare_digest(told, person.nt_hash):
                return _PROVEN
        if not possible:
            return _NOT_POSSIBLE
        self._met_quick = True
        return _WRONG

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            start = time.monotonic()
            try:
                answer = self._verify(job)
            except Exception as error:  # noqa: BLE001 - a thread of the pool must live; nothing is proven
                # No traceback: renderers show the values of variables, and one of them is the password.
                log.error("password not verified", error=type(error).__name__)  # noqa: TRY400 - as said
                answer = _UNAVAILABLE
            with self._lock:
                self.seconds += time.monotonic() - start
            _tell(job, answer)

    def _verify(self, job: _Job) -> Verification:
        quick = self.verify_now(job.person, job.proof, job.now)  # another port of this person may have come before
        if quick is not None or not isinstance(job.proof, PapProof):
            return quick or _WRONG
        person, password = job.person, job.proof.password
        if person is None:
            matches(self._decoy, password)
            return _WRONG
        if self._bind is not None:
            answer = _BOUND[self._bind(person.dn, password)]
        else:
            slow = (stored for stored in person.verifiers[:_LOOKED_AT] if is_slow(stored))
            answer = _PROVEN if any(matches(stored, password) for stored in slow) else _WRONG
        if answer is _PROVEN:
            self._proven.remember(person, password, job.now, job.mark)
        return answer


_BOUND = {
    BindOutcome.PROVEN: _PROVEN,
    BindOutcome.WRONG: _WRONG,
    BindOutcome.LOCKED: _WRONG,  # whether it was right is not known, and not told
    BindOutcome.UNAVAILABLE: _UNAVAILABLE,
}


def _tell(job: _Job, answer: Verification) -> None:
    try:
        job.done(answer)
    except Exception as error:  # noqa: BLE001 - whoever asked may be gone; the next one must not suffer
        log.error("verification not taken", error=type(error).__name__)  # noqa: TRY400 - no password in a trace


def _chap(person: Person | None, proof: ChapProof) -> Verification:
    if person is None:
        chap_matches(proof, b"unknown")
        return _WRONG
    known = [clear for stored in person.verifiers[:_LOOKED_AT] if (clear := clear_text(stored)) is not None]
    if not known:
        return _NOT_POSSIBLE
    return _PROVEN if any(chap_matches(proof, clear) for clear in known) else _WRONG


def _mschapv2(person: Person | None, proof: MsChapV2Proof) -> Verification:
    if person is None:
        mschapv2_success(proof, bytes(16))
        return _WRONG
    known = [person.nt_hash] if person.nt_hash is not None else []
    for stored in person.verifiers[:_LOOKED_AT]:
        clear = clear_text(stored)
        told = nt_hash(clear) if clear is not None else None
        if told is not None:
            known.append(told)
    if not known:
        return _NOT_POSSIBLE
    for candidate in known:
        success = mschapv2_success(proof, candidate)
        if success is not None:
            return Verification(Verdict.PROVEN, success.message, success.keys)
    return _WRONG
