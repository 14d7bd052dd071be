"""The people of a measurement: made up, always the same, with {SSHA} verifiers in every directory alike.

{SSHA} is what both sides can compare in a microsecond. With a slow hash the measurement would show the hash.
"""

import base64
import hashlib
from collections.abc import Iterator

from bench.traffic import Account

UNITS = 50
_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"


def accounts(people: int) -> list[Account]:
    """Return that many accounts: u000000 and so on, each with a password of its own of 14 characters."""
    return [Account(f"u{index:06d}", f"Bench-{index:06d}-x") for index in range(people)]


def unit(index: int) -> str:
    """Return the code of the unit that answers for this person."""
    return f"unit{index % UNITS:02d}"


def name(index: int) -> str:
    """Return a real name for the directory."""
    turn, first = divmod(index, len(_FAMILY))
    turn, second = divmod(turn, len(_GIVEN))
    return _FAMILY[first] + _GIVEN[second] + _GIVEN[turn % len(_GIVEN)]


def verifier(account: Account) -> str:
    """Return the password as {SSHA} (RFC 2307 §5.3, a salt behind the digest), the salt made of the login."""
    salt = hashlib.sha256(account.login.encode()).digest()[:8]
    digest = hashlib.sha1(account.password.encode() + salt, usedforsecurity=False).digest()
    return "{SSHA}" + base64.b64encode(digest + salt).decode()


def ldif(people: list[Account], suffix: str) -> Iterator[str]:
    """Yield the units and people as LDIF entries of the published schema, below ou=orgs."""
    for index in range(UNITS):
        code = unit(index)
        yield (
            f"dn: ou={code},ou=orgs,{suffix}\nobjectClass: organizationalUnit\nobjectClass: rnOrgUnit\n"
            f"ou: {code}\nrnOrgCode: {code}\nrnOrgKind: department\nrnStatus: active\n"
        )
    for index, account in enumerate(people):
        real = base64.b64encode(name(index).encode()).decode()
        yield (
            f"dn: uid={account.login},ou={unit(index)},ou=orgs,{suffix}\n"
            "objectClass: inetOrgPerson\nobjectClass: rnPerson\n"
            f"uid: {account.login}\ncn:: {real}\nsn:: {real}\ndisplayName:: {real}\n"
            f"rnSubjectId: bench-{index:06d}\nrnStatus: active\nrnEmployment: staff\nrnHomeUnit: {unit(index)}\n"
            f"rnZone: internet\nrnAssurance: 2\nuserPassword: {verifier(account)}\n"
        )
