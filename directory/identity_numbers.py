"""Numbers of identity documents: kinds, one spelling for each, what makes them impossible, how they are shown. Pure.

Resident identity cards have the eighteen characters of GB 11643-1999: six digits of a region, eight of the birth date,
three of a sequence and one check character (ISO 7064 MOD 11-2). Residence permits for residents of Hong Kong, Macao and
Taiwan are built alike, with 810000, 820000 and 830000 for a region; so is the permanent residence card of a foreigner
in its form of 2023, which begins with 9. A passport's number has no form that all states share.

A number that passes here is possible; whether it belongs to the person, only whoever issued it knows.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import NamedTuple

from directory.refusal import Flaw, RegistryRefused


class Kind(StrEnum):
    """The kinds of document that name a person."""

    RESIDENT = "resident"
    HONG_KONG = "hong-kong"
    MACAO = "macao"
    TAIWAN = "taiwan"
    FOREIGNER = "foreigner"
    PASSPORT = "passport"

    @property
    def chinese(self) -> str:
        """What it is called on the document."""
        return _CALLED[self][0]

    @property
    def english(self) -> str:
        """What it is called in English."""
        return _CALLED[self][1]


class Number(NamedTuple):
    """A kind and a number in its normal spelling. The repr shows the mask."""

    kind: Kind
    number: str

    def __repr__(self) -> str:
        """Show what the record shows."""
        return f"Number({self.kind.value}, {masked(self.kind, self.number)})"


_CALLED = {
    Kind.RESIDENT: ("居民身份证", "Resident identity card"),
    Kind.HONG_KONG: ("港澳居民居住证（香港）", "Residence permit for Hong Kong residents"),
    Kind.MACAO: ("港澳居民居住证（澳门）", "Residence permit for Macao residents"),
    Kind.TAIWAN: ("台湾居民居住证", "Residence permit for Taiwan residents"),
    Kind.FOREIGNER: ("外国人永久居留身份证", "Foreign permanent resident identity card"),
    Kind.PASSPORT: ("护照", "Passport"),
}

# GB/T 2260: the provinces. Finer codes are not checked: a card keeps the code of a county that was dissolved since.
_PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]"
_REGIONS = {
    Kind.RESIDENT: re.compile(rf"(?:{_PROVINCES})[0-9]{{4}}"),
    Kind.HONG_KONG: re.compile("810000"),
    Kind.MACAO: re.compile("820000"),
    Kind.TAIWAN: re.compile("830000"),
    Kind.FOREIGNER: re.compile("9[0-9]{5}"),
}
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_OLD = re.compile(r"[0-9]{15}|[A-Z]{3}[0-9]{12}")
_PASSPORT = re.compile(r"(?=[A-Z]*[0-9])[A-Z0-9]{5,20}")
_LONGEST = 64  # characters that are looked at, before space and hyphens are taken out
_CHECKS = "10X98765432"  # by the remainder of the weighted sum
_OLDEST = 150  # years
_LOOKS_LIKE_A_NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx]|(?<![0-9])[0-9]{15}(?![0-9])")
_CHINA = timezone(timedelta(hours=8))  # birth dates are those of the calendar in China


def normal(number: str) -> str:
    """Return the one spelling under which a number is kept: ASCII capitals without space and hyphens."""
    if len(number) > _LONGEST:
        return ""
    kept = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", number))
    return kept.upper() if kept.isascii() else kept


def check_character(digits: str) -> str:
    """Return the check character for seventeen digits (ISO 7064 MOD 11-2, with the weights of GB 11643-1999 §4.2)."""
    return _CHECKS[sum(int(digit) * (1 << (17 - at)) for at, digit in enumerate(digits)) % 11]


def checked(kind: Kind, number: str, now: float) -> str:
    """Return the normal spelling of a possible number; `now` is in seconds since the epoch.

    Raises RegistryRefused, whose text never repeats the number.
    """
    kept = normal(number)
    if kind is Kind.PASSPORT:
        if not _PASSPORT.fullmatch(kept):
            raise RegistryRefused(Flaw.DOCUMENT_MALFORMED, "number")
        return kept
    if _OLD.fullmatch(kept):
        raise RegistryRefused(Flaw.DOCUMENT_OLD, "number")
    if not _EIGHTEEN.fullmatch(kept):
        raise RegistryRefused(Flaw.DOCUMENT_MALFORMED, "number")
    if not _REGIONS[kind].fullmatch(kept[:6]):
        raise RegistryRefused(Flaw.DOCUMENT_REGION, "number")
    today = datetime.fromtimestamp(now, UTC).astimezone(_CHINA).date()
    born = _birth_date(kept)
    if born is None or not today.year - _OLDEST <= born.year or born > today:
        raise RegistryRefused(Flaw.DOCUMENT_BIRTH_DATE, "number")
    if check_character(kept[:17]) != kept[17]:
        raise RegistryRefused(Flaw.DOCUMENT_CHECK, "number")
    return kept


def _birth_date(kept: str) -> date | None:
    try:
        return date(int(kept[6:10]), int(kept[10:12]), int(kept[12:14]))
    except ValueError:
        return None


def kind_of(number: str) -> Kind | None:
    """Return the kind that a number of eighteen characters can only be of, None for any other.

    Old numbers and those of an impossible region count as a resident's: there the refusal says why.
    """
    kept = normal(number)
    if not (_EIGHTEEN.fullmatch(kept) or _OLD.fullmatch(kept)):
        return None
    other = (Kind.HONG_KONG, Kind.MACAO, Kind.TAIWAN, Kind.FOREIGNER)
    return next((kind for kind in other if _REGIONS[kind].match(kept)), Kind.RESIDENT)


def masked(kind: Kind, kept: str) -> str:
    """Return what a page and the record show: region and the last four characters, no birth date.

    Of a passport the first character and at most three at the end are shown, and at least three are hidden.
    """
    if kind is not Kind.PASSPORT:
        return kept[:6] + "*" * 8 + kept[-4:]
    shown = min(3, len(kept) - 4)
    return kept[:1] + "*" * (len(kept) - 1 - shown) + kept[len(kept) - shown :]


def concealed(text: str) -> str:
    """Return a text, such as a reason that somebody typed, in which whatever looks like a number is masked."""
    return _LOOKS_LIKE_A_NUMBER.sub(lambda found: masked(Kind.RESIDENT, found.group()), text)
