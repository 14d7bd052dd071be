"""A login name and a password → the person, or why not. For the captive pages and for my account alike."""

import threading
from typing import NamedTuple

from access.decision import Refusal, standing
from access.reasons import Reason
from directory import otp
from directory.challenge import PapProof
from directory.mirror import Ambiguous
from directory.passwords import Verdict, Verification
from directory.person import Person, normal_login
from portal.knowledge import Knowledge

PATIENCE = 20.0  # seconds for a slow hash behind others
LONGEST_NAME = 253
FACTOR = "factor:"  # failures of the second factor count apart from those of the password

_REFUSED = {
    Verdict.NOT_POSSIBLE: Reason.METHOD_NOT_POSSIBLE,
    Verdict.UNAVAILABLE: Reason.DIRECTORY_UNAVAILABLE,
    Verdict.BUSY: Reason.DIRECTORY_UNAVAILABLE,
}


class Proof(NamedTuple):
    """What came of a password: the person where known, and the refusal where there is one."""

    person: Person | None
    refusal: Refusal | None


def prove(knowledge: Knowledge, login: str, password: str, source: str | None, now: float) -> Proof:
    """Verify a password; waits for a slow hash. `source` is the hardware or the address that errors count for."""
    name = login.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or " " in name:
        return Proof(None, Refusal(Reason.NAME_MALFORMED))
    if knowledge.mirror.age(now) > knowledge.directory.max_age:
        return Proof(None, Refusal(Reason.DIRECTORY_STALE))
    try:
        person = knowledge.mirror.find(normal_login(name))
    except Ambiguous:
        return Proof(None, Refusal(Reason.PERSON_AMBIGUOUS))
    # Names that do not exist are paused like those that do: a pause must not tell which is which.
    counted = person.subject if person is not None else "?" + normal_login(name)
    locked = knowledge.lockout.check(counted, source, now)
    if locked is not None:
        return Proof(person, locked)
    verification = _verified(knowledge, person, PapProof(password.encode("utf-8", "surrogatepass")), now)
    if verification.verdict is Verdict.PROVEN and person is not None:
        knowledge.lockout.proven(person.subject, source)
        return Proof(knowledge.mirror.by_subject(person.subject) or person, None)
    if verification.verdict in _REFUSED:
        return Proof(person, Refusal(_REFUSED[verification.verdict]))
    knowledge.lockout.failed(counted, source, now)
    return Proof(person, Refusal(Reason.PERSON_UNKNOWN if person is None else Reason.PASSWORD_WRONG))


def prove_factor(knowledge: Knowledge, subject: str, code: str, source: str | None, now: float) -> Refusal | None:
    """Take a one-time code or a recovery code, which is used up; return why not. `source` as for `prove`."""
    counted = FACTOR + subject
    locked = knowledge.lockout.check(counted, source, now)
    if locked is not None:
        return locked
    with knowledge.store.write() as unit:
        proven = otp.verify(unit, knowledge.sealer, subject, code, now) or otp.use_recovery_code(
            unit, knowledge.sealer, subject, code
        )
    if proven:
        knowledge.lockout.proven(counted, source)
        return None
    knowledge.lockout.failed(counted, source, now)
    return Refusal(Reason.SECOND_FACTOR_WRONG)


def may_look_after_account(person: Person, now: float) -> Refusal | None:
    """Return why a person may not even see the own account; a first password is changed there."""
    refused = standing(person, now)
    return None if refused is None or refused.reason is Reason.PASSWORD_MUST_CHANGE else refused


def _verified(knowledge: Knowledge, person: Person | None, proof: PapProof, now: float) -> Verification:
    quick = knowledge.passwords.verify_now(person, proof, now)
    if quick is not None:
        return quick
    told: list[Verification] = []
    done = threading.Event()

    def tell(answer: Verification) -> None:
        told.append(answer)
        done.set()

    if not knowledge.passwords.verify_beside(person, proof, now, tell) or not done.wait(PATIENCE):
        return Verification(Verdict.BUSY)
    return told[0]
