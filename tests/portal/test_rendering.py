"""Pages: escaped, in two languages, with times that name their zone."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from portal.language import Language
from portal.rendering import STATIC, TEMPLATES, duration, octets, written_time

ZONE = ZoneInfo("Asia/Shanghai")
FILES = sorted(TEMPLATES.rglob("*.html"))
# What may stand outside of t(...): Jinja, tags with their attributes, and signs.
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<style>.*?</style>|<[^>]*>", re.DOTALL)
_SAID = re.compile(r"""\bt\(\s*("(?:[^"\\]|\\.)*"|'[^']*')\s*,\s*("(?:[^"\\]|\\.)*"|'[^']*')""")
_NAMES = {"English", "中文", "OpenAPI", "ID", "MAC", "RADIUS", "CSV", "XLSX", "CoA", "VLAN", "ACL", "JSON"}


def _name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_words_stand_outside_of_both_languages(path):
    """A sentence in a template is said by t(中文, English)."""
    left = _TAG.sub(" ", _JINJA.sub(" ", path.read_text("utf-8")))
    words = set(re.findall(r"[A-Za-z]{2,}|[\u3400-\u9fff]+", left)) - _NAMES
    assert words == set()


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_both_languages_are_there_and_name_the_same_values(path):
    """The first is Chinese or signs only, the second has no Chinese, and {values} agree."""
    for chinese, english in _SAID.findall(path.read_text("utf-8")):
        assert english.strip("\"'"), chinese
        assert not re.search(r"[\u3400-\u9fff]", english), english
        assert re.search(r"[\u3000-\u9fff]", chinese) or not re.search("[A-Za-z]{3}", chinese), chinese
        assert sorted(re.findall(r"\{\w+\}", chinese)) == sorted(re.findall(r"\{\w+\}", english)), chinese


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_nothing_is_inline(path):
    """The policy would refuse it: no style attribute, no script in the page, no handler."""
    text = path.read_text("utf-8")
    assert not re.search(r"""<[^>]*\s(style|on[a-z]+)=""", text)
    assert not re.search(r"<script(?![^>]*src=)", text)
    assert "|safe" not in text.replace(" ", "")


def test_vendored_files_are_the_ones_that_were_looked_at():
    """Sums stand in the README beside them."""
    from hashlib import sha256

    told = (STATIC / "README.md").read_text("utf-8")
    for path in STATIC.glob("*.min.js"):
        assert sha256(path.read_bytes()).hexdigest() in told, path.name


def test_times_and_amounts_read_well():
    """Times with their zone, spans in two units, octets with binary prefixes."""
    assert written_time(0, ZONE) == "1970-01-01 08:00:00 +08:00"
    assert duration(3725, Language.CHINESE) == "1 小时 2 分钟"
    assert duration(90000, Language.ENGLISH) == "1 d 1 h"
    assert octets(1536) == "1.5 KiB"
