"""radius.dynauth: orders as a scripted play between this end and a device."""

import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radius.dynauth import Order, OrderKind, Outcome, Result, Send, Tried
from radius.integrity import Secret
from radius.packet import Attribute, Code, encode_attribute, encode_integer, parse
from radius.vendor import Attempt

KEY, OTHER_KEY = b"a secret of enough length", b"the secret that comes next"
BY_SESSION = Attempt("session id", encode_attribute(44, b"s1"))
BY_HARDWARE = Attempt("hardware address", encode_attribute(31, b"AA-BB-CC-DD-EE-FF"))
NOW = 1_800_000_000.7


def order(*attempts: Attempt, kind: OrderKind = OrderKind.DISCONNECT, keys: tuple[bytes, ...] = (KEY,)) -> Order:
    """Prepare an order with its identifiers near the end of their range."""
    return Order(kind, attempts, tuple(Secret(key) for key in keys), first_identifier=255)


def answer(move: object, code: int, cause: int | None = None, key: bytes = KEY, *, signed: bool = False) -> bytes:
    """Answer as a device does, with nothing of radius.integrity."""
    assert isinstance(move, Send)
    request = move.octets
    body = b"" if cause is None else encode_integer(Attribute.ERROR_CAUSE, cause)
    if signed:
        head = bytes((code, request[1])) + (38 + len(body)).to_bytes(2, "big")
        blank = b"\x50\x12" + bytes(16) + body
        body = b"\x50\x12" + hmac.new(key, head + request[4:20] + blank, "md5").digest() + body
    head = bytes((code, request[1])) + (20 + len(body)).to_bytes(2, "big")
    seal = hashlib.md5(head + request[4:20] + body + key, usedforsecurity=False).digest()
    return head + seal + body


def test_a_device_that_obeys():
    """RFC 5176 §2.1: a Disconnect-Request, signed and dated, is answered by a Disconnect-ACK."""
    play = order(BY_SESSION)
    move = play.start(NOW)
    assert isinstance(move, Send)
    packet = parse(move.octets)
    assert (packet.code, packet.identifier, move.patience) == (Code.DISCONNECT_REQUEST, 255, 2.0)
    assert [kind for kind, _ in packet.attributes] == [80, 44, 55]
    assert packet.first(Attribute.EVENT_TIMESTAMP) == (1_800_000_000).to_bytes(4, "big")
    assert Secret(KEY).check_accounting_request(packet)
    outcome = play.received(answer(move, Code.DISCONNECT_ACK), NOW)
    assert outcome == Outcome(Result.ACK, None, (Tried("session id", Result.ACK, None),))
    assert play.received(answer(move, Code.DISCONNECT_ACK), NOW) is None
    assert play.silence(NOW) is None


def test_a_change_has_codes_of_its_own():
    """RFC 5176 §2.2: CoA-Request 43, CoA-ACK 44, CoA-NAK 45; an answer of the other kind proves nothing."""
    play = order(BY_SESSION, kind=OrderKind.COA)
    move = play.start(NOW)
    assert isinstance(move, Send)
    assert move.octets[0] == Code.COA_REQUEST
    assert play.received(answer(move, Code.DISCONNECT_ACK), NOW) is None
    outcome = play.received(answer(move, Code.COA_ACK, signed=True), NOW)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.ACK


AGAIN = Attempt("hardware address, reauthenticate", encode_attribute(31, b"AA-BB-CC-DD-EE-FF"))
ENDED = Attempt("hardware address, disconnect", encode_attribute(31, b"AA-BB-CC-DD-EE-FF"))


def again(*keys: bytes) -> Order:
    """Prepare a change that may end in a disconnect."""
    secrets = tuple(Secret(key) for key in keys or (KEY,))
    return Order(OrderKind.COA, (AGAIN,), secrets, first_identifier=255, fallback=(ENDED,))


@pytest.mark.parametrize("silent", [False, True])
def test_a_device_without_the_change_is_told_to_disconnect(silent: bool):
    """Refused or unheard, the change is followed by the other code, within the same order."""
    play = again()
    first = play.start(NOW)
    assert isinstance(first, Send)
    assert first.octets[0] == Code.COA_REQUEST
    if silent:
        second = [play.silence(NOW) for _ in range(3)][-1]
    else:
        second = play.received(answer(first, Code.COA_NAK, 401), NOW)
    assert isinstance(second, Send)
    assert (second.octets[0], second.octets[1]) == (Code.DISCONNECT_REQUEST, 0)
    assert play.received(answer(second, Code.COA_ACK), NOW) is None, "no answer to what was asked"
    outcome = play.received(answer(second, Code.DISCONNECT_ACK), NOW)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.ACK
    assert [one.label for one in outcome.tried] == [AGAIN.label, ENDED.label]


