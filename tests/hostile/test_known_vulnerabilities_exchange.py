"""Public vulnerabilities of other RADIUS servers, replayed against the running product."""

import hashlib
import hmac
import socket
import struct
import time
from typing import NamedTuple

import pytest
from passlib.hash import ldap_pbkdf2_sha256, ldap_salted_sha1, ldap_salted_sha512, nthash, sha512_crypt
from sqlalchemy import select

from access.tables import LoginRow, SessionRow
from directory import endpoints, people
from directory.passwords import hash_new
from tests.support.product import until
from tests.support.switch import encode, vendor

DAY = 86400.0
RIGHT, WRONG = "Richtig 密码 1", "Richtig 密码 2"


def shout(octets, address):
    """Send a datagram and hear whether anything comes back within a moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.settimeout(0.15)
        wire.connect(address)
        wire.send(octets)
        try:
            return wire.recv(4096)
        except TimeoutError:
            return None


@pytest.fixture(autouse=True)
def unharmed(product):
    """Whatever a test sends: no worker ends, nothing fails inside, and both doors answer afterwards."""
    before = product.restarts()
    yield
    for address in (product.auth, product.acct):
        switch = product.switch()
        assert switch.ask(switch.status(), address) is not None
    assert product.restarts() == before
    text = product.metrics()
    assert not [line for line in text.splitlines() if line.startswith("truename_requests_failed_total{")]


# --- integrity ---------------------------------------------------------------------------------------------------


def signed_accounting(switch, session, signature=None):
    """An Accounting-Request with Message-Authenticator, computed before the authenticator as RFC 5080 §2.2.2 does."""
    body = encode([(40, (1).to_bytes(4, "big")), (44, session.encode()), *switch.identity, (80, bytes(16))])
    head = struct.pack(">BBH", 4, 200, 20 + len(body))
    made = hmac.digest(switch.secret, head + bytes(16) + body, "md5") if signature is None else signature
    body = body[:-16] + made
    return head + hashlib.md5(head + bytes(16) + body + switch.secret).digest() + body


def test_signature_inside_accounting_is_verified(product):
    """radsecproxy 1.11.2: a Message-Authenticator inside an Accounting-Request counts, right or wrong."""
    switch = product.switch()

    assert switch.ask(signed_accounting(switch, "signed-right"), product.acct).code == 5
    assert shout(signed_accounting(switch, "signed-wrong", bytes(16)), product.acct) is None
    with product.store.read() as session:
        kept = set(session.scalars(select(SessionRow.acct_session).where(SessionRow.acct_session.like("signed-%"))))
    assert kept == {"signed-right"}


def test_accounting_with_a_foreign_authenticator_is_silence(product):
    """RFC 2866 §3: what the secret does not cover is not recorded."""
    switch = product.switch()
    request = switch.accounting(1, "forged")

    assert shout(request[:4] + bytes(16) + request[20:], product.acct) is None
    with product.store.read() as session:
        assert session.scalars(select(SessionRow).where(SessionRow.acct_session == "forged")).first() is None


# --- framing and content -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1])
def test_cve_2021_29629_no_loop_on_lengths(product, length):
    """CVE-2021-29629: attributes that claim no length are dropped at both doors."""
    for code, address in ((1, product.auth), (4, product.acct)):
        for kind in (1, 2, 26, 80, 92):
            body = bytes((kind, length)) * 40
            assert shout(struct.pack(">BBH", code, 9, 20 + len(body)) + bytes(16) + body, address) is None


def test_long_filter_rules_before_authentication(product):
    """FreeRADIUS before 3.2.9: 4096 octets of NAS-Filter-Rule, signed or not, end in a refusal or in silence."""
    switch = product.switch()
    rules = [(92, b"permit in ip from any to any\x00".ljust(253, b"x"))] * 15
    room = 4096 - 20 - 18 - len(encode([(1, b"nobody"), *switch.identity, *rules[:-1]])) - 18
    body = [(1, b"nobody"), (2, bytes(16)), *switch.identity, *rules[:-1], (92, b"x" * min(room - 2, 253))]
    request = switch.request(1, body, switch._authenticator())

    assert len(request) <= 4096
    assert switch.ask(request, product.auth).code == 3
    unsigned = struct.pack(">BBH", 1, 77, 20 + 15 * 255) + bytes(range(16)) + encode(rules)
    answer = shout(unsigned, product.auth)
    assert answer is None or answer[0] == 3


@pytest.mark.parametrize(
    "lonely",
    [
        (2, b""), (2, b"\xff" * 15), (2, b"\xff" * 253), (3, b"\x01"), (3, bytes(253)), (60, bytes(16)), (60, b""),
        (17, bytes(16)), (24, bytes(253)), (69, b"\x00\x80\x00" + bytes(16)), (69, b""), (70, bytes(16)),
        vendor(311, 1, bytes(50)), vendor(311, 1, b""), vendor(311, 11, bytes(16)), vendor(311, 11, b""),
        vendor(311, 25, bytes(50)), vendor(311, 25, b"\x00"), vendor(311, 16, bytes(34)), vendor(311, 17, b""),
        vendor(311, 2, bytes(20)), vendor(311, 27, bytes(68)), (26, b""), (26, bytes(4)), (79, b""), (79, b"\x02"),
        (242, b"\x01" * 31), (242, b""),
    ],
)  # fmt: skip
def test_cve_2004_0938_an_attribute_without_its_context(product, lonely):
    """CVE-2004-0938: an attribute that needs a password beside it, alone, is refused."""
    switch = product.switch()
    request = switch.request(1, [(1, b"zhangwei"), *switch.identity, lonely], switch._authenticator())

    assert switch.ask(request, product.auth).code == 3


def test_eap_is_refused_with_its_failure_and_no_words(product):
    """RFC 3579 §2.6.3, §2.6.5: an EAP peer gets EAP-Failure of its own Identifier, never a Reply-Message."""
    switch = product.switch()
    for kind in (1, 3, 4, 25, 52, 254, 255):
        packet = bytes((2, 66, 0, 7, kind)) + b"ab"
        request = switch.request(1, [(1, b"zhangwei"), (79, packet), *switch.identity], switch._authenticator())
        answer = switch.ask(request, product.auth)

        assert (answer.code, answer.first(79), answer.first(18)) == (3, bytes((4, 66, 0, 4)), None)


# --- every method against every stored form ----------------------------------------------------------------------


class Form(NamedTuple):
    """A stored form of a password, and the methods that it can serve (radius.md 2.5)."""

    verifier: bytes
    chap: bool = False
    mschap: bool = False
    nt_hash: bytes = b""


def crypt(password):
    """A sha512_crypt of few rounds, as slapd stores it."""
    return b"{CRYPT}" + sha512_crypt.using(rounds=5000).hash(password).encode()


FORMS = {
    "argon2": Form(hash_new(RIGHT)),
    "ssha": Form(ldap_salted_sha1.hash(RIGHT).encode()),
    "ssha512": Form(ldap_salted_sha512.hash(RIGHT).encode()),
    "pbkdf2": Form(ldap_pbkdf2_sha256.using(rounds=1000).hash(RIGHT).encode()),
    "crypt": Form(crypt(RIGHT)),
    "clear": Form(b"{CLEARTEXT}" + RIGHT.encode(), chap=True, mschap=True),
    "nthash": Form(b"", mschap=True, nt_hash=nthash.raw(RIGHT)),
    "unreadable": Form(b"{SSHA}" + RIGHT.encode()),
}


def asked(switch, method, login, password, hardware):
    """One request of a method; PAP says from which hardware, the others from none."""
    if method == "pap":
        return switch.pap(login, password, [(31, hardware)])
    return switch.chap(login, password) if method == "chap" else switch.mschapv2(login, password)


@pytest.fixture(scope="module")
def forms(product):
    """One person for each stored form, known to the workers."""
    for name, form in FORMS.items():
        product.person(f"form-{name}", form.verifier, nt_hash=form.nt_hash)
    switch = product.switch()
    for name in FORMS:
        if name != "unreadable":
            settled(product, switch, "pap", f"form-{name}")
    return switch


def settled(product, switch, method, login):
    """Wait until every worker lets a person in: a socket of its own each time, so that all are asked."""

    def everywhere():
        answers = [
            switch.ask(asked(switch, method, login, RIGHT, b"02-00-00-00-77-01"), product.auth) for _ in range(6)
        ]
        return all(answer is not None and answer.code == 2 for answer in answers)

    until(everywhere)


def reason(product, login):
    """The refusal in the newest record of a login."""

    def found():
        with product.store.read() as session:
            query = select(LoginRow.reason).where(LoginRow.login == login).order_by(LoginRow.number.desc())
            return session.scalars(query).first()

    return until(found)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("method", ["pap", "chap", "mschapv2"])
def test_each_method_against_each_stored_form(product, forms, method, name):
    """keycloak-radius-plugin 704: a wrong password is refused by every pair; a right one passes where it can."""
    switch, login, form = forms, f"form-{name}", FORMS[name]
    possible = {"pap": name != "unreadable", "chap": form.chap, "mschapv2": form.mschap}[method]
    hardware = b"02-00-00-00-78-" + b"%02X" % list(FORMS).index(name)

    assert switch.ask(asked(switch, method, login, WRONG, hardware), product.auth).code == 3
    right = switch.ask(asked(switch, method, login, RIGHT, hardware), product.auth)
    assert right.code == (2 if possible else 3)
    if not possible:
        until(lambda: reason(product, login) == "TN-301")


@pytest.mark.parametrize("name", FORMS)
def test_the_stored_value_is_no_password(product, forms, name):
    """Whoever has read the directory cannot log in with what stands there, nor with nothing."""
    switch, login, form = forms, f"form-{name}", FORMS[name]
    stored = form.verifier or form.nt_hash.hex().encode()
    tries = ["", "\0", RIGHT + "\0x", stored[:128].decode()]
    if name not in ("clear", "unreadable"):
        tries.append(stored.partition(b"}")[2][:128].decode())
    for number, password in enumerate(tries):
        hardware = b"02-00-00-00-79-%02X" % (list(FORMS).index(name) * 8 + number)
        answer = switch.ask(asked(switch, "pap", login, password, hardware), product.auth)
        assert answer.code == 3, password


def test_a_proof_of_another_exchange_is_none(product, forms):
    """A CHAP or MS-CHAPv2 response of zeros, or one for another challenge, proves nothing."""
    switch = forms
    body = [(1, b"form-clear"), (3, bytes(17)), *switch.identity]
    assert switch.ask(switch.request(1, body, switch._authenticator()), product.auth).code == 3
    old = switch.mschapv2("form-clear", RIGHT)
    swapped = old.replace(hashlib.sha256(old[4:20]).digest()[:16], bytes(16))[20 + 18 :]
    unsigned = struct.pack(">BBH", 1, 3, 38 + len(swapped)) + old[4:20] + b"\x50\x12" + bytes(16) + swapped
    request = unsigned[:22] + hmac.digest(switch.secret, unsigned, "md5") + unsigned[38:]

    assert switch.ask(old, product.auth).code == 2
    time.sleep(0.01)  # two workers number the logins of one millisecond in any order
    assert switch.ask(request, product.auth).code == 3
    until(lambda: reason(product, "form-clear") == "TN-102")


# --- who may not, in every method --------------------------------------------------------------------------------


def expire(unit, subject):
    """Let a person's time be over."""
    people.change(unit, "test", subject, valid_until=unit.now - DAY)


