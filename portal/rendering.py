"""Templates → pages. Everything is escaped; a sentence stands in both languages where it is said.

In a template `{{ t("中文", "English") }}` says a sentence, `{{ tell(text) }}` a Text, `{{ time(at) }}` a time with its
zone. A test reads all templates for words outside of these.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from portal.language import Language, Text

HERE = Path(__file__).parent
TEMPLATES, STATIC = HERE / "templates", HERE / "static"


@cache
def static_version(name: str) -> str:
    """Return twelve digits that change with a static file, so that browsers may keep it for ever."""
    return sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def static(name: str) -> str:
    """Return the address of a static file."""
    return f"/static/{name}?{static_version(name)}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["static"] = static
    return made


def written_time(at: float, zone: ZoneInfo) -> str:
    """Return a time of seconds since the epoch as people write it, with its zone: 2026-11-25 22:10:03 +08:00."""
    when = datetime.fromtimestamp(at, zone)
    offset = when.strftime("%z")
    return f"{when:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:]}"


def _time(zone: ZoneInfo) -> Callable[[float | None], Markup | str]:
    def time(at: float | None) -> Markup | str:
        if at is None:
            return "–"
        if at == float("inf"):
            return "∞"
        machine = datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")
        return Markup('<time datetime="{}">{}</time>').format(machine, written_time(at, zone))

    return time


def duration(seconds: float, language: Language) -> str:
    """Return a span in the two largest units that it has."""
    whole = max(int(seconds), 0)
    days, hours, minutes = whole // 86400, whole % 86400 // 3600, whole % 3600 // 60
    english = language is Language.ENGLISH
    if days:
        return f"{days} d {hours} h" if english else f"{days} 天 {hours} 小时"
    if hours:
        return f"{hours} h {minutes} min" if english else f"{hours} 小时 {minutes} 分钟"
    if minutes:
        return f"{minutes} min" if english else f"{minutes} 分钟"
    return f"{whole} s" if english else f"{whole} 秒"


def octets(count: int) -> str:
    """Return a count of octets with a binary prefix (IEC 80000-13)."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def render(template: str, language: Language, time_zone: ZoneInfo, /, **values: Any) -> str:
    """Return a page. `values` are what the template names; a missing one is an error."""

    def t(chinese: str, english: str, **named: object) -> Markup:
        words = english if language is Language.ENGLISH else chinese
        return Markup(escape(words).format(**{name: escape(value) for name, value in named.items()}))  # noqa: S704

    def tell(text: Text) -> str:
        return text.in_(language)

    return (
        _environment()
        .get_template(template)
        .render(
            t=t,
            tell=tell,
            time=_time(time_zone),
            duration=lambda seconds: duration(seconds, language),
            octets=octets,
            language=language.value,
            english=language is Language.ENGLISH,
            **values,
        )
    )


def page(
    template: str,
    language: Language,
    time_zone: ZoneInfo,
    /,
    *,
    status: int = 200,
    reload_after: int | None = None,
    **values: Any,
) -> HTMLResponse:
    """Return a page as an answer; `reload_after` seconds the browser asks for it again, without any script."""
    headers = {"content-language": language.value}
    if reload_after is not None:
        headers["refresh"] = str(reload_after)
    return HTMLResponse(
        render(template, language, time_zone, **values),
        status_code=status,
        headers=headers,
    )
