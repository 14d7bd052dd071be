"""The record of administrative acts: canonical, chained, and honest about tampering."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from store.engine import Store
from store.record import canonical, verify


def fill(store: Store, count: int) -> None:
    with store.write() as unit:
        for number in range(count):
            unit.act("管理员", "person suspended", f"s{number}", {"state": "active"}, {"state": "suspended"})


def test_acts_hang_together(store: Store):
    """Acts of one and of several units form one chain, counted from one without gaps."""
    fill(store, 2)
    with store.read() as session:
        early = verify(session)
    fill(store, 3)
    with store.read() as session:
        chain = verify(session)
        numbers = session.execute(text("SELECT number FROM act ORDER BY number")).scalars().all()
    assert numbers == [1, 2, 3, 4, 5]
    assert (early.acts, early.broken) == (2, None)
    assert (chain.acts, chain.broken) == (5, None)
    assert len(chain.head) == 32
    assert chain.head != early.head


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE act SET actor = 'nobody' WHERE number = 3", 3),
        ("UPDATE act SET after = NULL WHERE number = 3", 3),
        ("UPDATE act SET at = at + 0.000001 WHERE number = 3", 3),
        ("DELETE FROM act WHERE number = 3", 4),
        ("DELETE FROM act WHERE number = 1", 2),
        ("UPDATE act SET subject = 's0' WHERE number = 5", 5),
    ],
)
def test_tampering_shows_where(store: Store, tampering: str, broken: int):
    """A row that was changed or removed later breaks the chain at that place."""
    fill(store, 5)
    with store.write() as unit:
        unit.session.execute(text(tampering))
    with store.read() as session:
        assert verify(session).broken == broken


def test_progress_is_told(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Whoever waits for a long record sees how far it is."""
    monkeypatch.setattr("store.record._TELL", 2)
    fill(store, 5)
    told: list[int] = []
    with store.read() as session:
        verify(session, told.append)
    assert told == [2, 4]


def test_moving_text_between_fields_shows(store: Store):
    """Fields are kept apart in what is hashed: shifting text from one to the next breaks the chain."""
    with store.write() as unit:
        unit.act("ab", "c", "d", None, None)
    with store.write() as unit:
        unit.session.execute(text("UPDATE act SET actor = 'a', act = 'bc'"))
    with store.read() as session:
        assert verify(session).broken == 1


def test_rows_cut_off_at_the_end_show_in_the_head(store: Store):
    """A chain whose end was cut is whole in itself, but its head is no longer the one noted before."""
    fill(store, 3)
    with store.read() as session:
        noted = verify(session)
    with store.write() as unit:
        unit.session.execute(text("DELETE FROM act WHERE number = 3"))
    with store.read() as session:
        chain = verify(session)
    assert chain.broken is None
    assert (chain.acts, chain.head) != (noted.acts, noted.head)


@pytest.mark.parametrize("value", [{"secret": b"octets"}, {"x": math.nan}, {"x": math.inf}, {"x": "\ud800"}])
def test_what_json_cannot_say_is_refused_at_once(sqlite_store: Store, value: dict[str, object]):
    """Octets, NaN and lone surrogates are refused where they are handed in, not at the commit."""
    with pytest.raises((TypeError, ValueError)), sqlite_store.write() as unit:
        unit.act("a", "b", "c", None, value)
    with sqlite_store.read() as session:
        assert verify(session).acts == 0


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab阿·"), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text("ab阿·"), VALUES, max_size=4))
def test_canonical_form_is_one_and_says_everything(value: dict[str, object]):
    """The same content in any order of keys has one text, and the text says the content."""
    turned = dict(reversed(list(value.items())))
    assert canonical(value) == canonical(turned)
    assert json.loads(canonical(value) or "") == value