def postpone(unit, subject):
    """Let a person's time come later."""
    people.change(unit, "test", subject, valid_from=unit.now + DAY)


OUT = {
    "suspended": (lambda unit, subject: people.suspend(unit, "test", subject), "TN-202"),
    "left": (lambda unit, subject: people.end(unit, "test", subject), "TN-203"),
    "expired": (expire, "TN-205"),
    "early": (postpone, "TN-204"),
}


@pytest.mark.parametrize("name", OUT)
def test_cve_2011_4966_who_may_not_is_refused_in_every_method(product, name):
    """CVE-2011-4966: suspended, ended, expired and not yet valid hold in PAP, CHAP, MS-CHAPv2 alike."""
    act, code = OUT[name]
    login, switch = f"out-{name}", product.switch()
    subject = product.person(login, b"{CLEARTEXT}" + RIGHT.encode())
    for method in ("pap", "chap", "mschapv2"):
        settled(product, switch, method, login)
    with product.store.write() as unit:
        act(unit, subject)

    def refused(method):
        answers = [
            switch.ask(asked(switch, method, login, RIGHT, b"02-00-00-00-77-01"), product.auth) for _ in range(4)
        ]
        return all(answer.code == 3 for answer in answers)

    for method in ("pap", "chap", "mschapv2"):
        until(lambda method=method: refused(method))
        until(lambda: reason(product, login) == code)


def test_cve_2011_4966_hardware_that_may_not(product):
    """MAC authentication: retired and expired endpoints, and those whose owner has left, stay out."""
    owner, switch = product.person("out-owner"), product.switch()
    names = [f"020000007a{number:02x}" for number in range(4)]
    subjects = {}
    with product.store.write() as unit:
        for number, name in enumerate(("retired", "expired", "orphan", "well")):
            subjects[name] = endpoints.add(
                unit, "test", hardware=f"02:00:00:00:7a:{number:02x}", name=name, kind="printer",
                owner=owner, home="office", zones=["public"], valid_until=unit.now + DAY,
            )  # fmt: skip

    def vlans():
        answers = [switch.ask(switch.mac(name, name), product.auth) for name in names for _ in range(3)]
        return [answer.vlan if answer.code == 2 else None for answer in answers]

    until(lambda: vlans() == ["110"] * 12)
    with product.store.write() as unit:
        endpoints.retire(unit, "test", subjects["retired"])
        endpoints.extend(unit, "test", subjects["expired"], unit.now + 1)
    until(lambda: vlans() == [None] * 6 + ["110"] * 6)
    with product.store.write() as unit:
        people.end(unit, "test", owner)
    until(lambda: vlans() == [None] * 12)
