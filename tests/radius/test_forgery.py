"""CVE-2024-3596: the two flags of a device and what auto learns (draft-ietf-radext-deprecating-radius)."""

import pytest

from radius.drops import Drop
from radius.forgery import Observed, judge_signature
from tests.radius.builders import device


def judge(observed=Observed.NOTHING, *, signed, proxied=False, eap=False, **flags):
    """Judge with every default on auto."""
    return judge_signature(
        device(**flags),
        observed,
        signed=signed,
        eap=eap,
        proxied=proxied,
        default_require="auto",
        default_limit="auto",
    )


@pytest.mark.parametrize(
    ("require", "limit", "signed", "proxied", "drop"),
    [
        ("yes", "no", False, False, Drop.UNSIGNED),
        ("yes", "yes", False, True, Drop.UNSIGNED),
        ("no", "yes", False, True, Drop.PROXY_STATE_UNSIGNED),
        ("no", "yes", False, False, None),
        ("no", "no", False, True, None),
        ("yes", "yes", True, True, None),
    ],
)
def test_the_table_of_the_draft(require, limit, signed, proxied, drop):
    """Require and limit decide over unsigned requests; a signed one is always believed."""
    assert judge(signed=signed, proxied=proxied, require=require, limit=limit).drop is drop


def test_eap_without_a_signature_is_dropped_in_every_mode():
    """RFC 3579 §3.1: EAP-Message needs Message-Authenticator, whatever the flags say."""
    assert judge(signed=False, eap=True, require="no", limit="no").drop is Drop.EAP_UNSIGNED


def test_a_signed_eap_request_teaches_nothing():
    """With EAP every device signs, so auto stays undecided."""
    assert judge(signed=True, eap=True).observed is Observed.NOTHING


def test_a_device_that_signs_must_go_on_signing():
    """The first signed request closes the door for unsigned ones."""
    assert judge(signed=True).observed is Observed.SIGNED
    assert judge(Observed.SIGNED, signed=False).drop is Drop.UNSIGNED


def test_a_device_that_never_signed_may_not_carry_proxy_state():
    """Limit auto: a device first seen unsigned and without Proxy-State is no proxy."""
    assert judge(signed=False).observed is Observed.UNSIGNED
    assert judge(Observed.UNSIGNED, signed=False, proxied=True).drop is Drop.PROXY_STATE_UNSIGNED


def test_an_old_proxy_is_let_through_and_marked():
    """An un-upgraded proxy shows itself with its first request."""
    verdict = judge(signed=False, proxied=True)

    assert verdict.drop is None
    assert verdict.observed is Observed.UNSIGNED_PROXY
    assert judge(Observed.UNSIGNED_PROXY, signed=False, proxied=True).drop is None


def test_a_device_that_learnt_to_sign_is_shown_as_mixed():
    """An upgraded switch can then be locked by an operator; until then it goes on working."""
    assert judge(Observed.UNSIGNED, signed=True).observed is Observed.MIXED
    assert judge(Observed.MIXED, signed=False).drop is None
