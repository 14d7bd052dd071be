"""How events are written: to standard error, one line each, without secrets, harmless to terminals."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import structlog

from operate.terminal import harmless

MASK = "***"

# Keys whose value is a secret whatever it looks like. Events name facts about secrets in other words.
_SECRET = re.compile(
    r"(^|_)(password|passwd|secret|secrets|verifier|verifiers|token|authenticator|master_key|private_key|nt_hash"
    r"|userpassword|user_password|chap_password|cookie|otp|pin)$",
    re.IGNORECASE,
)
# A secret inside a sentence or an address: password=..., //user:password@host, {ARGON2}...
_SECRET_TEXT = (
    (re.compile(r"(?i)\b(password|passwd|secret|token)(\s*[=:]\s*)\S+"), r"\1\2" + MASK),
    (re.compile(r"(://[^\s/:@]+:)[^\s/@]+@"), r"\1" + MASK + "@"),
    (re.compile(r"(\{[A-Z0-9-]{2,20}\})[^\s{}]{8,}"), r"\1" + MASK),
    (re.compile(r"\$(argon2(?:id|i|d)|2[aby]|5|6|y|scrypt|pbkdf2[a-z0-9-]*)\$\S+"), r"$\1$" + MASK),
)
# A resident identity number (GB 11643): region, a date of birth that can be one, order, check character.
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])([1-9])\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}([0-9Xx])(?![0-9A-Za-z])"
)
# What tells about a person beyond what an operator needs to follow a login; the login name and subject stay.
_PERSONAL = {"name", "real_name", "cn", "sn", "mail", "telephone", "mobile", "title"}

_MAX_VALUE = 2000  # characters of one value; the rest says nothing more

Event = MutableMapping[str, Any]


def mask_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Replace secrets, by key and by shape; octets are never written, only counted."""
    for key, value in event.items():
        event[key] = MASK if _SECRET.search(key) else _masked(value)
    return event


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"<{len(value)} octets>"
    if isinstance(value, Mapping):
        return {key: MASK if _SECRET.search(str(key)) else _masked(item) for key, item in value.items()}
    if isinstance(value, (Sequence, set, frozenset)):
        return [_masked(item) for item in value]
    return value


def mask_text(text: str) -> str:
    """Return a sentence without the secrets and identity numbers that can be told by their shape."""
    for shape, instead in _SECRET_TEXT:
        text = shape.sub(instead, text)
    return _IDENTITY.sub(r"\1" + "*" * 16 + r"\2", text)


def mask_personal(_logger: object, _method: str, event: Event) -> Event:
    """Keep the first character of personal data, so that an operator can tell records apart and no more."""
    for key in _PERSONAL & event.keys():
        value = event[key]
        if isinstance(value, str) and value:
            event[key] = value[0] + MASK
    return event


def escape_controls(_logger: object, _method: str, event: Event) -> Event:
    """Write out control characters, so that one event is one line and moves no cursor; a trace keeps its lines."""
    for key in list(event):
        value = event.pop(key)
        if key == "exception" and isinstance(value, str):
            event[key] = "\n".join(harmless(line) for line in value.splitlines())
        else:
            event[harmless(key)] = _escaped(value)
    return event


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value if len(value) <= _MAX_VALUE else value[:_MAX_VALUE] + "…")
    if isinstance(value, Mapping):
        return {harmless(str(key)): _escaped(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_escaped(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return harmless(str(value)[:_MAX_VALUE])


def _trace(_logger: object, _method: str, event: Event) -> Event:
    """Turn an exception into text: its message passes the masks like any other value."""
    if event.get("exc_info"):
        structlog.processors.format_exc_info(None, "", event)
    if isinstance(trace := event.get("exception"), str):
        event["exception"] = trace[-_MAX_VALUE:]
    return event


class _Lines(logging.StreamHandler[Any]):
    """The handler for what libraries log; a type of its own, to be found and replaced at the next call."""


def configure(log_format: str, log_level: str, *, keep: bool = False) -> None:
    """Set up the logs of this process, those of libraries included, as [truename] says.

    `keep` lets loggers remember this set-up, which is quicker; only for processes that never change it.
    """
    level = logging.getLevelNamesMapping()[log_level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _trace,
        mask_secrets,
        mask_personal,
        escape_controls,
    ]
    render: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if log_format == "readable":
        render = _readable
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=keep,
    )
    handler = _Lines(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=render, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [one for one in root.handlers if not isinstance(one, _Lines)]
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))


def _readable(_logger: object, _method: str, event: Event) -> str:
    """Render `time level event key=value ...`."""
    at, level, says = event.pop("timestamp", ""), event.pop("level", ""), event.pop("event", "")
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    trace = event.pop("exception", "")
    rest = " ".join(f"{key}={_value(value)}" for key, value in event.items())
    return f"{at} {level:<7} {says} {rest}".rstrip() + "".join(f"\n    {line}" for line in trace.splitlines())


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return repr(text) if not text or " " in text or "=" in text else text
