"""Stored verifiers: every form that slapd and passlib make, and nothing that is malformed."""

import base64
import hashlib

import passlib.hash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import hashes
from directory.hashes import Kind, clear_text, decode, is_slow, matches, matches_quickly

TEXT = "密码 Pass-1"
WORD = TEXT.encode()

# Made by slappasswd 2.5.13 with argon2, pw-sha2 and pw-pbkdf2.
QUICK = [
    b"{SSHA}WaMOVk8Q00ZxV0TmxvduX6W0FevT2oFz",
    b"{SHA}SZ9n1O/p1RA4oFIvtHzYxpr08ak=",
    b"{SMD5}ftkNTgMvRSNedlNwU7h8AvlndLk=",
    b"{MD5}4LWFxeIGDQxuEM/7JnivBA==",
    b"{SHA256}MqYf21XZijJ8GSYsnD61XSRm6XXJ+qIr5En2q3hZHmE=",
    b"{SSHA256}QB4Wh9qZculj6fGmkXm0XDpmrNVggmQYAWwMOZQkK0fYkgN3yGcR3A==",
    b"{SHA384}OJuSTu89EZsDDTALlOlLn30Hh3Vd2hNbtHnJDtQIE2YnevqbRxwhhbxg9P9l7xqY",
    b"{SSHA384}4JmwXGolYckYJZqhVX4j2KEFNap4oj4vyHSpwvPi0wLVWJeC96akwQv3t/89U0jqIqrp48Aoi0g=",
    b"{SHA512}etnmZbCztVpFoB7iVHdTXW4hVVBhVCeLI68S+NKXLqtwDMahdJxezmmcRshPID8U767TFh+2xQa1VahsH5i0SQ==",
    b"{SSHA512}9w/OEF2Kxk0EdpaOAPDfdDpU1kxbBiZuDkr2Ep7zlBqw7gyN5P0Ykan71UvOnbFrjTpgZP/APnOUHKz1suu/Ey0e+wjlPXFF",
    b"{CLEARTEXT}" + WORD,
    WORD,
]
SLOW = [
    b"{PBKDF2}10000$z7Q1P6Gs1ejE4/DQlEnu.Q$f/IXrHsYo/9XVPr8SyroIKg1Dh8",
    b"{PBKDF2-SHA1}10000$Lo6PSs7UiKOE8pAv25mXzQ$.TOkhI6Ck88yYOnYX2o7XEn6p4c",
    b"{PBKDF2-SHA256}10000$KULU9RLSd7TsPUpITpttDw$d/Ctmfx56LTOlHACe3XFT5kWAo/onHvxeFmsBGzxhJc",
    (
        b"{PBKDF2-SHA512}10000$FijFH5VAnaoGQYctl1Mofg"
        b"$Cv6x0.Ysj8w/ee.sDDuXkfHc52IZ8lKE6s..as54IboyAEDZ4nG0IwYbohBhC.INUlhBuaynoh3aOdxrCezVWg"
    ),
    b"{ARGON2}$argon2i$v=19$m=4096,t=3,p=1$q1cp3yLqO6pA9OunERyeww$sJOIwhn2bNsbRL6vVt38j21J7ZR24VQDQDEBF9CpxSM",
]
CRYPT = [
    (
        b"{CRYPT}$6$.sK57Dgrwt4U4z6O"
        b"$CqPZNB5zhSUz1YHp4gYtDn61.JBGM.ScUg5aXGyg1bAXdLBig3aCWzGhll7ehnfXveAG5Htfzvl77JVXOxCQg."
    ),
    b"{CRYPT}$5$urBwrXYuJkgKmpPn$Du6WAuYev5hT./FGkIuy2Dj681EEvybxJiJLAS0GDk1",
    b"{CRYPT}$1$1cLKNsft$/DC4pU0PBoFFU03LJo77T0",
]
CRYPT_OF_LIBCRYPT = [
    b"{CRYPT}$y$j9T$n0GE8P1YmU8AB3EN$9woX8YVjMAqz6CWim9FIG7GUZIVkJ3y0GKcJDGEZ7.9",
    b"{CRYPT}$2b$05$yGhSulFNTAWYHYYAreM9K.NEes2CKpFwgWcZ4R4pqaFDIsbpgXkFq",
    b"{BCRYPT}$2b$05$yGhSulFNTAWYHYYAreM9K.NEes2CKpFwgWcZ4R4pqaFDIsbpgXkFq",
]
ALL = QUICK + SLOW + CRYPT + CRYPT_OF_LIBCRYPT


@pytest.mark.parametrize("stored", ALL, ids=lambda stored: stored[:16])
def test_values_of_slappasswd(stored: bytes):
    """Each value proves its password and no other, with the rubbish that slapd leaves behind it, too."""
    assert matches(stored, WORD)
    assert matches(stored + b"\0b", WORD)
    for wrong in (b"", WORD + b"x", WORD[:-1], WORD.swapcase(), WORD + b"\0"):
        assert not matches(stored, wrong)


@pytest.mark.parametrize("stored", ALL[:11] + ALL[12:], ids=lambda stored: stored[:16])
def test_scheme_is_read_in_any_case(stored: bytes):
    """Scheme names are compared without case (RFC 2307 §5.3 shows both)."""
    scheme, brace, rest = stored.partition(b"}")
    assert matches(scheme.lower() + brace + rest, WORD)


def test_quick_and_slow_are_told_apart():
    """The SHA family and clear text are answered at once; everything made to be slow goes beside the loop."""
    assert not any(is_slow(stored) for stored in QUICK)
    assert all(is_slow(stored) for stored in SLOW + CRYPT + CRYPT_OF_LIBCRYPT)
    assert all(matches_quickly(stored, WORD) for stored in QUICK)
    assert not any(matches_quickly(stored, WORD) for stored in SLOW + CRYPT)


