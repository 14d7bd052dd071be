"""Which new passwords are refused, and why. Pure.

The rules are those that GB/T 22239-2019 §8.1.4.1 a) asks for (complexity), with a list against the guesses that
come first. Lengths count characters: four Chinese characters are twelve octets, and still only four.
"""

import re
import unicodedata
from enum import Enum
from typing import NamedTuple

_SHORTEST = 10  # characters
_LONGEST = 128  # octets of UTF-8: User-Password carries no more (RFC 2865 §5.2)
_KINDS = 3
_REST = 5  # characters that must be left when everything that is easy to guess is taken out

# Words that guesses begin with: from the world's lists, keyboard walks, pinyin, and what offices like to use.
_GUESSED = """
    password passwort passwd pass word admin administrator root system manager master guest user test demo default
    login welcome letmein changeme secret hello iloveyou love dragon monkey sunshine princess football superman
    qwertyuiop qwerty qwert asdfghjkl asdfgh asdf zxcvbnm zxcvb zxcv qazwsxedc qazwsx qaz wsx 1q2w3e4r 1q2w3e 1qaz
    2wsx 3edc q1w2e3 zaq1 a1b2c3 abc123 aa123456 5201314 1314520 147258369 147258 159357 520 1314
    huawei ruijie cisco wifi wlan internet network server radius truename office computer
    woaini woaiwo wodemima mima nihao zhongguo zhonghua china beijing shanghai guangzhou shenzhen chengdu chongqing
    zhengfu renmin gongan fayuan shizheng jiedao shequ wangluo guanliyuan bangong xinxi keji zhongxin
    密码 口令 管理员 中国 你好 我爱你 政府 办公室
"""
_WORDS = sorted(_GUESSED.split(), key=len, reverse=True)
_SUBSTITUTES = str.maketrans("013457@$!|", "oieastasil")
_YEAR = re.compile(r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?")


class Sentence(NamedTuple):
    """A stable code, and one sentence in Chinese and in English."""

    code: str
    chinese: str
    english: str


class Objection(Enum):
    """What is wrong with a new password. Codes are never used again for another meaning."""

    TOO_SHORT = Sentence("PW-101", "密码至少需要 10 个字符。", "A password has at least 10 characters.")
    TOO_LONG = Sentence(
        "PW-102", "密码最长 128 字节（约 42 个汉字）。", "A password is at most 128 octets long in UTF-8."
    )
    CHARACTERS = Sentence(
        "PW-103", "密码不能含控制字符。", "A password has no control characters and no unassigned ones."
    )
    TOO_FEW_KINDS = Sentence(
        "PW-104",
        "密码须含大写字母、小写字母、数字、符号、汉字等其他文字中的至少三类。",
        "A password mixes three of: capitals, small letters, digits, signs, letters of other scripts.",
    )
    HAS_LOGIN = Sentence("PW-105", "密码不能包含登录名。", "A password does not contain the login name.")
    HAS_NAME = Sentence("PW-106", "密码不能包含姓名。", "A password does not contain the person's name.")
    GUESSED_FIRST = Sentence(
        "PW-107",
        "密码由常见词、年份、键盘顺序或重复字符组成，容易被猜到。",
        "The password is made of common words, years, sequences or repetitions, and is guessed first.",
    )

    @property
    def code(self) -> str:
        """The stable code."""
        return self.value.code


def objections(password: str, login: str, name: str) -> list[Objection]:
    """Return what speaks against a new password of the person `login` called `name`; empty: it is fine."""
    found = []
    if len(password) < _SHORTEST:
        found.append(Objection.TOO_SHORT)
    if len(password.encode(errors="surrogatepass")) > _LONGEST:
        return [*found, Objection.TOO_LONG]  # and no work is spent on it
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in password):
        found.append(Objection.CHARACTERS)
    if len({_kind(character) for character in password}) < _KINDS:
        found.append(Objection.TOO_FEW_KINDS)
    folded = password.casefold()
    own = [part for part in (login.casefold(), login.casefold()[::-1]) if len(part) >= 3]
    if any(part in folded for part in own):
        found.append(Objection.HAS_LOGIN)
    named = _names(name)
    if any(part in folded for part in named):
        found.append(Objection.HAS_NAME)
    if min(_left(folded, own + named), _left(folded.translate(_SUBSTITUTES), own + named)) < _REST:
        found.append(Objection.GUESSED_FIRST)
    return found


def _kind(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Lu", "Ll", "Nd"}:
        return category
    return "letter" if category.startswith("L") else "sign"


def _names(name: str) -> list[str]:
    """Return the whole name and its parts, as far as finding them in a password means something."""
    folded = name.casefold()
    parts = {folded, folded.replace(" ", ""), *re.split(r"[\s·•・]+", folded)}
    # Two Chinese characters are a name; two Latin letters are chance.
    return [part for part in parts if len(part) >= (3 if part.isascii() else 2)]


def _left(text: str, own: list[str]) -> int:
    """Count the characters that are left without words, years, sequences and repetitions."""
    for word in own + _WORDS:
        text = text.replace(word, " ")
    text = _YEAR.sub(" ", text)
    left = 0
    for index, character in enumerate(text):
        if not character.isalnum():
            continue
        step = ord(character) - ord(text[index - 1]) if index else 9
        left += step not in {-1, 0, 1}  # 1234, dcba, aaaa
    return left
