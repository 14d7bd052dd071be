"""Names as one types them: what a search for a person looks in, and the login that a name suggests. Pure.

A person is found by a part of the login, by a character of the name, by pinyin without tones ("zhangwei") and by its
initials ("zw"). Some characters have another reading in a surname (单 is Shan, 仇 Qiu), and some have two in given
names (乐 is Le or Yue), so a name stands under several spellings: at most eight, of which the surname's come first.
Readings that no name has are left out: under them everybody would be found whom nobody meant.
"""

import itertools
import os
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_SPELLINGS = 8  # of one name
_LONGEST_LOGIN = 32

# Surnames that are read otherwise than their characters are elsewhere. The reading of the surname comes first.
_SURNAMES = {
    "万俟": ("mo qi",),
    "尉迟": ("yu chi",),
    "单于": ("chan yu", "shan yu"),
    "澹台": ("tan tai",),
    "乐正": ("yue zheng",),
    "都": ("du",),
    "单": ("shan",),
    "仇": ("qiu",),
    "解": ("xie",),
    "曾": ("zeng",),
    "查": ("zha",),
    "区": ("ou",),
    "盖": ("ge", "gai"),
    "朴": ("piao", "pu"),
    "缪": ("miao",),
    "召": ("shao", "zhao"),
    "宓": ("mi", "fu"),
    "乐": ("yue", "le"),
    "翟": ("zhai", "di"),
    "覃": ("qin", "tan"),
    "洗": ("xian",),
    "员": ("yun",),
    "秘": ("bi",),
    "繁": ("po",),
    "折": ("she",),
    "种": ("chong",),
    "尉": ("wei", "yu"),
    "牟": ("mu", "mou"),
    "隗": ("wei", "kui"),
    "郇": ("xun", "huan"),
    "句": ("gou",),
    "角": ("jue",),
    "祭": ("zhai",),
    "卜": ("bu",),
    "适": ("kuo",),
    "郗": ("xi", "chi"),
    "谌": ("chen", "shen"),
    "黑": ("he", "hei"),
    "阚": ("kan",),
    "柏": ("bai", "bo"),
    "薄": ("bo",),
    "藏": ("zang",),
}
# Characters that are read in two ways in given names: the way that the dictionary does not name first.
_ALSO: dict[str, str] = dict(
    re.findall(
        r"([^a-z ])([a-z]+)",
        "长chang 行hang 乐yue 茜xi 晟sheng 朝zhao 重chong 曾zeng 盛cheng 参shen 传zhuan 莎suo 仔zi 柏bo 筠jun 娜nuo "
        "都du 拓ta 宿xiu 厦xia 炅gui 祎hui 颉xie 隽jun 禅shan 莞wan 蔚yu 尉yu 解xie 单shan 率shuai 伽qie 恪que",
    )
)
_JOINED = re.compile(r"[\s·'’.-]+")
_APOSTROPHES = re.compile(r"['’]")
_WORDS = re.compile(r"[a-z0-9]+|[^a-z0-9]")


def spelled(name: str, login: str) -> str:
    """Return what a search for this person looks in: forms in lower case with a space between them."""
    shown = folded(name)
    forms = [login, shown, squeezed(shown), *(form for reading in _readings_of(name) for form in _forms(reading))]
    return " ".join(form for form in dict.fromkeys(forms) if form)


def sought(text: str) -> tuple[str, ...]:
    """Return the forms under which a typed text may stand in `spelled`: as it is, as pinyin, without accents."""
    shown = folded(text).strip()
    joined = _JOINED.sub("", shown.replace("ü", "v"))
    return tuple(dict.fromkeys(form for form in (shown, joined, squeezed(shown)) if form))


def folded(text: str) -> str:
    """Return a text without what does not matter to whoever searches: capitals, width, compatibility forms."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def squeezed(text: str) -> str:
    """Return a name without spaces, dots, apostrophes, and accents on Latin letters."""
    return _JOINED.sub("", _plain(text))


def login_of(name: str) -> str:
    """Return the login that a name suggests: its likeliest pinyin, "" where no letter or digit of ASCII comes out."""
    return "".join(_readings_of(name)[0])[:_LONGEST_LOGIN]


def _plain(text: str) -> str:
    """Take the accents off Latin letters; elsewhere they are part of the character."""
    kept: list[str] = []
    for sign in unicodedata.normalize("NFD", text):
        if not (unicodedata.combining(sign) and kept and kept[-1].isascii()):
            kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept))


def _forms(syllables: Sequence[str]) -> tuple[str, str]:
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def _readings_of(name: str) -> list[tuple[str, ...]]:
    """Return the readings of a whole name, the likeliest first; at least one, which may be empty."""
    words = _words(folded(name))
    # A surname of two characters before one of a single character; a name of one character has none.
    length = next((n for n in (2, 1) if len(words) > n and "".join(words[:n]) in _SURNAMES), min(1, len(words)))
    # The first characters vary fastest, so that a long name is cut where it matters least.
    begin = _beginnings(words[:length])
    rests = itertools.product(*(_readings(word) for word in reversed(words[length:])))
    found = ((*surname, *reversed(rest)) for rest in rests for surname in begin)
    return list(dict.fromkeys(itertools.islice(found, _SPELLINGS)))


def _beginnings(surname: list[str]) -> list[tuple[str, ...]]:
    """Return the readings of a surname, and what its characters are read as elsewhere."""
    listed = [tuple(reading.split()) for reading in _SURNAMES.get("".join(surname), ())]
    usual = itertools.product(*(_readings(word) for word in surname))
    return list(dict.fromkeys([*listed, *usual]))


def _words(text: str) -> list[str]:
    """Return ideographs one by one and words of Latin letters whole; what has no reading is left out."""
    return [word for word in _WORDS.findall(_plain(_APOSTROPHES.sub("", text))) if _readings(word)]


@lru_cache(maxsize=8192)
def _readings(word: str) -> tuple[str, ...]:
    """Return the readings of one character without tones, the usual one first; a word of Latin letters is its own."""
    if word.isascii():
        return (word,) if word.isalnum() else ()
    # Names are no phrases: without those the dictionary takes a tenth of the time and a quarter of the memory to load.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, lazy_pinyin

    found = [*lazy_pinyin(word, style=Style.NORMAL, errors="ignore"), _ALSO.get(word, "")]
    # A few characters are read as no syllable (嗯 n, 欸 ê); nobody types those signs. On a passport ü is spelled yu
    # after l and n, where everybody else types v.
    typed = [each for each in found if each.isascii() and each.isalpha()]
    return tuple(dict.fromkeys([*typed, *(each.replace("v", "yu") for each in typed)]))
