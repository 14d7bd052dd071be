"""What other rules would have made of logins that were."""

from hypothesis import given
from hypothesis import strategies as st

from access.decision import Grant, Zone
from access.evidence import Medium, Place, Strength
from access.rehearsal import Cause, Known, Record, judge, possible_evidence, rehearse
from access.rulebook import compile_rulebook
from tests.access.builders import NOW, UNITS, endpoint, person, rule

ZONES = [Zone("office", "办公"), Zone("guest", "访客"), Zone("portal", "入网")]
PLACES = {1: Place(1, "sw", "huawei", "access", "hall"), 2: Place(2, "ap", "h3c", "core", "yard")}
KNOWN = Known(
    {"P1": person(), "P2": person(subject="P2", category="visitor", unit="court", zones=frozenset({"guest"}))},
    {"E1": endpoint()},
    PLACES,
)


def book(*rules):
    return compile_rulebook(ZONES, rules, UNITS)


def record(number=1, **changes):
    told = {
        "at": NOW, "login": "ayi", "subject": "P1", "hardware": "02:00:00:00:00:01", "address": None, "device": 1,
        "port": "1", "ssid": None, "method": "pap", "zone": "office",
    }  # fmt: skip
    return Record(number, **{**told, **changes})


def test_logins_are_grouped_by_what_they_would_become():
    """By zone before and after, the most first, with examples of different people and the first failing condition."""
    present = book(rule(1, result="office"))
    proposed = book(rule(1, result="office", category="staff"))
    records = [
        record(1),
        record(2, subject="P2"),
        record(3, subject="P2"),
        record(4, subject="P9"),
        record(5, device=7),
    ]

    result = rehearse(records, KNOWN, present, proposed)

    assert (result.looked_at, result.unknown, result.uncertain, result.changed) == (5, 2, 0, 2)
    (shift,) = result.shifts
    assert (shift.before, shift.after, shift.logins, shift.subjects) == ("office", None, 2, 1)
    (example,) = shift.examples
    assert (example.record.number, example.cause, example.rule) == (2, Cause.FAILS, 1)
    assert (example.failed, example.wanted) == ("category", "staff")


def test_every_cause_is_told():
    """A rule that comes earlier, one that is gone, and one that applies where none did."""
    one, two = rule(1, result="office"), rule(2, result="guest")

    def cause(present, proposed):
        (shift,) = rehearse([record()], KNOWN, present, proposed).shifts
        return shift.examples[0].cause, shift.examples[0].rule

    assert cause(book(one), book(one._replace(position=3), two)) == (Cause.EARLIER, 2)
    assert cause(book(one, two), book(two)) == (Cause.GONE, 1)
    assert cause(book(one, two), book(one._replace(enabled=False), two)) == (Cause.GONE, 1)
    assert cause(book(), book(one)) == (Cause.APPLIES, 1)


def test_the_medium_that_explains_the_record_counts():
    """It is not kept: among those that rules tell apart, the first under which the present rules agree with it."""
    present = book(rule(1, result="guest", medium="wireless"), rule(2, result="office"))
    proposed = book(rule(1, result="portal", medium="wireless"), rule(2, result="office"))

    result = rehearse([record(1, zone="guest"), record(2, zone="office")], KNOWN, present, proposed)
    assert [(shift.before, shift.after) for shift in result.shifts] == [("guest", "portal")]
    assert result.uncertain == 0
    # Wired, remote or unknown all explain it, and would now come out differently.
    other = book(rule(1, result="portal", medium="remote"), *present.rules)
    assert rehearse([record(zone="office")], KNOWN, present, other).uncertain == 1


def test_an_ssid_means_wireless():
    """No other medium is tried then."""
    media = (Medium.WIRED, Medium.WIRELESS)
    (found,) = possible_evidence(record(ssid="gov"), KNOWN, media, (Strength.PASSWORD,))
    assert found.medium is Medium.WIRELESS
    assert len(list(possible_evidence(record(), KNOWN, media, (Strength.PASSWORD,)))) == 2


