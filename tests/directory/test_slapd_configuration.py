import base64
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.backends.slapd_configuration import (
    OPTIONAL_MODULES,
    REQUIRED_MODULES,
    SuffixRefused,
    TlsFiles,
    access_rules,
    account_entry,
    base_entries,
    check_suffix,
    ldif_line,
    render,
)
from directory.backends.slapd_program import SlapdProgram

SUFFIX = "dc=city,dc=example"


@pytest.fixture
def program(tmp_path) -> SlapdProgram:
    """Describe a slapd with the modules that it must have, and schema files that say their name."""
    for name in ("core", "cosine", "inetorgperson", "nis"):
        (tmp_path / f"{name}.ldif").write_text(f"dn: cn={name},cn=schema,cn=config\n", "utf-8")
    return SlapdProgram("slapd", "modules", frozenset(REQUIRED_MODULES), Path(tmp_path), {})


def configuration(program: SlapdProgram, tls: TlsFiles | None = None) -> str:
    return render(program, SUFFIX, product=(1000, 1001), tls=tls)


def test_nothing_is_left_to_fill_in(program):
    """Every placeholder of the template has a value."""
    assert re.findall(r"@[A-Z_]+@", configuration(program) + base_entries(SUFFIX, "测试市")) == []


def test_the_product_is_known_by_its_unix_identity(program):
    """SASL EXTERNAL: uid and gid of the peer, in slapd's order, with the plus sign escaped once."""
    assert r'"gidNumber=1001\+uidNumber=1000,cn=peercred,cn=external,cn=auth"' in configuration(program)


def test_there_is_no_root_password(program):
    """Nobody can bind as a superuser: no olcRootPW anywhere, and no secret at all in the configuration."""
    assert not re.search(r"^(olcRootPW|userPassword)", configuration(program), re.MULTILINE)


def test_passwords_need_an_encrypted_way(program):
    """The setting olcSecurity refuses a password over plain ldap:// (13 confidentialityRequired)."""
    assert "\nolcSecurity: simple_bind=128\n" in configuration(program)


def test_paths_are_relative(program):
    """Slapd works in its own directory; a full path could lead through one that it may not enter."""
    assert not re.search(r"^olc\w+(Dir|Directory|File|Path): /", configuration(program), re.MULTILINE)


def test_optional_modules_are_loaded_where_they_exist(program):
    """Without slapd-contrib the directory runs and merely cannot check foreign hashes."""
    more = SlapdProgram("slapd", "modules", program.modules | set(OPTIONAL_MODULES), program.schema_directory, {})

    assert "pw-sha2" not in configuration(program)
    assert "\nolcModuleLoad: pw-sha2\n" in configuration(more)


def test_tls_is_configured_only_with_a_certificate(program):
    """TLS 1.2 at least (3.3 on the wire), and nothing about TLS without a listener."""
    files = TlsFiles("tls/server.pem", "tls/server.key", "tls/ca.pem")

    assert "olcTLS" not in configuration(program)
    assert "\nolcTLSProtocolMin: 3.3\n" in configuration(program, files)


def test_rules_are_numbered_in_their_order():
    """The first match wins: the closing rule is the last, and it gives nobody anything by default."""
    rules = access_rules(SUFFIX)

    assert rules[0].startswith("to * by dn.exact=")
    assert rules[-1].endswith("by * none")
    assert all(rule.startswith("to ") and " by " in rule for rule in rules)


def test_the_category_is_read_by_logins_and_written_by_the_product_alone():
    """The attribute rnEmployment is a condition of access rules, so whoever administers a unit may not change it."""
    (rule,) = [rule for rule in access_rules(SUFFIX) if "rnEmployment" in rule]

    assert re.findall(r"by (\S+) write", rule) == [f'dn.exact="uid=app,ou=services,{SUFFIX}"']
    for name in ("mirror", "radius"):
        assert f'by dn.exact="uid={name},ou=services,{SUFFIX}" read' in rule


def test_the_entry_at_the_suffix_has_the_name_of_the_city():
    """A name that is not ASCII goes into LDIF as base64 (RFC 2849)."""
    encoded = base64.b64encode("测试市".encode()).decode()

    assert f"dn: {SUFFIX}\nobjectClass: organization\nobjectClass: dcObject\ndc: city\no:: {encoded}\n" in (
        base_entries(SUFFIX, "测试市")
    )
    assert "dn: o=City\nobjectClass: organization\no: City\n" in base_entries("o=City", "Other")


def test_service_accounts_cannot_be_locked_out():
    """Their policy has no lock: a stranger who fails on purpose must not stop the product."""
    entry = account_entry(f"uid=mirror,ou=services,{SUFFIX}", SUFFIX, b"{ARGON2}x")

    assert f"pwdPolicySubentry: cn=services,ou=policies,{SUFFIX}" in entry.splitlines()
    services = base_entries(SUFFIX, "c").partition("dn: cn=services,ou=policies")[2].partition("\n\n")[0]
    assert "pwdLockout: FALSE" in services


@pytest.mark.parametrize("good", ["dc=a", "dc=truename,dc=internal", "o=城市,c=CN", "o=The City 1"])
def test_plain_suffixes_are_taken(good):
    check_suffix(good)


@pytest.mark.parametrize(
    "bad",
    ["", "truename", "cn=x", "ou=x,dc=y", "dc=a, dc=b", 'dc="x"', "dc=a\\,b", "dc=a+o=b", "dc=a\n", "dc=", "dc=a,"],
)
def test_a_suffix_that_needs_quoting_is_refused(bad):
    """It goes into rules, patterns and LDIF, where a quote or a line end would change the meaning."""
    with pytest.raises(SuffixRefused):
        check_suffix(bad)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_suffix_is_taken_or_refused(text: str):
    """Accept, or raise the one error; what is accepted can be put between quotes."""
    try:
        check_suffix(text)
    except SuffixRefused:
        return
    assert not set(text) & set('"\\\n\r\0{}$*')


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_every_value_survives_ldif(value: bytes):
    """RFC 2849: a value is written as it is where that is safe, otherwise as base64; one line in either case."""
    line = ldif_line("o", value)

    assert "\n" not in line
    assert "\r" not in line
    if line.startswith("o:: "):
        assert base64.b64decode(line[4:]) == value
    else:
        assert line == "o: " + value.decode("ascii")
