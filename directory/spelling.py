"""One spelling for every value that enters the registry, or RegistryRefused. Pure.

What is let through here is also fit for the directory: logins are what RFC 4518 string preparation leaves alone, so
that two names which differ in SQL never meet as one in LDAP; codes, mail and telephone are ASCII because their
attributes are (IA5String and PrintableString, RFC 4517 §3.3.15 and §3.3.29).
"""

import re
import unicodedata
from collections.abc import Collection, Iterable

from directory.person import normal_login
from directory.refusal import Flaw, RegistryRefused

CATEGORIES = ("staff", "contract", "vendor", "visitor", "seconded", "retired")
UNIT_KINDS = ("city", "town", "park", "subdistrict", "community", "department")

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_LOGIN_SIGNS = frozenset("._-")
# Letters by category that show nothing: Hangul fillers. Two logins that look alike must be alike.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
# Dots that keyboards and old systems put between the parts of a name; U+00B7 is the one to keep.
_MIDDLE_DOTS = str.maketrans(dict.fromkeys("\u2027\u30fb\uff65\u2022\u2219\u22c5", "\u00b7"))
_MAIL = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?")
_TELEPHONE = re.compile(r"[0-9+(][0-9+() ./-]{2,31}")
_HARDWARE = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_LATEST = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second of GeneralizedTime (RFC 4517 §3.3.13)


def login(text: str) -> str:
    """Return the login as it is kept, see `directory.person.normal_login`."""
    kept = normal_login(text)
    fit = (
        0 < len(kept) <= 64
        and kept[0] not in _LOGIN_SIGNS
        and unicodedata.normalize("NFKC", kept) == kept
        and all(_in_login(character) for character in kept)
    )
    if not fit:
        raise RegistryRefused(Flaw.LOGIN_MALFORMED, "login")
    return kept


def _in_login(character: str) -> bool:
    if character in _LOGIN_SIGNS:
        return True
    if character in _BLANK_LETTERS or _is_variation_selector(character):
        return False
    return unicodedata.category(character)[0] in "LM" or unicodedata.category(character) == "Nd"


def _is_variation_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def name(text: str, field: str = "name", *, longest: int = 64) -> str:
    """Return a name of any script in NFC (Unicode annex 15), one middle dot U+00B7, single spaces.

    Control and format characters (the directional ones among them), private-use characters and lines are refused:
    a name is shown beside a button, and printed.
    """
    composed = unicodedata.normalize("NFC", text).translate(_MIDDLE_DOTS).replace("\u3000", " ")
    kept = re.sub(r" *· *", "·", re.sub(r" +", " ", composed)).strip(" ")
    letters = any(unicodedata.category(character)[0] in "LN" or _is_rare(character) for character in kept)
    if not letters or len(kept) > longest or not all(_is_visible(character) for character in kept):
        raise RegistryRefused(Flaw.NAME_MALFORMED, field)
    return kept


def _is_rare(character: str) -> bool:
    # The ideographic planes 2 and 3: newer characters there are unassigned only for an older Unicode table, and
    # people bear them. The last two code points of a plane are no characters (Unicode §23.7).
    return 0x20000 <= ord(character) <= 0x3FFFF and ord(character) & 0xFFFE != 0xFFFE


def _is_visible(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":
        return _is_rare(character)
    return character not in _BLANK_LETTERS and (character == " " or category[0] not in "CZ")


def optional_name(text: str | None, field: str, *, longest: int = 64) -> str | None:
    """Return the name; None for None and for nothing but space."""
    return None if text is None or not text.strip() else name(text, field, longest=longest)


def code(text: str, field: str = "code") -> str:
    """Return a unit, zone or kind code; upper case is refused, because LDAP would take it for the same code."""
    if not _CODE.fullmatch(text):
        raise RegistryRefused(Flaw.CODE_MALFORMED, field)
    return text


def short_code(text: str, field: str) -> str:
    """Return a code of at most 16 characters (the bound of rnDeviceKind and its like)."""
    if len(text) > 16:
        raise RegistryRefused(Flaw.CODE_MALFORMED, field)
    return code(text, field)


def zones(codes: Iterable[str], field: str = "zones") -> str:
    """Return personal rights as the registry keeps them: sorted, comma between."""
    kept = sorted({code(each, field) for each in codes})
    if len(kept) > 32:
        raise RegistryRefused(Flaw.NUMBER_OUT_OF_RANGE, field)
    return ",".join(kept)


def zone_set(kept: str) -> frozenset[str]:
    """Return the rights of a registry row as a set."""
    return frozenset(kept.split(",")) if kept else frozenset()


def choice(text: str, allowed: Collection[str], field: str) -> str:
    """Return the text if it is one of those allowed."""
    if text not in allowed:
        raise RegistryRefused(Flaw.CHOICE_UNKNOWN, field)
    return text


def mail(text: str | None) -> str | None:
    """Return the mail address; None where there is none."""
    if text is None or not text.strip():
        return None
    if not _MAIL.fullmatch(text.strip()):
        raise RegistryRefused(Flaw.MAIL_MALFORMED, "mail")
    return text.strip()


def telephone(text: str | None) -> str | None:
    """Return the telephone number; None where there is none."""
    if text is None or not text.strip():
        return None
    if not _TELEPHONE.fullmatch(text.strip()):
        raise RegistryRefused(Flaw.TELEPHONE_MALFORMED, "telephone")
    return text.strip()


def instant(at: float | None, field: str) -> float | None:
    """Return a validity bound in whole seconds since the epoch, as the directory keeps it."""
    if at is None:
        return None
    if not 0 <= at <= _LATEST:  # false for NaN and the infinities too
        raise RegistryRefused(Flaw.TIME_MALFORMED, field)
    return float(int(at))


def validity(valid_from: float | None, valid_until: float | None) -> tuple[float | None, float | None]:
    """Return both bounds; the end is after the beginning."""
    begin, end = instant(valid_from, "valid_from"), instant(valid_until, "valid_until")
    if begin is not None and end is not None and end <= begin:
        raise RegistryRefused(Flaw.TIME_MALFORMED, "valid_until")
    return begin, end


def number(value: int, field: str, lowest: int, highest: int) -> int:
    """Return the number if it lies within its range."""
    if not lowest <= value <= highest:
        raise RegistryRefused(Flaw.NUMBER_OUT_OF_RANGE, field)
    return value


def session_limit(value: int | None) -> int | None:
    """Return the greatest number of simultaneous sessions; None where there is none."""
    return None if value is None else number(value, "session_limit", 1, 1000)


def hardware(text: str) -> str:
    """Return a hardware address in the spelling of the registry: six octets, lower case, colons.

    Group addresses (lowest bit of the first octet, IEEE 802 §8.2) and the zero address belong to no device.
    """
    kept = text.strip().lower()
    if not _HARDWARE.fullmatch(kept) or int(kept[:2], 16) & 1 or kept == "00:00:00:00:00:00":
        raise RegistryRefused(Flaw.HARDWARE_MALFORMED, "hardware")
    return kept