def test_whoever_is_behind_a_hardware_address_is_judged_as_at_the_door():
    """A binding that no longer lets in leaves the device unknown, with the way to the portal."""
    present = book(rule(1, category="unknown", result="portal"), rule(2, result="office"))
    proposed = book(rule(1, category="unknown", result="portal"), rule(2, result="office", category="visitor"))

    result = rehearse(
        [record(method="portal"), record(method="mac", subject=None, zone="portal")], KNOWN, present, proposed
    )

    assert [(shift.before, shift.after, shift.logins) for shift in result.shifts] == [("office", "portal", 1)]


def test_a_registered_device_is_judged_as_one():
    """By its record; one that is not registered any more cannot be told from its address."""
    present, proposed = book(rule(1, category="endpoint")), book()
    records = [record(method="mac", subject="E1"), record(method="mac", subject="E9"), record(method="fax")]
    result = rehearse(records, KNOWN, present, proposed)
    assert (result.changed, result.unknown) == (1, 2)


def test_the_hour_of_the_login_counts_and_not_that_of_the_rehearsal():
    """NOW is a Monday night in Shanghai."""
    day, night = "mon-fri 08:00-18:00", "mon-sun 18:00-24:00"
    result = rehearse([record()], KNOWN, book(rule(1, hours=night)), book(rule(1, hours=day)))
    assert result.shifts[0].examples[0].failed == "hours"
    ended = book(rule(1), rule(2, result="guest", valid_until=NOW, approved_by="x"))
    assert rehearse([record()], KNOWN, book(rule(1)), ended).changed == 0


RULES = st.lists(
    st.builds(
        dict,
        result=st.sampled_from(["office", "guest", "refuse"]),
        enabled=st.booleans(),
        category=st.sampled_from(["", "staff", "visitor", "endpoint", "unknown,visitor"]),
        unit=st.sampled_from(["", "north", "court"]),
        right=st.sampled_from(["", "guest"]),
        device_group=st.sampled_from(["", "access"]),
        site=st.sampled_from(["", "yard"]),
        ssid=st.sampled_from(["", "gov"]),
        method=st.sampled_from(["", "pap", "portal"]),
        strength=st.sampled_from([0, 1]),
        hours=st.sampled_from(["", "mon 00:00-12:00", "tue 08:00-18:00"]),
        person=st.sampled_from(["", "P2"]),
    ),
    max_size=4,
)
RECORDS = st.builds(
    record,
    at=st.floats(NOW, NOW + 200_000),
    subject=st.sampled_from(["P1", "P2", "E1", None]),
    device=st.sampled_from([1, 2]),
    ssid=st.sampled_from([None, "gov", "other"]),
    method=st.sampled_from(["pap", "mac", "portal"]),
    zone=st.sampled_from(["office", "guest", None]),
)


@given(st.lists(RECORDS, max_size=30), RULES, RULES)
def test_alike_logins_are_decided_once_and_as_each_would_be(records, before, after):
    """What is remembered of facts never differs from deciding that login by itself."""
    present, proposed = (
        book(*(rule(number, **told) for number, told in enumerate(rules, 1))) for rules in (before, after)
    )

    def zone(each, rulebook):
        found = next(possible_evidence(each, KNOWN, (Medium.UNKNOWN,), (Strength.PASSWORD,)), None)
        if found is None:
            return "unknown"
        decision = judge(found, rulebook, each.at)
        return decision.zone.code if isinstance(decision, Grant) else None

    moves = [(zone(each, present), zone(each, proposed)) for each in records]
    result = rehearse(records, KNOWN, present, proposed)
    assert result.changed == sum(before != after for before, after in moves)
    assert result.unknown == sum(before == "unknown" for before, _ in moves)
    assert {(shift.before, shift.after): shift.logins for shift in result.shifts} == {
        move: moves.count(move) for move in moves if move[0] != move[1]
    }