def test_a_change_that_was_done_is_not_followed_by_a_disconnect():
    """Also where its ACK comes late, after the device was told to disconnect."""
    for late in (0, 3):
        play = again()
        first = play.start(NOW)
        for _ in range(late):
            play.silence(NOW)
        outcome = play.received(answer(first, Code.COA_ACK), NOW)
        assert isinstance(outcome, Outcome)
        assert outcome.result is Result.ACK


def test_both_codes_are_tried_under_each_secret():
    """While a secret is rotated, silence may mean the other secret as well as the other code."""
    play = again(KEY, OTHER_KEY)
    move: object = play.start(NOW)
    codes = []
    while isinstance(move, Send):
        if not codes or move.octets != codes[-1][1]:
            codes.append((move.octets[0], move.octets))
        move = play.silence(NOW)
    assert [code for code, _ in codes] == [43, 40, 43, 40]
    assert isinstance(move, Outcome)
    assert move.result is Result.TIMEOUT


def test_retransmission_repeats_every_octet():
    """RFC 5176 §2.3: the same packet goes out three times, after 2, 4 and 6 seconds, with the same identifier."""
    play = order(BY_SESSION)
    moves = [play.start(NOW), play.silence(NOW + 2), play.silence(NOW + 6)]
    assert len({move.octets for move in moves if isinstance(move, Send)}) == 1
    assert [move.patience for move in moves if isinstance(move, Send)] == [2.0, 4.0, 6.0]
    outcome = play.silence(NOW + 12)
    assert outcome == Outcome(Result.TIMEOUT, None, (Tried("session id", Result.TIMEOUT, None),))


def test_a_refusal_leads_to_the_next_attempt():
    """RFC 5176 §3.5: a NAK with 503 may mean that the device knows the session by something else."""
    play = order(BY_SESSION, BY_HARDWARE)
    first = play.start(NOW)
    second = play.received(answer(first, Code.DISCONNECT_NAK, 503), NOW + 1)
    assert isinstance(second, Send)
    packet = parse(second.octets)
    assert packet.identifier == 0
    assert packet.first(Attribute.CALLING_STATION_ID) == b"AA-BB-CC-DD-EE-FF"
    assert packet.first(Attribute.EVENT_TIMESTAMP) == (1_800_000_001).to_bytes(4, "big")
    outcome = play.received(answer(second, Code.DISCONNECT_ACK), NOW + 1)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.ACK
    assert outcome.in_words() == "session id: nak 503 session context not found; hardware address: ack"
    assert outcome.in_words(chinese=True).startswith("session id: nak 503 设备上没有该会话")


def test_refusals_to_the_end():
    """The last cause is the outcome's; a cause of a wrong length, or none, is no cause."""
    play = order(BY_SESSION, BY_HARDWARE)
    second = play.received(answer(play.start(NOW), Code.DISCONNECT_NAK), NOW)
    outcome = play.received(answer(second, Code.DISCONNECT_NAK, 501), NOW)
    assert outcome == Outcome(
        Result.NAK,
        501,
        (Tried("session id", Result.NAK, None), Tried("hardware address", Result.NAK, 501)),
    )


def test_silence_leads_to_the_next_attempt_with_less_patience():
    """Field knowledge: a Huawei ignores what it does not find, and a dead device must not hold an order long."""
    play = order(BY_SESSION, BY_HARDWARE)
    play.start(NOW)
    play.silence(NOW)
    play.silence(NOW)
    second = play.silence(NOW)
    assert isinstance(second, Send)
    assert parse(second.octets).first(Attribute.CALLING_STATION_ID) is not None
    outcome = play.silence(NOW)
    assert isinstance(outcome, Outcome)
    assert [one.result for one in outcome.tried] == [Result.TIMEOUT, Result.TIMEOUT]


def test_a_device_that_has_spoken_gets_all_patience_again():
    """A lost packet after a NAK is only a lost packet."""
    play = order(BY_SESSION, BY_HARDWARE)
    second = play.received(answer(play.start(NOW), Code.DISCONNECT_NAK, 503), NOW)
    assert play.silence(NOW) == Send(second.octets, 4.0) if isinstance(second, Send) else False
    play.silence(NOW)
    outcome = play.silence(NOW)
    assert isinstance(outcome, Outcome)
    assert (outcome.result, outcome.cause) == (Result.NAK, 503)


def test_a_late_ack_counts_and_a_late_nak_does_not():
    """RFC 5176 §2.1: an ACK says that the session is gone, whichever attempt it answers."""
    play = order(BY_SESSION, BY_HARDWARE)
    first = play.start(NOW)
    for _ in range(3):
        play.silence(NOW)
    assert play.received(answer(first, Code.DISCONNECT_NAK, 503), NOW) is None
    outcome = play.received(answer(first, Code.DISCONNECT_ACK), NOW)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.ACK


