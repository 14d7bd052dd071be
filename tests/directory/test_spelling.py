import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import spelling
from directory.person import normal_login
from directory.refusal import Flaw, RegistryRefused

ANY_TEXT = st.text(st.characters(), max_size=80)


@pytest.mark.parametrize(("typed", "kept"), [(" ZhangSan ", "zhangsan"), ("李四.2", "李四.2"), ("a_b-c", "a_b-c")])
def test_a_login_is_kept_as_it_is_looked_up(typed, kept):
    """A login of any script is folded and cut as LDAP matches it (RFC 4517 §4.2.11)."""
    assert spelling.login(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "a b",
        "a\x00",
        "a\nb",
        "a@b",
        "a,b",
        "a=b",
        "a*",
        "-a",
        ".",
        "a\u202eb",
        "\u3164",
        "ａb",
        "a\ufe00",
        "a" * 65,
    ],
)
def test_a_login_that_could_be_mistaken_is_refused(typed):
    """Space, control, direction, blank and compatibility characters never enter a login, nor do signs of LDAP."""
    with pytest.raises(RegistryRefused) as caught:
        spelling.login(typed)
    assert caught.value.flaw is Flaw.LOGIN_MALFORMED


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽‧买买提", "阿依古丽·买买提"),
        ("阿依古丽 • 买买提", "阿依古丽·买买提"),
        ("\U00020bb7野", "\U00020bb7野"),
        ("㐂", "㐂"),
        ("张\U00031350", "张\U00031350"),  # assigned in Unicode 15, unassigned for Python 3.11
        ("O\u2019Brien, Zoe\u0308", "O\u2019Brien, Zo\u00eb"),
        (" 张　三 ", "张 三"),
    ],
)
def test_a_name_of_any_script_has_one_spelling(typed, kept):
    """Names are NFC with one middle dot U+00B7, single spaces, and rare characters as they are."""
    assert spelling.name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "张\x00三", "张\n三", "a\u202eb", "a\u200bb", "\ue000", "\ufdd0", "\U0002fffe", "·", "x" * 65],
)
def test_a_name_that_cannot_be_shown_is_refused(typed):
    """Control, directional, invisible, private-use and non-characters are refused, and so is nothing."""
    with pytest.raises(RegistryRefused) as caught:
        spelling.name(typed)
    assert caught.value.flaw is Flaw.NAME_MALFORMED


@given(ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_login_accepts_or_refuses(text):
    """Whatever is typed: a login that is found again under the same spelling, or RegistryRefused, nothing else."""
    try:
        kept = spelling.login(text)
    except RegistryRefused:
        return
    assert spelling.login(kept) == kept == normal_login(text)
    assert unicodedata.normalize("NFKC", kept) == kept
    kept.encode()


@given(ANY_TEXT)
@settings(max_examples=200, deadline=None)
def test_name_accepts_or_refuses(text):
    """Whatever is typed: a name that stays as it is when entered again, or RegistryRefused, nothing else."""
    try:
        kept = spelling.name(text)
    except RegistryRefused:
        return
    assert spelling.name(kept) == kept
    kept.encode()


@given(ANY_TEXT)
@settings(max_examples=100, deadline=None)
@pytest.mark.parametrize("parse", [spelling.mail, spelling.telephone, spelling.code, spelling.hardware])
def test_the_ascii_fields_accept_or_refuse(parse, text):
    """What is accepted is printable ASCII, as IA5String and PrintableString need (RFC 4517 §3.3)."""
    try:
        kept = parse(text)
    except RegistryRefused:
        return
    assert kept is None or (kept.isascii() and kept.isprintable())


@pytest.mark.parametrize(
    "typed", ["01:00:5e:00:00:01", "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "aa-bb-cc-dd-ee-ff", "aa:bb"]
)
def test_hardware_of_no_device_is_refused(typed):
    """Group addresses, the zero address and other spellings are refused."""
    with pytest.raises(RegistryRefused):
        spelling.hardware(typed)


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1.0, 1e12])
def test_a_time_that_the_directory_cannot_say_is_refused(at):
    """Validity is a time that GeneralizedTime can say (RFC 4517 §3.3.13)."""
    with pytest.raises(RegistryRefused):
        spelling.instant(at, "valid_from")


def test_validity_ends_after_it_begins():
    """Whole seconds; an end before the beginning is refused."""
    assert spelling.validity(1.9, 5.2) == (1.0, 5.0)
    with pytest.raises(RegistryRefused):
        spelling.validity(5.0, 5.9)


def test_zones_are_kept_sorted_and_single():
    """Rights are a set of codes."""
    assert spelling.zones(["public", "dedicated", "public"]) == "dedicated,public"
    assert spelling.zone_set("dedicated,public") == {"public", "dedicated"}
    assert spelling.zone_set("") == frozenset()
    with pytest.raises(RegistryRefused):
        spelling.zones(["a,b"])
