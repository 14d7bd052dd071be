"""What a reader sees of a page."""

import html
import re


def words(answer) -> str:
    """Return the text of a page: tags gone, white space as one space."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", answer.text)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())
