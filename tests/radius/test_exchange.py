"""A datagram in, an effect out: device, framing, integrity, repeats."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radius.admission import UNLIMITED, Admission, Rate
from radius.drops import Drop
from radius.exchange import Account, Discard, Door, Exchange, Judge, Send
from radius.forgery import Observed
from tests.radius.builders import SECRET, OneDevice, device
from tests.support.switch import Switch

AUTH, ACCT = Door.AUTHENTICATION, Door.ACCOUNTING


def exchange(admission=UNLIMITED, **changes):
    """An exchange that knows one device."""
    return Exchange(OneDevice(device(**changes)), duplicate_seconds=5, admission=admission)


def drop_of(effect):
    """The reason of a discard."""
    assert isinstance(effect, Discard)
    return effect.drop


def test_an_unknown_source_is_not_read():
    """Octets of a stranger are not even framed."""
    effect = exchange().receive(AUTH, b"\xff", "198.51.100.9", 1, 0)

    assert effect == Discard(Drop.UNKNOWN_SOURCE, None)


def test_a_login_is_judged():
    """A signed Access-Request of a known device becomes a question."""
    effect = exchange().receive(AUTH, Switch(SECRET).pap("liwei", "pässwort"), "192.0.2.1", 4000, 0)

    assert isinstance(effect, Judge)
    assert effect.request.login == "liwei"
    assert effect.request.proof.password == "pässwort".encode()


def test_a_wrong_secret_is_dropped_and_leaves_no_trace():
    """RFC 5080 §2.2.2: a bad Message-Authenticator never touches the duplicate cache."""
    one = exchange()
    bad = Switch(b"another secret").pap("liwei", "x")

    assert drop_of(one.receive(AUTH, bad, "192.0.2.1", 4000, 0)) is Drop.MESSAGE_AUTHENTICATOR
    assert drop_of(one.receive(AUTH, bad, "192.0.2.1", 4000, 0)) is Drop.MESSAGE_AUTHENTICATOR


def test_a_repeat_under_way_is_dropped_and_an_answered_one_replayed():
    """RFC 2865 §3: no second look at the directory, and the same octets again."""
    one, request = exchange(), Switch(SECRET).pap("liwei", "x")
    effect = one.receive(AUTH, request, "192.0.2.1", 4000, 0)

    assert drop_of(one.receive(AUTH, request, "192.0.2.1", 4000, 1)) is Drop.DUPLICATE_PENDING
    one.answered(AUTH, effect.key, effect.request.packet.authenticator, b"octets")

    assert one.receive(AUTH, request, "192.0.2.1", 4000, 2) == Send(b"octets")
    assert isinstance(one.receive(AUTH, request, "192.0.2.1", 4001, 2), Judge), "another port is another request"


@pytest.mark.parametrize(("door", "code"), [(AUTH, 4), (ACCT, 1), (AUTH, 2), (ACCT, 5), (AUTH, 43), (AUTH, 40)])
def test_a_code_that_has_no_business_here_is_dropped(door, code):
    """Answers and requests of the other port are not heard (RFC 2865 §3, RFC 2866 §3)."""
    switch = Switch(SECRET)
    request = switch.request(code, switch.identity, bytes(16))

    assert drop_of(exchange().receive(door, request, "192.0.2.1", 1, 0)) is Drop.WRONG_CODE


def test_status_server_is_answered_on_both_ports():
    """RFC 5997 §4: Access-Accept on the authentication port, Accounting-Response on the other."""
    switch, one = Switch(SECRET), exchange()
    for door, code in ((AUTH, 2), (ACCT, 5)):
        request = switch.status()
        effect = one.receive(door, request, "192.0.2.1", 1, 0)

        assert isinstance(effect, Send)
        assert switch.read(effect.octets, request).code == code


def test_status_server_without_signature_is_dropped():
    """RFC 5997 §3: Message-Authenticator is mandatory."""
    switch = Switch(SECRET)
    request = switch.request(12, switch.identity, bytes(16), sign=False)

    assert drop_of(exchange().receive(AUTH, request, "192.0.2.1", 1, 0)) is Drop.STATUS_UNSIGNED


def test_accounting_is_kept_before_it_is_answered():
    """RFC 2866 §2: the answer says that the record is safe, so nothing is sent yet."""
    effect = exchange().receive(ACCT, Switch(SECRET).accounting(1, "s1"), "192.0.2.1", 1, 0)

    assert isinstance(effect, Account)


def test_accounting_with_a_wrong_authenticator_is_dropped():
    """RFC 2866 §3: the authenticator is computed with the secret."""
    effect = exchange().receive(ACCT, Switch(b"wrong").accounting(1, "s1"), "192.0.2.1", 1, 0)

    assert drop_of(effect) is Drop.AUTHENTICATOR


def test_two_secrets_are_valid_while_one_is_rotated():
    """The device may use the old one or the new one, for logins and accounting alike."""
    one = exchange(secrets=(SECRET, b"the next secret, just as long"))
    new = Switch(b"the next secret, just as long")

    for switch in (Switch(SECRET), new):
        assert isinstance(one.receive(AUTH, switch.pap("liwei", "x"), "192.0.2.1", 1, 0), Judge)
        assert isinstance(one.receive(ACCT, switch.accounting(1, "s"), "192.0.2.1", 1, 0), Account)
    effect = one.receive(AUTH, new.pap("liwei", "x", sign=False), "192.0.2.1", 2, 0)

    assert drop_of(effect) is Drop.UNSIGNED, "a device that signed must go on signing"


def test_what_auto_learns_is_handed_out_to_be_kept():
    """CVE-2024-3596: the observation outlives a restart."""
    one = exchange()
    one.receive(AUTH, Switch(SECRET).pap("liwei", "x"), "192.0.2.1", 1, 0)

    assert one.fresh_observations == {1: Observed.SIGNED}
    again = exchange(observed="signed")
    unsigned = Switch(SECRET).pap("liwei", "x", sign=False)

    assert drop_of(again.receive(AUTH, unsigned, "192.0.2.1", 1, 0)) is Drop.UNSIGNED


def test_a_signature_that_another_worker_saw_counts_more_than_what_was_seen_here_before():
    """CVE-2024-3596: an unsigned request that was believed a moment too early opens no door for the next one."""
    one, unsigned = exchange(), Switch(SECRET).pap("liwei", "x", sign=False)
    assert isinstance(one.receive(AUTH, unsigned, "192.0.2.1", 1, 0), Judge)
    assert one.fresh_observations == {1: Observed.UNSIGNED}

    one.replace_devices(OneDevice(device(observed="signed")))
    assert drop_of(one.receive(AUTH, unsigned, "192.0.2.1", 2, 0)) is Drop.UNSIGNED


def test_what_was_seen_and_is_not_kept_yet_outlives_a_reload():
    """CVE-2024-3596: a table that was read before the observation was written does not take it back."""
    one = exchange()
    one.receive(AUTH, Switch(SECRET).pap("liwei", "x"), "192.0.2.1", 1, 0)

    one.replace_devices(OneDevice(device()))
    unsigned = Switch(SECRET).pap("liwei", "x", sign=False)
    assert drop_of(one.receive(AUTH, unsigned, "192.0.2.1", 1, 0)) is Drop.UNSIGNED


def test_what_could_not_be_written_is_told_again():
    """The lock against forgery (CVE-2024-3596) is not lost where the database is away for a moment."""
    one = exchange()
    one.receive(AUTH, Switch(SECRET).pap("liwei", "x"), "192.0.2.1", 1, 0)
    taken = one.take_observations()
    assert one.take_observations() == {}

    one.give_back({1: Observed.UNSIGNED, 2: Observed.SIGNED})
    one.give_back(taken)
    assert one.take_observations() == {1: Observed.UNSIGNED, 2: Observed.SIGNED}, "what is newer stays"


def test_a_client_that_asks_too_often_gets_silence_and_the_others_go_on():
    """RFC 2865 names no answer for it. The log gets the address, and the device keeps the tokens that it wasted."""
    one = exchange(Admission(device=Rate(1, 4), login=Rate(1, 2)))
    wild, other = [(31, b"02-00-00-00-00-AA")], [(31, b"02-00-00-00-00-BB")]
    heard = [
        one.receive(AUTH, Switch(SECRET, identifier=number).pap("liwei", "x", wild), "192.0.2.1", 1, 0)
        for number in range(10)
    ]

    assert [type(effect) for effect in heard] == [Judge] * 2 + [Discard] * 8
    assert (heard[9].drop, heard[9].hardware) == (Drop.RATE_LIMITED, "02:00:00:00:00:aa")
    effect = one.receive(AUTH, Switch(SECRET, identifier=99).pap("liwei", "x", other), "192.0.2.1", 1, 0)

    assert isinstance(effect, Judge)


def test_what_was_one_too_many_is_heard_when_it_is_repeated():
    """The silence of a full queue is not the silence of a request under way: the repeat is a new request."""
    one = exchange(Admission(device=Rate(1, 1), login=Rate(0, 1)))
    requests = [Switch(SECRET, identifier=number).pap("liwei", "x") for number in range(2)]

    assert isinstance(one.receive(AUTH, requests[0], "192.0.2.1", 1, 0), Judge)
    assert drop_of(one.receive(AUTH, requests[1], "192.0.2.1", 1, 0)) is Drop.RATE_LIMITED
    assert isinstance(one.receive(AUTH, requests[1], "192.0.2.1", 1, 2), Judge)


def test_repeats_and_what_is_not_signed_well_cost_nothing():
    """A token is taken for a new request of the device itself: forgeries in its name would silence it otherwise."""
    one = exchange(Admission(device=Rate(1, 2), login=Rate(1, 2)))
    request = Switch(SECRET).pap("liwei", "x")
    for number in range(10):
        one.receive(AUTH, Switch(b"wrong", identifier=number).pap("liwei", "x"), "192.0.2.1", 1, 0)
        one.receive(ACCT, Switch(b"wrong", identifier=number).accounting(1, "s1"), "192.0.2.1", 1, 0)
    effect = one.receive(AUTH, request, "192.0.2.1", 1, 0)
    one.answered(AUTH, effect.key, effect.request.packet.authenticator, b"octets")
    for _ in range(10):
        assert one.receive(AUTH, request, "192.0.2.1", 1, 0) == Send(b"octets")

    assert isinstance(one.receive(AUTH, Switch(SECRET, identifier=50).pap("liwei", "x"), "192.0.2.1", 1, 0), Judge)


def test_accounting_has_the_share_of_its_device_only():
    """No client is limited there: each record is of another moment, and each is wanted."""
    one = exchange(Admission(device=Rate(1, 3), login=Rate(1, 1)))
    requests = [Switch(SECRET, identifier=number).accounting(3, "s1") for number in range(4)]
    heard = [one.receive(ACCT, request, "192.0.2.1", 1, 0) for request in requests]

    assert [type(effect) for effect in heard] == [Account] * 3 + [Discard]
    assert drop_of(heard[3]) is Drop.RATE_LIMITED
    assert isinstance(one.receive(ACCT, requests[3], "192.0.2.1", 1, 1.5), Account)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(Door))
def test_any_octets_end_in_an_effect(octets, door):
    """Hostile datagrams never raise."""
    assert isinstance(exchange().receive(door, octets, "192.0.2.1", 1, 0), (Send, Discard, Judge, Account))


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_attributes_end_in_a_question_or_silence(data):
    """Well-signed requests with senseless attributes never raise either."""
    kinds = st.sampled_from([1, 2, 3, 4, 5, 6, 8, 24, 26, 30, 31, 32, 33, 40, 44, 60, 61, 64, 79, 81, 87, 95, 241])
    attributes = data.draw(st.lists(st.tuples(kinds, st.binary(max_size=60)), max_size=20))
    request = Switch(SECRET).request(1, attributes, bytes(range(16)))

    assert isinstance(exchange().receive(AUTH, request, "192.0.2.1", 1, 0), (Judge, Discard))
