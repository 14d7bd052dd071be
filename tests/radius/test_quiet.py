"""Refusals that are repeated: what counts as the same question, and what ends it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access import rulebook
from access.decision import Refusal
from access.evidence import place_of
from access.reasons import Reason
from radius.integrity import Secret
from radius.login import read_login
from radius.packet import parse
from radius.quiet import KEY, REPEATED, Quiet
from tests.radius.builders import SECRET, device
from tests.support.switch import Switch

NOW = 1_790_000_040.0  # the beginning of a minute
WRONG = Refusal(Reason.PASSWORD_WRONG)
HARDWARE = "02-00-00-00-00-07"
WIRELESS = (61, (19).to_bytes(4, "big"))


def quiet(**changes):
    """As the settings have it, with three instead of five."""
    return Quiet(**{"after": 3, "window": 60.0, "seconds": 30.0, "key": bytes(KEY), **changes})


def read(octets, **changes):
    """Read what a device sent."""
    known = device(**changes)
    return read_login(parse(octets), known, place_of(known), Secret(SECRET), frozenset())


def pap(word="old", name="liwei", extra=None, **changes):
    """A login with a password; with a new authenticator each time, as switches send it."""
    return read(Switch(SECRET).pap(name, word, extra), **changes)


def mac(*attributes, **changes):
    """A MAC authentication on some network."""
    switch = Switch(SECRET)
    told = [(1, b"020000000007"), (6, (10).to_bytes(4, "big")), (31, HARDWARE.encode()), *switch.identity]
    return read(switch.request(1, [*told, *attributes], bytes(16)), **changes)


def refuse(one, request, refusal=WRONG, times=3, now=NOW):
    """Refuse after a judgement, so many times at once."""
    for _ in range(times):
        one.refused(request, refusal, now)


def test_after_equal_refusals_the_refusal_is_repeated():
    """Not before the last of them, and only for a while."""
    one = quiet()
    refuse(one, pap(), times=2)

    assert one.reason(pap(), NOW) is None
    refuse(one, pap(), times=1)

    assert one.reason(pap(), NOW + 29.9) is Reason.PASSWORD_WRONG
    assert one.reason(pap(), NOW + 30) is None


def test_off_means_off():
    """0 keeps nothing."""
    one = quiet(after=0)
    refuse(one, pap(), times=100)

    assert one.reason(pap(), NOW) is None
    assert len(one) == 0


@pytest.mark.parametrize(
    "other",
    [
        pap("new"),
        pap("old", name="hanmei"),
        pap("old", extra=[(31, b"02-00-00-00-00-08")]),
        pap("old", extra=[]),
        pap("old", number=2),
        pap("old", extra=[(31, HARDWARE.encode()), WIRELESS]),
        read(Switch(SECRET).chap("liwei", "old")),
        mac(),
    ],
    ids=["password", "name", "hardware", "no-hardware", "device", "medium", "method", "mac"],
)
def test_another_question_is_judged(other):
    """Whatever may change the answer is part of the question."""
    one = quiet()
    refuse(one, pap())

    assert one.reason(pap(), NOW) is Reason.PASSWORD_WRONG
    assert one.reason(other, NOW) is None


def test_another_network_is_another_question_for_a_device_without_a_proof():
    """Rules look at the network: who is nobody in one is perhaps somebody in the next."""
    one = quiet()
    hall, guests = [(WIRELESS, (30, b"AA-BB-CC-DD-EE-FF:" + name)) for name in (b"hall", b"guests")]
    refuse(one, mac(*hall), Refusal(Reason.NO_RULE))

    assert one.reason(mac(*hall), NOW) is Reason.NO_RULE
    assert one.reason(mac(*guests), NOW) is None


def test_the_port_is_no_part_of_the_question():
    """Some devices count it up with each try, and no rule looks at it."""
    one = quiet()
    refuse(one, mac((87, b"GE1/0/1")), Refusal(Reason.NO_RULE))

    assert one.reason(mac((87, b"GE1/0/2")), NOW) is Reason.NO_RULE


def test_every_fact_of_a_rule_is_in_the_question_or_ends_it():
    """A new kind of condition must be added to the digest, or its change must end all: then count it here.

    Subject, category, rights and unit are the directory's; group and site are in the device's record; medium, network
    and method are in the digest, and the strength follows from the method; hours begin with a minute; an end of
    validity is a change of the rules or comes within `seconds`.
    """
    assert (rulebook.SUBJECT, rulebook.NOW) == (0, 11), "the facts of access.rulebook are the twelve above"


def test_challenges_are_always_judged():
    """RFC 1994 §2.3, RFC 2759 §8: two answers to two challenges do not tell whether the password is the same."""
    one = quiet(after=1)
    for request in (read(Switch(SECRET).chap("liwei", "old")), read(Switch(SECRET).mschapv2("liwei", "old"))):
        refuse(one, request)

        assert one.reason(request, NOW) is None


def test_a_conversation_is_judged_unless_its_shape_is_refused():
    """An EAP packet carries no proof that could be compared; that EAP is not served at all is plain from its shape."""
    one = quiet()
    switch = Switch(SECRET)
    request = read(switch.request(1, [(1, b"liwei"), (79, b"\x02\x07\x00\x0a\x01liwei"), *switch.identity], bytes(16)))
    refuse(one, request, Refusal(Reason.EAP_NOT_SERVED))

    assert one.reason(request, NOW) is Reason.EAP_NOT_SERVED
    served = request._replace(refused=None)
    refuse(one, served)

    assert one.reason(served, NOW) is None


def test_refusals_by_shape_and_by_judgement_do_not_mix():
    """What is refused for its shape would be refused for its shape again, and for nothing else."""
    one = quiet()
    request = pap()
    refuse(one, request._replace(refused=Reason.REQUEST_CONTRADICTORY), Refusal(Reason.REQUEST_CONTRADICTORY))

    assert one.reason(request, NOW) is None


def test_another_reason_starts_the_count_anew():
    """A wrong password that becomes a lockout is two things to know."""
    one = quiet()
    refuse(one, pap(), times=2)
    refuse(one, pap(), Refusal(Reason.HARDWARE_LOCKED_OUT), times=1)
    refuse(one, pap(), times=2)

    assert one.reason(pap(), NOW) is None


def test_refusals_that_are_far_apart_are_not_counted_together():
    """Three within the window, not three in a day."""
    one = quiet()
    for step in (0, 59, 61, 120):
        refuse(one, pap(), times=1, now=NOW + step)

    assert one.reason(pap(), NOW + 120) is None
    refuse(one, pap(), times=1, now=NOW + 120)

    assert one.reason(pap(), NOW + 120) is Reason.PASSWORD_WRONG


def test_one_look_is_enough_to_stay_quiet():
    """Every half a minute one request is judged; if the answer is the same, it is repeated again."""
    one = quiet()
    refuse(one, pap())
    judged = 0
    for second in range(0, 600, 2):
        if one.reason(pap(), NOW + second) is None:
            judged += 1
            refuse(one, pap(), times=1, now=NOW + second)

    assert judged <= 21


def test_the_full_minute_ends_it():
    """Hours of rules begin with a minute, and nobody waits half of one for them."""
    one = quiet()
    refuse(one, mac(), Refusal(Reason.NO_RULE), now=NOW + 55)

    assert one.reason(mac(), NOW + 59.9) is Reason.NO_RULE
    assert one.reason(mac(), NOW + 60) is None


def test_the_moment_that_a_refusal_names_ends_it():
    """The end of a lockout is felt at once."""
    one = quiet()
    refuse(one, pap(), Refusal(Reason.HARDWARE_LOCKED_OUT, until=NOW + 7))

    assert one.reason(pap(), NOW + 6.9) is Reason.HARDWARE_LOCKED_OUT
    assert one.reason(pap(), NOW + 7) is None


def test_a_change_ends_it_for_everybody_and_the_count_as_well():
    """A person, a device or a rule has changed: what was refused before says nothing any more."""
    one = quiet()
    refuse(one, pap())
    refuse(one, mac(), Refusal(Reason.NO_RULE), times=2)
    one.end_all()
    refuse(one, mac(), Refusal(Reason.NO_RULE), times=1)

    assert one.reason(pap(), NOW) is None
    assert one.reason(mac(), NOW) is None


def test_our_own_trouble_is_never_repeated():
    """A directory that is back is asked again by the very next request."""
    own = {reason for reason in Reason if reason.code.startswith("TN-5")}
    one = quiet(after=1)

    assert own
    assert not own & REPEATED
    for reason in own:
        refuse(one, pap(), Refusal(reason))

        assert one.reason(pap(), NOW) is None


def test_a_clock_that_is_set_back_does_not_prolong_it():
    """What was to last seconds does not last an hour."""
    one = quiet()
    refuse(one, pap())

    assert one.reason(pap(), NOW - 3600) is None


def test_made_up_names_do_not_grow_it():
    """Twice the limit is the most that is kept."""
    one = quiet(most=10)
    for number in range(200):
        refuse(one, pap(name=f"nobody{number}", extra=[]), times=1)

    assert len(one) <= 20


def test_no_proof_is_kept():
    """What is kept of a password is a digest with a key that only this process has ever known."""
    one, other = quiet(), quiet(key=b"k" * KEY)
    for each in (one, other):
        refuse(each, pap("geheim-9"))
    kept = [next(iter(each._clients.new.values())) for each in (one, other)]

    assert "geheim" not in repr(kept)
    assert kept[0].asked != kept[1].asked
    assert len(kept[0].asked) == 16


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 79), st.binary(max_size=40)), max_size=12), st.sampled_from(Reason))
def test_any_request_is_asked_and_noted(attributes, reason):
    """Hostile content never raises, and what is repeated is the reason that was noted."""
    one = quiet(after=1)
    switch = Switch(SECRET)
    request = read(switch.request(1, [*attributes, *switch.identity], bytes(16)))
    one.refused(request, Refusal(reason), NOW)

    assert one.reason(request, NOW) in {None, reason}
