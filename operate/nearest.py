"""What somebody may have meant."""

from collections.abc import Sequence
from difflib import get_close_matches

from operate.words import Text, t


def nearest(written: str, known: Sequence[str]) -> Text:
    """Return "did you mean ..." where a known word is near, else all known words."""
    if close := get_close_matches(written, known, n=1):
        return t("您是不是想写 {word}？", "Did you mean {word}?").fill(word=close[0])
    return t("可用的有：{words}。", "Known are: {words}.").fill(words=", ".join(sorted(known)))
