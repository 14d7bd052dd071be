"""What an operator reads, in Chinese and in English; which of the two is chosen once for each command.

A sentence is written where it is said, as `t("中文", "English")`: it cannot exist in one language only. The test of
this file reads every such call in the package and checks that both halves name the same values.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from enum import StrEnum
from typing import NamedTuple


class Language(StrEnum):
    """The languages that operators are spoken to in."""

    CHINESE = "zh"
    ENGLISH = "en"


_language: ContextVar[Language] = ContextVar("language", default=Language.ENGLISH)


class Text(NamedTuple):
    """One sentence in both languages; `{name}` stands for a value."""

    chinese: str
    english: str

    def __str__(self) -> str:
        return self.chinese if _language.get() is Language.CHINESE else self.english

    def fill(self, **values: object) -> "Text":
        """Return the sentence with its values put in. A value that is a Text itself keeps its language."""
        chinese = {name: v.chinese if isinstance(v, Text) else v for name, v in values.items()}
        english = {name: v.english if isinstance(v, Text) else v for name, v in values.items()}
        return Text(self.chinese.format(**chinese), self.english.format(**english))

    def joined(self, *others: "Text") -> "Text":
        """Return this sentence and the others, one after the other."""
        every = (self, *others)
        return Text("".join(one.chinese for one in every), " ".join(one.english for one in every))


def t(chinese: str, english: str) -> Text:
    """Return a sentence in both languages."""
    return Text(chinese, english)


def plain(words: str) -> Text:
    """Return words that are the same in both languages: a name, a number, what another program said."""
    return Text(words, words)


def speak(language: Language) -> None:
    """Use this language from now on, in this context."""
    _language.set(language)


def language() -> Language:
    """Return the language in use."""
    return _language.get()


def language_of(environment: Mapping[str, str], arguments: Sequence[str] = ()) -> Language:
    """Return the language asked for: `--lang`, else the locale (POSIX.1-2017, 8.2: LC_ALL, LC_MESSAGES, LANG).

    Chinese for every zh locale, English for all others; an unknown `--lang` is left to the parser to refuse.
    """
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        name, equals, value = argument.partition("=")
        if name == "--lang":
            asked = value if equals else "".join(arguments[position + 1 : position + 2])
            if asked in list(Language):
                return Language(asked)
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if locale := environment.get(variable):
            return Language.CHINESE if locale.casefold().startswith("zh") else Language.ENGLISH
    return Language.ENGLISH