def test_the_secret_that_comes_next_is_tried_when_nothing_is_heard():
    """While a secret is rotated a device may know either; an answer under one rules the other out."""
    play = order(BY_SESSION, keys=(KEY, OTHER_KEY))
    play.start(NOW)
    play.silence(NOW)
    play.silence(NOW)
    second = play.silence(NOW)
    assert isinstance(second, Send)
    assert Secret(OTHER_KEY).check_accounting_request(parse(second.octets))
    outcome = play.received(answer(second, Code.DISCONNECT_ACK, key=OTHER_KEY), NOW)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.ACK
    play = order(BY_SESSION, keys=(KEY, OTHER_KEY))
    outcome = play.received(answer(play.start(NOW), Code.DISCONNECT_NAK, 503), NOW)
    assert isinstance(outcome, Outcome)
    assert len(outcome.tried) == 1


def test_a_port_that_nobody_listens_on():
    """An address that refuses is unreachable, not silent; an answer after all takes that back."""
    play = order(BY_SESSION)
    move = play.start(NOW)
    play.refused()
    play.silence(NOW)
    play.silence(NOW)
    outcome = play.silence(NOW)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.UNREACHABLE
    play = order(BY_SESSION)
    move = play.start(NOW)
    play.refused()
    outcome = play.received(answer(move, Code.DISCONNECT_ACK), NOW)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.ACK


def test_a_session_of_which_nothing_is_known():
    """Without an attempt nothing is sent, and the record says so."""
    assert order().start(NOW) == Outcome(Result.IMPOSSIBLE, None, ())


@pytest.mark.parametrize("broken", ["secret", "identifier", "authenticator", "signature", "code"])
def test_what_proves_nothing_changes_nothing(broken: str):
    """RFC 5176 §2.3: an answer with a wrong authenticator is silently discarded; so is everything else unproven."""
    play = order(BY_SESSION)
    move = play.start(NOW)
    octets = answer(move, Code.DISCONNECT_ACK, key=OTHER_KEY if broken == "secret" else KEY)
    if broken == "identifier":
        octets = octets[:1] + b"\x07" + octets[2:]
    elif broken == "authenticator":
        octets = octets[:4] + bytes(16)
    elif broken == "signature":
        body = b"\x50\x12" + bytes(16)
        head = bytes((41, 255, 0, 38))
        assert isinstance(move, Send)
        seal = hashlib.md5(head + move.octets[4:20] + body + KEY, usedforsecurity=False).digest()
        octets = head + seal + body
    elif broken == "code":
        octets = answer(move, Code.ACCESS_ACCEPT)
    assert play.received(octets, NOW) is None
    assert isinstance(play.received(answer(move, Code.DISCONNECT_ACK), NOW), Outcome)


def test_another_secret_is_told_from_silence():
    """What came under another secret is no answer, yet it says what is wrong where none comes."""
    play = order(BY_SESSION, BY_HARDWARE)
    move = play.start(NOW)
    while isinstance(move, Send):
        play.received(answer(move, Code.DISCONNECT_NAK, 503, key=OTHER_KEY), NOW)
        last, move = move, play.silence(NOW)
        if isinstance(move, Send) and move.octets != last.octets:
            break
    while isinstance(move, Send):  # the second attempt meets silence
        move = play.silence(NOW)
    assert isinstance(move, Outcome)
    assert move.result is Result.UNPROVEN
    assert move.tried[0] == Tried("session id", Result.UNPROVEN, None)
    assert "session id: unproven" in move.in_words()


@given(st.lists(st.binary(max_size=60) | st.none(), max_size=20))
@settings(max_examples=100, deadline=None)
def test_any_device_comes_to_an_end(script: list[bytes | None]):
    """Hostile answers and silence in any order: nothing is raised, and the order ends."""
    play = order(BY_SESSION, BY_HARDWARE)
    move: object = play.start(NOW)
    for line in script:
        if isinstance(move, Outcome):
            break
        heard = play.silence(NOW) if line is None else play.received(line, NOW)
        move = move if heard is None else heard
    for _ in range(8):
        if not isinstance(move, Outcome):
            move = play.silence(NOW)
    assert isinstance(move, Outcome)
    assert move.result is Result.TIMEOUT


def test_before_and_after_nothing_moves():
    """Events out of their time are ignored."""
    play = order(BY_SESSION)
    assert play.received(b"", NOW) is None
    play.start(NOW)
    assert play.start(NOW) is None
