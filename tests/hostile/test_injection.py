"""Content that means something to terminals, databases, filters and pages, in every field that a record shows."""

import base64
import hashlib
import json
import re
import struct
import subprocess
import sys

import pytest
from sqlalchemy import select

from access.tables import LoginRow, SessionRow
from directory.passwords import hash_new
from tests.support.loopback import program
from tests.support.product import TREE, installed, need_slapd, until
from tests.support.switch import Switch, encode

LOGIN, PASSWORD, WRONG = "victim", "Sesam-öffne-dich-4711", "Sesam-schließe-dich-4712"
FIELDS = {1: "User-Name", 31: "Calling-Station-Id", 32: "NAS-Identifier", 87: "NAS-Port-Id"}
VALUES = {
    "line-break": b"victim\r\n2026-01-01T00:00:00Z info accepted login=root",
    "nul": b"victim\0admin",
    "ansi": b"\x1b[2J\x1b[31mvictim\x1b]0;owned\x07",
    "octets": b"\xff" * 253,
    "filter": b"*)(uid=*",
    "filter-or": b"victim)(|(objectClass=*",
    "rdn": b"victim,ou=orgs",
    "sql": b"victim'; DROP TABLE login; --",
    "markup": b"<img src=x onerror=alert(1)>",
    "right-to-left": "victim\u202egpj.exe\u2066".encode(),
    "gbk": "张伟".encode("gbk"),
    "format": b"%s%n{0.__class__}${jndi:ldap://x}",
    "c1": "victim\u0085\u009b31m".encode(),
    "empty": b"",
    "spaces": b" victim ",
}


@pytest.fixture(scope="module")
def installation():
    """A product that logs all it can, and one person whose password the workers know."""
    need_slapd()
    with installed(workers=1, log_level="debug", quiet_after=0) as one:  # each value is to be recorded
        one.start()
        one.person(LOGIN, hash_new(PASSWORD))
        switch = one.switch()
        until(lambda: switch.ask(switch.pap(LOGIN, PASSWORD), one.auth).code == 2)
        yield one


def request(switch: Switch, kind, value, password=PASSWORD):
    """A PAP login in which one field has a hostile value."""
    authenticator = switch._authenticator()
    usual = {1: LOGIN.encode(), 4: bytes((192, 0, 2, 1)), 31: b"02-00-00-00-00-07", 32: b"switch-1", 87: b"GE1/0/7"}
    fields = usual | {kind: value}
    hidden = (2, switch.hide(password.encode(), authenticator))
    return switch.request(1, [*fields.items(), hidden, (61, (15).to_bytes(4, "big"))], authenticator)


def accounting(switch: Switch, number, value):
    """A Start in which every text has a hostile value (RFC 2866 §3)."""
    texts = [(44, b"k%d-" % number + value[:240]), *((kind, value) for kind in FIELDS)]
    body = encode([(40, (1).to_bytes(4, "big")), *texts])
    head = struct.pack(">BBH", 4, number, 20 + len(body))
    return head + hashlib.md5(head + bytes(16) + body + switch.secret).digest() + body


def rows(product, table):
    """All rows of a table."""
    with product.store.read() as session:
        return session.scalars(select(table)).all()


@pytest.fixture(scope="module")
def answers(installation):
    """Send every value in every field, with the right password and a wrong one; answers by field, value, password."""
    switch, heard = installation.switch(), {}
    for kind in FIELDS:
        for name, value in VALUES.items():
            for password in (PASSWORD, WRONG):
                answer = switch.ask(request(switch, kind, value, password), installation.auth)
                heard[kind, name, password] = answer and answer.code
    for number, (name, value) in enumerate(VALUES.items()):
        answer = switch.ask(accounting(switch, number, value), installation.acct)
        heard["accounting", name] = answer and answer.code
    until(lambda: len(rows(installation, LoginRow)) >= len(FIELDS) * len(VALUES) * 2)
    return heard


@pytest.fixture
def attacked(installation, answers):
    """The product after all that."""
    assert None not in answers.values()
    return installation


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("kind", FIELDS, ids=FIELDS.values())
def test_hostile_content_is_answered(answers, kind, name):
    """In a name it is refused; elsewhere it says nothing against a person who proves who he is."""
    assert answers[kind, name, PASSWORD] == (3 if kind == 1 else 2)
    assert answers[kind, name, WRONG] == 3


