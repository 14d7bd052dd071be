"""The one thing that lives in the directory alone: a person's password verifier, and the lock beside it."""

from directory.backends.connection import DirectoryPool, escape_filter
from directory.refusal import Flaw, RegistryRefused

# Operational attributes of slapd's ppolicy overlay (draft-behera-ldap-password-policy-10 §5.3).
_LOCKED, _RESET = "pwdAccountLockedTime", "pwdReset"


def set_password(pool: DirectoryPool, suffix: str, subject: str, verifier: bytes, *, must_change: bool = False) -> None:
    """Store a ready-made verifier (directory.passwords.hash_new) for a person; slapd lifts a lock with it.

    `must_change`: a first password, which serves only to choose an own one. Raises RegistryRefused where the person
    is not in the directory (not yet published), DirectoryRefused, DirectoryUnavailable.
    """
    dn, _ = _find(pool, suffix, subject)
    pool.modify(dn, {"userPassword": [verifier], _RESET: [b"TRUE"] if must_change else []})


def clear_lock(pool: DirectoryPool, suffix: str, subject: str) -> bool:
    """Take away the lock that the directory itself put on after wrong passwords; return whether there was one.

    slapd keeps its count of failures (pwdFailureTime cannot be written): the right password clears it, one more
    wrong one locks again. Raises as `set_password` does.
    """
    dn, locked = _find(pool, suffix, subject)
    if locked:
        pool.modify(dn, {_LOCKED: []})
    return locked


def _find(pool: DirectoryPool, suffix: str, subject: str) -> tuple[str, bool]:
    """Return the person's entry, and whether the directory has locked it."""
    condition = f"(&(objectClass=rnPerson)(rnSubjectId={escape_filter(subject)}))"
    found = list(pool.search(suffix, condition, [_LOCKED]))
    if len(found) != 1:
        raise RegistryRefused(Flaw.PERSON_UNKNOWN, "person")
    dn, values = found[0]
    return dn, bool(values.get(_LOCKED))
