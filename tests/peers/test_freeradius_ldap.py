"""A stock FreeRADIUS with rlm_ldap uses the directory that we publish, as a city does that keeps its RADIUS servers."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from directory import people
from directory.passwords import hash_new
from operate.wiring import mirroring
from tests.support.freeradius import freeradius
from tests.support.loopback import free_udp_port, program
from tests.support.product import until
from tests.support.radclient import radclient

STOCK = Path("/etc/freeradius/3.0/mods-available/ldap")
SECRET = "the secret of their switch"
PASSWORD = "Außerhalb 一二三"
DAY = 86400.0

SITE = """
client loopback {{
    ipaddr = 127.0.0.1
    secret = "{secret}"
}}
modules {{
    $INCLUDE {folder}/ldap
    always reject {{
        rcode = reject
    }}
}}
server default {{
    listen {{
        type = auth
        ipaddr = 127.0.0.1
        port = {port}
    }}
    authorize {{
        ldap
        if (notfound || &control:Tmp-String-0 != "active") {{
            reject
        }}
        # The first twelve digits of GeneralizedTime are a number of minutes; %e for seconds has no leading zero.
        if (&control:Tmp-String-1 =~ /^([0-9]{{12}})/) {{
            if (<integer64>"%D%H%G" >= "%{{1}}") {{
                reject
            }}
        }}
        if (&control:Tmp-String-2 =~ /^([0-9]{{12}})/) {{
            if (<integer64>"%D%H%G" < "%{{1}}") {{
                reject
            }}
        }}
        if (&User-Password) {{
            update control {{
                &Auth-Type := LDAP
            }}
        }}
    }}
    authenticate {{
        Auth-Type LDAP {{
            ldap
        }}
    }}
}}
"""


def edited(directory, suffix):
    """Debian's own module file, edited where its comments say so: server, account, base, attributes, authority."""
    if not STOCK.exists():
        program("freeradius")
        pytest.skip("Debian's mods-available/ldap is not readable (package freeradius-ldap)")
    text = STOCK.read_text(encoding="utf-8")
    password = directory.radius_password_file.read_text().strip()
    mapping = "control:Tmp-String-0 := 'rnStatus'\n\t\tcontrol:Tmp-String-1 := 'rnValidUntil'\n"
    mapping += "\t\tcontrol:Tmp-String-2 := 'rnValidFrom'\n"
    for pattern, instead in (
        (r"^\tserver = 'localhost'$", f"\tserver = '{directory.ldaps_uri}'"),
        (r"^#\tidentity = .*$", f"\tidentity = '{directory.radius_dn}'"),
        (r"^#\tpassword = .*$", f"\tpassword = '{password}'"),
        (r"^\tbase_dn = 'dc=example,dc=org'$", f"\tbase_dn = 'ou=orgs,{suffix}'"),
        (r"^\t\tcontrol:Password-With-Header.*$", f"\t\t{mapping}"),
        (r"^#\t\tca_file\t=.*$", f"\t\tca_file = {directory.ca_file}"),
        (r"^#\t\trequire_cert\t=.*$", "\t\trequire_cert = 'demand'"),
    ):
        text, count = re.subn(pattern, lambda _, instead=instead: instead, text, count=1, flags=re.MULTILINE)
        assert count == 1, pattern
    return text


class Theirs:
    """Their RADIUS server, and our product behind it."""

    def __init__(self, product, port, log):
        self.product = product
        self.port = port
        self.log = log

    def answer(self, login, password):
        """The answer to a login at their server."""
        lines = [f'User-Name = "{login}"', f'User-Password = "{password}"', "NAS-IP-Address = 192.0.2.77"]
        return radclient(("127.0.0.1", self.port), "auth", SECRET, lines).answer


@pytest.fixture(scope="module")
def theirs(product, tmp_path_factory):
    """Run their server on the directory of the running product."""
    folder = tmp_path_factory.mktemp("rlm-ldap")
    (folder / "ldap").write_text(edited(product.directory, product.settings.directory.suffix), encoding="utf-8")
    for login in ("outside-active", "outside-suspended", "outside-expired", "outside-early"):
        product.person(login, hash_new(PASSWORD), suspended=login == "outside-suspended")
    for login, field, days in (("outside-expired", "valid_until", -1), ("outside-early", "valid_from", 1)):
        with product.store.write() as unit:
            people.change(unit, "test", people.by_login(unit.session, login).subject, **{field: unit.now + days * DAY})
    until(product.published)
    port = free_udp_port()
    with freeradius(folder, SITE.format(folder=folder, secret=SECRET, port=port), detail=True) as log:
        yield Theirs(product, port, log)


def test_a_person_logs_in_at_their_server(theirs):
    """They search as the RADIUS account and bind as the person: our argon2 verifier is never read."""
    assert theirs.answer("outside-active", PASSWORD) == "Access-Accept"
    assert theirs.answer("outside-active", "wrong") == "Access-Reject"
    assert theirs.answer("outside-nobody", PASSWORD) == "Access-Reject"
    said = theirs.log.read_text(errors="replace")
    assert "Bind as user" in said
    assert "ARGON2" not in said


@pytest.mark.parametrize("login", ["outside-suspended", "outside-expired", "outside-early"])
def test_state_and_validity_hold_there_too(theirs, login):
    """CVE-2011-4966: rnStatus, rnValidUntil and rnValidFrom are theirs to read, and refuse a right password."""
    assert theirs.answer(login, PASSWORD) == "Access-Reject"


def test_a_suspension_is_effective_there_too(theirs):
    """What an administrator does here is true at their next packet."""
    product = theirs.product
    subject = product.person("outside-later", hash_new(PASSWORD))
    assert theirs.answer("outside-later", PASSWORD) == "Access-Accept"
    with product.store.write() as unit:
        people.suspend(unit, "test", subject)
    until(lambda: theirs.answer("outside-later", PASSWORD) == "Access-Reject")
    with product.store.write() as unit:
        people.resume(unit, "test", subject)
    until(lambda: theirs.answer("outside-later", PASSWORD) == "Access-Accept")


def whoami(product, login, password, folder, authority=None):
    """Ask OpenLDAP's own client over ldaps:// as a person."""
    directory = product.directory
    pool = mirroring(product.settings).pool()
    try:
        ((dn, _),) = pool.search(product.settings.directory.suffix, f"(uid={login})", ["uid"])
    finally:
        pool.close()
    configuration, secret = folder / "ldaprc", folder / "password"
    configuration.write_text(f"TLS_CACERT {authority or directory.ca_file}\nTLS_REQCERT demand\n", "utf-8")
    secret.write_text(password, "utf-8")
    command = [
        program("ldapwhoami"),
        "-x",
        "-H",
        directory.ldaps_uri,
        "-D",
        dn,
        "-y",
        str(secret),
        "-o",
        "nettimeout=5",
    ]
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "LDAPCONF": str(configuration)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    return ended.returncode, ended.stdout.strip().removeprefix("dn:"), dn


def test_ldapwhoami_as_a_person(product, tmp_path):
    """RFC 4532 over TLS: a person of the running product binds with the own password, and with no other."""
    product.person("outside-whoami", hash_new(PASSWORD))
    code, said, dn = whoami(product, "outside-whoami", PASSWORD, tmp_path)

    assert (code, said) == (0, dn)
    assert whoami(product, "outside-whoami", "wrong", tmp_path)[0] == 49
