"""Numbers of identity documents, all made up: regions that no county has, and the sequence 000, which nobody gets."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.identity_numbers import Kind, check_character, checked, concealed, kind_of, masked, normal
from directory.refusal import Flaw, RegistryRefused

NOW = 1_760_000_000.0  # 2025-10-09T08:53:20Z, and 16:53:20 in China
REGIONS = {
    Kind.RESIDENT: "659999",
    Kind.HONG_KONG: "810000",
    Kind.MACAO: "820000",
    Kind.TAIWAN: "830000",
    Kind.FOREIGNER: "999999",
}


def made(kind=Kind.RESIDENT, born="19900228", sequence="000"):
    digits = REGIONS[kind] + born + sequence
    return digits + check_character(digits)


def refused(flaw):
    return pytest.raises(RegistryRefused, match=flaw.code)


def test_the_example_of_the_standard():
    """The check character of ISO 7064 MOD 11-2 as GB 11643-1999 works it out in its annex."""
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


@given(kind=st.sampled_from(sorted(REGIONS)), born=st.dates(date(1900, 1, 1), date(2025, 10, 9)), spaced=st.booleans())
@settings(max_examples=200)
def test_possible_numbers_pass_in_one_spelling(kind, born, spaced):
    """Every kind takes its region with a real date and the right check character, however it is typed."""
    number = made(kind, born.strftime("%Y%m%d"))
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number.lower())
    assert checked(kind, number, NOW) == number
    assert checked(kind, wide, NOW) == number
    assert checked(kind, f" {number[:6]} {number[6:14]}-{number[14:].lower()} " if spaced else number, NOW) == number
    assert kind_of(wide) is kind


@given(at=st.integers(0, 16), by=st.integers(1, 9), born=st.dates(date(1900, 1, 1), date(2025, 10, 9)))
@settings(max_examples=200)
def test_one_wrong_digit_is_noticed(at, by, born):
    """MOD 11-2 finds every single wrong digit, wherever it stands."""
    number = made(born=born.strftime("%Y%m%d"))
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    with pytest.raises(RegistryRefused):
        checked(Kind.RESIDENT, wrong, NOW)
    assert check_character(wrong[:17]) != wrong[17]


@given(at=st.integers(0, 15))
def test_neighbours_that_changed_places_are_noticed(at):
    """MOD 11-2 finds two neighbours that changed places."""
    digits = "65999919870301000"
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    if swapped != digits:
        assert check_character(swapped) != check_character(digits)


@pytest.mark.parametrize(
    ("number", "flaw"),
    [
        ("", Flaw.DOCUMENT_MALFORMED),
        (made()[:-1], Flaw.DOCUMENT_MALFORMED),
        (made() + "0", Flaw.DOCUMENT_MALFORMED),
        ("X" * 18, Flaw.DOCUMENT_MALFORMED),
        ("٦" * 18, Flaw.DOCUMENT_MALFORMED),
        ("1" * 4096, Flaw.DOCUMENT_MALFORMED),
        ("659999900228000", Flaw.DOCUMENT_OLD),
        ("169999199002280009", Flaw.DOCUMENT_REGION),
        ("000000199002280009", Flaw.DOCUMENT_REGION),
        (made(Kind.HONG_KONG), Flaw.DOCUMENT_REGION),
        (made(born="19900229"), Flaw.DOCUMENT_BIRTH_DATE),
        (made(born="19901301"), Flaw.DOCUMENT_BIRTH_DATE),
        (made(born="00000101"), Flaw.DOCUMENT_BIRTH_DATE),
        (made(born="18700101"), Flaw.DOCUMENT_BIRTH_DATE),
        (made(born="20251010"), Flaw.DOCUMENT_BIRTH_DATE),
        (made()[:17] + ("0" if made()[17] != "0" else "1"), Flaw.DOCUMENT_CHECK),
    ],
)
def test_impossible_numbers_are_refused_with_their_reason(number, flaw):
    """Each impossibility has its own reason, and the number is in none of them."""
    with refused(flaw) as caught:
        checked(Kind.RESIDENT, number, NOW)
    assert not number or number not in str(caught.value)


def test_the_day_changes_in_china_first():
    """A child that is born today in China has a number today."""
    midnight = 1_760_025_600.0  # 2025-10-10T00:00 in China is 16:00 of the day before in Greenwich
    assert checked(Kind.RESIDENT, made(born="20251010"), midnight)
    with refused(Flaw.DOCUMENT_BIRTH_DATE):
        checked(Kind.RESIDENT, made(born="20251010"), midnight - 1)


def test_passports_have_a_shape_only():
    """Five to twenty letters and digits with a digit among them; capitals and hyphens do not matter."""
    assert checked(Kind.PASSPORT, "e-1234 5678", NOW) == "E12345678"
    for number in ("E123", "ABCDEFGH", "E1234567/8", "证12345", "ß12345", "1" * 21, ""):
        with refused(Flaw.DOCUMENT_MALFORMED):
            checked(Kind.PASSPORT, number, NOW)


def test_kinds_by_number():
    """What can only be one kind is recognised, what can be several is not."""
    assert kind_of("169999199002280009") is Kind.RESIDENT, "its refusal says why"
    assert kind_of("659999900228000") is Kind.RESIDENT
    assert kind_of("E12345678") is None
    assert kind_of("") is None
    for kind in Kind:
        assert kind.chinese
        assert kind.english.isascii()


def test_masks_hide_the_birth_date():
    """Region and last four of eighteen characters; little of a passport, however short."""
    assert masked(Kind.RESIDENT, "659999199002280009") == "659999********0009"
    assert masked(Kind.PASSPORT, "E12345678") == "E*****678"
    assert masked(Kind.PASSPORT, "E1234") == "E***4"
    assert all(masked(Kind.PASSPORT, "1" * length).count("*") >= 3 for length in range(5, 21))


def test_typed_reasons_hide_numbers():
    """Whoever types a number into a reason does not put it on record."""
    number = made()
    assert concealed(f"核对{number}本人") == f"核对659999********{number[-4:]}本人"
    assert concealed("电话 13800000000，单号 20251009-17") == "电话 13800000000，单号 20251009-17"


@given(st.text(max_size=80))
@settings(max_examples=300)
def test_any_text_is_a_number_or_refused(text):
    """Hostile text is refused as one family of errors, by every kind."""
    kind_of(text)
    concealed(text)
    for kind in Kind:
        try:
            kept = checked(kind, text, NOW)
        except RegistryRefused:
            continue
        assert normal(kept) == kept
        assert kept.isascii()
        assert masked(kind, kept).count("*") >= 3