@pytest.mark.parametrize("name", VALUES)
def test_hostile_accounting_is_kept(attacked, answers, name):
    """RFC 2866 §2: the record is made durable and answered, whatever its texts are."""
    kept = {row.acct_session for row in rows(attacked, SessionRow)}

    assert answers["accounting", name] == 5
    assert any(session.startswith(f"k{list(VALUES).index(name)}-") for session in kept)


def test_records_hold_escaped_text(attacked):
    """What a record shows is printable, whatever came, and loses nothing that could tell two names apart."""
    shown = [text for row in rows(attacked, LoginRow) for text in (row.login, row.port or "", row.hardware or "")]
    shown += [
        text or ""
        for row in rows(attacked, SessionRow)
        for text in (row.login, row.acct_session, row.port, row.hardware, row.nas_identifier)
    ]

    assert all(text.isprintable() for text in shown)
    assert any("victim\\r\\n2026" in text for text in shown)
    assert any("victim\\x00admin" in text for text in shown)
    assert any("\\xff\\xff" in text for text in shown)
    assert any("\\u202e" in text for text in shown)


def test_nobody_was_found_by_a_filter(attacked):
    """A name that is a filter belongs to nobody: only the victim's own name is the victim's."""
    known = {row.login for row in rows(attacked, LoginRow) if row.subject is not None}

    assert known == {LOGIN}


def test_workers_did_not_end(attacked):
    """One family of errors: no packet was an error of ours, no child was started again."""
    assert attacked.restarts() == 0
    assert not [line for line in attacked.metrics().splitlines() if line.startswith("truename_requests_failed_total{")]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_an_operator_reads_them_without_harm(attacked, form):
    """`logins` prints neither escape sequences nor broken lines."""
    command = [
        sys.executable,
        "-m",
        "operate",
        "--lang",
        "en",
        "--settings",
        str(attacked.settings.path),
        "logins",
        *form,
    ]
    shown = subprocess.run(command, cwd=TREE, capture_output=True, check=True, timeout=60).stdout.decode()

    assert not set(harmful(shown))
    if form:
        assert json.loads(shown)


def harmful(text):
    """Characters that move a cursor, end a line in the middle, or turn the direction of text."""
    return re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", text)


def test_the_log_holds_no_control_character_and_no_secret(attacked):
    """One event is one line of text, without passwords, whoever chose the words."""
    text = attacked.log.read_bytes().decode("utf-8")

    assert text.count("\n") > 1
    assert not harmful(text)
    for secret in (PASSWORD, WRONG, attacked.secret.decode()):
        assert secret not in text


def test_nothing_on_disk_holds_a_secret_by_value(attacked):
    """Database, its journal, directory, keys: no file has a person's password or a device's secret as it is."""
    secrets = [PASSWORD.encode(), WRONG.encode(), attacked.secret]
    files = [path for path in attacked.settings.state.rglob("*") if path.is_file()]

    assert any(path.name == "data.mdb" for path in files)
    for path in files:
        content = path.read_bytes()
        for secret in secrets:
            assert secret not in content, path
            assert base64.b64encode(secret) not in content, path


def test_the_directory_holds_no_password_by_value(attacked):
    """OpenLDAP's own dump: argon2 values, and no password in any attribute."""
    configuration = attacked.settings.directory_state / "slapd" / "config"
    command = [
        program("slapcat"),
        "-F",
        str(configuration),
        "-b",
        attacked.settings.directory.suffix,
        "-o",
        "ldif-wrap=no",
    ]
    dump = subprocess.run(command, capture_output=True, check=True, timeout=60, cwd=configuration.parent).stdout
    values = [base64.b64decode(line.partition(b":: ")[2]) for line in dump.splitlines() if b":: " in line]

    assert any(value.startswith(b"{ARGON2}") for value in values)
    for secret in (PASSWORD.encode(), WRONG.encode(), attacked.secret):
        assert secret not in dump
        assert not [value for value in values if secret in value]
