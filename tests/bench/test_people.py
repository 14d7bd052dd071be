"""The made-up people."""

import base64
import hashlib

from bench import people


def test_people_are_the_same_every_time():
    """Two measurements speak of the same people, each with a login of its own."""
    accounts = people.accounts(1000)

    assert accounts == people.accounts(1000)
    assert len({account.login for account in accounts}) == 1000


def test_verifier_is_a_salted_digest_of_the_password():
    """RFC 2307 §5.3 with a salt: 20 octets of SHA-1 over password and salt, then the salt."""
    account = people.accounts(1)[0]
    scheme, _, value = people.verifier(account).partition("}")
    octets = base64.b64decode(value)

    assert scheme == "{SSHA"
    assert octets[:20] == hashlib.sha1(account.password.encode() + octets[20:], usedforsecurity=False).digest()
    assert len(octets) == 28


def test_ldif_has_every_person_below_a_unit():
    """Each person stands in the unit that answers for it, under the published schema."""
    entries = list(people.ldif(people.accounts(120), "dc=x"))

    assert len(entries) == people.UNITS + 120
    assert entries[-1].startswith("dn: uid=u000119,ou=unit19,ou=orgs,dc=x\n")
    assert "objectClass: rnPerson\n" in entries[-1]
    assert all(entry.endswith("\n") for entry in entries)


def test_names_are_real_ones():
    """Names are in Chinese characters, two or three, and differ."""
    names = {people.name(index) for index in range(400)}

    assert len(names) == 400
    assert all(2 <= len(name) <= 3 for name in names)
