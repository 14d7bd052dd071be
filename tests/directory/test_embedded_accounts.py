import re

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.backends.connection import BindOutcome, Credentials, DirectoryPool, DirectoryServer
from directory.backends.embedded import EmbeddedDirectory
from directory.backends.embedded_accounts import Accounts, ReaderRefused
from directory.backends.slapd_child import SlapdFailed

SUFFIX = "dc=truename,dc=internal"


def outcome(directory: EmbeddedDirectory, dn: str, password: bytes) -> BindOutcome:
    with DirectoryPool([DirectoryServer(directory.ldapi_uri)], Credentials()) as pool:
        return pool.bind_as(dn, password)


def test_passwords_are_random_and_hashed_with_argon2id(tmp_path):
    """The directory gets {ARGON2} and an argon2id hash, the file 256 random bits."""
    accounts = Accounts(SUFFIX, tmp_path)

    password, hashed = accounts.hashed(accounts.dn("mirror"))
    other, _ = accounts.hashed(accounts.dn("mirror"))

    assert password != other
    assert len(password) == 43
    assert hashed.startswith(b"{ARGON2}$argon2id$v=19$m=19456,t=2,p=1$")
    assert PasswordHasher().verify(hashed.removeprefix(b"{ARGON2}"), password)


def test_a_reader_and_a_service_account_of_one_name_are_two(tmp_path):
    """An outside application that is called mirror gets neither the account nor the file of the mirror."""
    accounts = Accounts(SUFFIX, tmp_path)

    assert accounts.reader_dn("mirror") != accounts.dn("mirror")
    assert accounts.password_file(accounts.reader_dn("mirror")) != accounts.password_file(accounts.dn("mirror"))


@settings(max_examples=100, deadline=None)
@given(st.text() | st.from_regex(r"[a-z][a-z0-9,=/.-]*", fullmatch=True))
def test_a_name_is_taken_or_refused(tmp_path_factory, name: str):
    """Accept, or raise the one error; what is accepted needs no quoting in a DN and is no path."""
    accounts = Accounts(SUFFIX, tmp_path_factory.getbasetemp())
    try:
        dn = accounts.reader_dn(name)
    except ReaderRefused:
        return
    assert re.fullmatch(r"uid=[a-z0-9-]+,ou=readers,ou=services," + SUFFIX, dn)
    assert accounts.password_file(dn).parent == tmp_path_factory.getbasetemp()


def test_a_lost_password_is_replaced_in_file_and_directory(make_directory):
    """A deleted file is how an operator changes a service password: the next start makes both anew."""
    directory = make_directory()
    directory.prepare()
    mirror, radius = directory.mirror_password_file.read_bytes(), directory.radius_password_file.read_bytes()
    directory.mirror_password_file.unlink()
    directory.stop()

    directory.start()

    fresh = directory.mirror_password_file.read_bytes()
    assert fresh != mirror
    assert directory.radius_password_file.read_bytes() == radius
    assert outcome(directory, directory.mirror_dn, fresh) is BindOutcome.PROVEN
    assert outcome(directory, directory.mirror_dn, mirror) is BindOutcome.WRONG
    assert outcome(directory, directory.radius_dn, radius) is BindOutcome.PROVEN


def test_missing_entries_come_back(make_directory):
    """A version of the product with more base entries adds them to a directory that has people already."""
    directory = make_directory()
    directory.start()
    with DirectoryPool([DirectoryServer(directory.ldapi_uri)], Credentials()) as pool:
        pool.delete(f"ou=preserved,{SUFFIX}")
        pool.add(f"ou=kept,ou=orgs,{SUFFIX}", {"objectClass": [b"organizationalUnit"], "ou": [b"kept"]})
    directory.stop()
    (directory.ca_file.parent.parent / "prepared").write_text(f"0 {SUFFIX}\n", "utf-8")

    directory.start()

    with DirectoryPool([DirectoryServer(directory.ldapi_uri)], Credentials()) as pool:
        assert pool.get(f"ou=preserved,{SUFFIX}", ["ou"]) is not None
        assert pool.get(f"ou=kept,ou=orgs,{SUFFIX}", ["ou"]) is not None


def test_the_tree_of_another_suffix_is_not_touched(make_directory, tmp_path_factory):
    """A changed suffix over old data would publish people under a tree that nobody reads."""
    state = tmp_path_factory.mktemp("s")
    first = make_directory(state=state)
    first.prepare()
    first.stop()

    with pytest.raises(SlapdFailed, match=rf"{SUFFIX}.*dc=other,dc=internal"):
        make_directory(state=state, suffix="dc=other,dc=internal").prepare()
    first.prepare()  # the refusal gave the state directory back
