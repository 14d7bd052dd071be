"""What became of an order, in both languages."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operate.order_words import _WAYS, Unsent, detail_in_words
from radius import vendor
from radius.dynauth import Outcome, Result, Tried


def test_codes_are_stable_and_stand_first():
    """A record is found again by its code, and read without this program."""
    assert len({one.value.code for one in Unsent}) == len(Unsent)
    for one in Unsent:
        assert re.fullmatch(r"OR-\d{3} [a-z].+", one.detail)
        assert detail_in_words(one.detail) == (f"{one.value.code} {one.value.says.chinese}", one.detail)


def test_the_answers_of_a_device_are_said_in_both_languages():
    """As radius.dynauth records them: way, result, Error-Cause (RFC 5176 §3.5)."""
    tried = (Tried("hardware address", Result.NAK, 503), Tried("name and address", Result.ACK, None))
    detail = Outcome(Result.ACK, None, tried).in_words()

    assert detail_in_words(detail) == ("MAC 地址：拒绝 503 设备上没有该会话；登录名和地址：已执行", detail)


def test_what_is_special_about_a_way_is_said():
    """Several words behind commas; one that is not ours leaves the record as it is."""
    detail = "hardware address, reauthenticate: timeout; hardware address, ietf, disconnect: ack"

    assert detail_in_words(detail).chinese == "MAC 地址，重新认证：没有应答；MAC 地址，AA-BB 写法，下线：已执行"
    assert detail_in_words("hardware address, sideways: ack").chinese == "hardware address, sideways: ack"


@pytest.mark.parametrize("cause", range(0, 700, 1))
def test_every_cause_is_understood(cause):
    """No meaning of an Error-Cause breaks the record apart."""
    detail = Outcome(Result.NAK, cause, (Tried("session id", Result.NAK, cause),)).in_words()

    assert detail_in_words(detail).chinese.startswith(f"会话编号：拒绝 {cause} ")


def test_every_way_has_its_words():
    """A new way to name a session needs its words here."""
    ways = {value[0] for name, value in vars(vendor).items() if name.startswith("BY_")}

    assert ways <= set(_WAYS)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_record_is_shown(detail):
    """What is not spelled as ours stays as it is."""
    said = detail_in_words(detail)

    assert said is None if not detail else said.english