@pytest.mark.parametrize(
    "handler",
    [
        "ldap_salted_sha1", "ldap_sha1", "ldap_salted_md5", "ldap_md5", "ldap_salted_sha256", "ldap_salted_sha512",
        "ldap_pbkdf2_sha1", "ldap_pbkdf2_sha256", "ldap_pbkdf2_sha512",
        "ldap_sha512_crypt", "ldap_sha256_crypt", "ldap_md5_crypt", "ldap_plaintext",
    ],
)  # fmt: skip
def test_values_of_passlib(handler: str):
    """What passlib stores for LDAP is understood."""
    maker = getattr(passlib.hash, handler)
    stored = (maker.using(rounds=1000) if "rounds" in maker.setting_kwds else maker).hash(TEXT).encode()
    assert matches(stored, WORD)
    assert not matches(stored, b"other")


def test_argon2id():
    """A PHC string of argon2id behind {ARGON2} is understood."""
    maker = passlib.hash.argon2.using(type="ID", time_cost=1, memory_cost=64, parallelism=1)
    stored = b"{ARGON2}" + maker.hash(TEXT).encode()
    assert matches(stored, WORD)
    assert not matches(stored, b"other")


@pytest.mark.parametrize("stored", CRYPT, ids=lambda stored: stored[:16])
def test_crypt_without_libcrypt(stored: bytes, monkeypatch: pytest.MonkeyPatch):
    """Where the machine has no libcrypt the common schemes work through passlib, and the others prove nothing."""
    monkeypatch.setattr(hashes, "available", lambda: False)
    assert matches(stored, WORD)
    assert not matches(stored, b"other")
    for unknown in [*CRYPT_OF_LIBCRYPT, b"{CRYPT}$6$", b"{CRYPT}\xff", stored[:-1]]:
        assert not matches(unknown, WORD)


@pytest.mark.parametrize(
    "stored",
    [
        b"", b"\0", b"\0secret",
        b"{SSHA}", b"{SSHA}!!!", b"{SSHA}c2hvcnQ=", b"{SHA}" + base64.b64encode(b"x" * 21),
        b"{SSHA}" + base64.b64encode(hashlib.sha1(b"").digest()),
        b"{PBKDF2}1$x", b"{PBKDF2}0$YWJj$YWJj", b"{PBKDF2}99999999$YWJj$f/IXrHsYo/9XVPr8SyroIKg1Dh8",
        "{PBKDF2}١٠$YWJj$f/IXrHsYo/9XVPr8SyroIKg1Dh8".encode(),
        b"{ARGON2}", b"{ARGON2}$argon2id$", b"{ARGON2}$argon2id$v=19$m=9999999,t=3,p=1$YWJj$YWJj",
        b"{ARGON2}$argon2id$v=19$m=64,t=99,p=1$YWJj$YWJj",
        b"{CRYPT}", b"{SASL}user@realm", b"{K5KEY}", b"{UNKNOWN}secret", b"{CLEARTEXT}",
    ],
)  # fmt: skip
def test_malformed_and_unknown_values_prove_nothing(stored: bytes):
    """A malformed value, an unknown scheme or one with absurd costs is never proven, nor seen as clear text."""
    assert decode(stored).kind is Kind.UNKNOWN
    assert clear_text(stored) is None
    for password in (b"", stored, stored.partition(b"}")[2], b"secret"):
        assert not matches(stored, password)


def test_argon2_that_only_looks_well_formed():
    """A PHC string whose rest is broken is not proven, and no error."""
    for rest in (b"", b"$", b"!!$!!", b"YWJj$", b"YWJjYWJjYWJj$YQ"):
        stored = b"{ARGON2}$argon2id$v=19$m=64,t=1,p=1$" + rest
        assert not matches(stored, b"x")


def test_only_clear_text_serves_challenges():
    """CHAP and MS-CHAPv2 need the password itself (RFC 2865 §2.2): only clear text gives it back."""
    assert clear_text(WORD) == WORD
    assert clear_text(b"{CLEARTEXT}" + WORD + b"\0rubbish") == WORD
    assert all(clear_text(stored) is None for stored in ALL[:10] + SLOW + CRYPT)


PREFIXES = st.sampled_from(
    [b"", b"{SSHA}", b"{MD5}", b"{SSHA512}", b"{PBKDF2-SHA256}1$", b"{CRYPT}", b"{CRYPT}$1$", b"{?}",
     b"{ARGON2}$argon2id$v=19$m=64,t=1,p=1$", b"{argon2}$argon2d$m=8,t=1,p=1$", b"{"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(PREFIXES, st.binary(max_size=60), st.binary(max_size=20))
def test_any_value_is_judged_without_an_error(prefix: bytes, rest: bytes, password: bytes):
    """Whatever a directory holds, the answer is yes or no; yes only for clear text that is the same."""
    stored = prefix + rest
    told = matches(stored, password)
    assert isinstance(told, bool)
    if told:
        assert clear_text(stored) == password


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=40), st.binary(min_size=1, max_size=16), st.binary(max_size=40))
def test_salted_digest_is_password_then_salt(password: bytes, salt: bytes, other: bytes):
    """{SSHA} is SHA-1 over password and salt, the salt behind the digest."""
    content = hashlib.sha1(password + salt).digest() + salt
    stored = b"{SSHA}" + base64.b64encode(content)
    assert matches(stored, password)
    assert matches(stored, other) is (other == password)


def test_no_secret_in_any_repr():
    """A verifier taken apart shows its kind only."""
    for stored in ALL:
        verifier = decode(stored)
        assert repr(verifier) == f"Verifier({verifier.kind.value}, {verifier.scheme})"
