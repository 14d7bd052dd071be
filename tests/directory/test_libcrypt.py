"""The system's crypt: what accounts of the machine may have, and nothing that ends early."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import libcrypt
from directory.libcrypt import available, crypt_matches

SHA512 = b"$6$.sK57Dgrwt4U4z6O$CqPZNB5zhSUz1YHp4gYtDn61.JBGM.ScUg5aXGyg1bAXdLBig3aCWzGhll7ehnfXveAG5Htfzvl77JVXOxCQg."
WORD = "密码 Pass-1".encode()


def test_right_and_wrong_password():
    """The password that the string was made from matches; nothing else does."""
    assert available()
    assert crypt_matches(SHA512, WORD)
    assert not crypt_matches(SHA512, WORD + b"x")
    assert not crypt_matches(SHA512[:-1], WORD)
    assert not crypt_matches(SHA512 + b"x", WORD)


def test_a_nul_does_not_end_a_password():
    """A password with a NUL is not the same as the part before it, and one that is too long is wrong."""
    assert not crypt_matches(SHA512, WORD + b"\0x")
    assert not crypt_matches(SHA512, b"x" * 600)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=20), st.binary(max_size=20))
def test_any_string_is_judged_without_an_error(stored: bytes, password: bytes):
    """A string that libcrypt does not know matches nothing; its failure tokens (*0, *1) do not either."""
    assert not crypt_matches(b"$?" + stored, password)
    assert not crypt_matches(b"*" + stored, password)


def test_without_the_library_nothing_matches(monkeypatch: pytest.MonkeyPatch):
    """On a machine without libcrypt nothing matches, and `available` says so."""
    monkeypatch.setattr(libcrypt, "_SONAME", "libcrypt-that-is-nowhere.so")
    libcrypt._crypt.cache_clear()
    try:
        assert not available()
        assert not crypt_matches(SHA512, WORD)
    finally:
        libcrypt._crypt.cache_clear()
