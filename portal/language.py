"""The two languages of every page. A sentence is written as `Text("中文", "English")`: never in one alone."""

from enum import StrEnum
from typing import NamedTuple


class Language(StrEnum):
    """What a page may be read in; the value is what `lang` says (BCP 47)."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


class Text(NamedTuple):
    """One sentence in both languages; `{name}` stands for a value."""

    chinese: str
    english: str

    def in_(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.english if language is Language.ENGLISH else self.chinese

    def fill(self, **values: object) -> "Text":
        """Return the sentence with its values put in; a value that is a Text keeps its language."""
        chinese = {name: one.chinese if isinstance(one, Text) else one for name, one in values.items()}
        english = {name: one.english if isinstance(one, Text) else one for name, one in values.items()}
        return Text(self.chinese.format(**chinese), self.english.format(**english))


class Wording(NamedTuple):
    """A refusal's stable code and one sentence, which says what to do where something can be done."""

    code: str
    text: Text


def plain(words: str) -> Text:
    """Return words that are the same in both: a name, a number."""
    return Text(words, words)


def language_named(name: str | None) -> Language:
    """Return the language of a link or cookie; Chinese for everything that is not plainly English."""
    return Language.ENGLISH if name == "en" else Language.CHINESE
