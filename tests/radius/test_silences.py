"""Packets that got no answer, until they are written down."""

from collections import Counter

from radius.drops import Drop
from radius.silences import STRANGERS, Noticed, Silences, Unheard
from tests.radius.builders import device


def test_drops_are_counted_and_handed_out_once():
    """By device and reason, with the address of the last packet; strangers by address."""
    counts: Counter[tuple[str, ...]] = Counter()
    silences = Silences(counts)
    for address in ("192.0.2.1", "192.0.2.2"):
        silences.of_device(Drop.AUTHENTICATOR, device(), address)
    silences.of_stranger(Drop.UNKNOWN_SOURCE, "198.51.100.1")

    assert silences.take() == Noticed({(1, "authenticator"): Unheard(2, "192.0.2.2")}, {"198.51.100.1": 1})
    assert silences.take() == Noticed({}, {})
    assert counts == {("dropped", "authenticator", "switch-1"): 2, ("dropped", "unknown-source", ""): 1}


def test_a_patient_device_is_at_no_fault():
    """RFC 5080 §2.2.2: the repeat of a request that is being worked on is counted, and no error of the device."""
    counts: Counter[tuple[str, ...]] = Counter()
    silences = Silences(counts)
    silences.of_device(Drop.DUPLICATE_PENDING, device(), "192.0.2.1")

    assert silences.take().devices == {}
    assert counts["dropped", "duplicate-pending", "switch-1"] == 1


def test_forged_addresses_do_not_fill_the_memory():
    """A flood from any number of addresses keeps the first ones, and goes on counting these."""
    silences = Silences(Counter())
    for number in range(STRANGERS + 50):
        silences.of_stranger(Drop.UNKNOWN_SOURCE, f"stranger {number}")
    silences.of_stranger(Drop.UNKNOWN_SOURCE, "stranger 0")
    strangers = silences.take().strangers

    assert len(strangers) == STRANGERS
    assert strangers["stranger 0"] == 2
