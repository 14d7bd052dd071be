"""What reaches the log."""

import io
import json
import logging

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from operate import logs


@pytest.fixture
def written(capsys):
    """Give what was written to standard error since the last look."""
    return lambda: capsys.readouterr().err


def _log(written, log_format="json", **event):
    logs.configure(log_format, "info")
    structlog.get_logger().info("login refused", **event)
    return written()


@pytest.mark.parametrize(
    "key",
    ["password", "secret", "shared_secret", "nt_hash", "next_secret", "verifiers", "token", "user_password", "cookie"],
)
def test_secrets_are_masked_by_their_key(written, key):
    """A value under the name of a secret is never written."""
    assert "hunter2" not in _log(written, **{key: "hunter2", "more": {key: "hunter2"}, "list": [{key: b"hunter2"}]})


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2",
        "secret: hunter2",
        "postgresql://tn:hunter2@db/tn",
        "{SSHA}hunter2hunter2==",
        "$argon2id$v=19$m=1$hunter2",
        b"hunter2",
    ],
)
def test_secrets_are_masked_by_their_shape(written, text):
    """A secret within a sentence, an address or octets is not written either."""
    assert "hunter2" not in _log(written, reason=text, nested={"a": [text]})


def test_identity_numbers_are_masked(written):
    """A resident identity number keeps its first and last character; other long numbers stay."""
    said = _log(
        written, reason="number 11010519491231002X of", login_number=1875000000000000001, other="123456789012345678"
    )

    assert "11010519491231002X" not in said
    assert "1****************X" in said
    assert "1875000000000000001" in said
    assert "123456789012345678" in said


def test_personal_data_is_cut(written):
    """Names, mail and telephone are told apart by their first character, and no more."""
    said = json.loads(_log(written, name="张三丰", mail="a@b.example", telephone="13800138000", login="zhangsan"))

    assert (said["name"], said["mail"], said["telephone"], said["login"]) == ("张***", "a***", "1***", "zhangsan")


@given(st.text(max_size=40))
@settings(max_examples=50, deadline=None)
def test_one_event_is_one_harmless_line(text):
    """No value breaks the line or reaches the terminal as a control."""
    stream = io.StringIO()
    for log_format in ("json", "readable"):
        event = {"event": "x", "value": text, "list": [text]}
        for step in (logs.mask_secrets, logs.mask_personal, logs.escape_controls):
            event = step(None, "info", event)
        stream.write(logs._readable(None, "info", event) if log_format == "readable" else json.dumps(event))
    assert stream.getvalue().splitlines() in ([stream.getvalue()], [])
    assert "\x1b" not in stream.getvalue()


def test_an_exception_is_written_without_its_secrets(written):
    """The text of an error passes the same masks, and its lines stay lines."""
    logs.configure("readable", "info")
    error = ValueError("password=hunter2\x1b[2J")
    structlog.get_logger().error("command failed", exc_info=error)

    said = written()
    assert "hunter2" not in said
    assert "\x1b" not in said
    assert "\n    ValueError" in said


def test_libraries_log_the_same_way(written):
    """Warnings of libraries pass the masks; their chatter is left out."""
    logs.configure("json", "info")
    logging.getLogger("alembic").info("chatter")
    logging.getLogger("sqlalchemy").warning("connect to postgresql://tn:%s@db failed", "hunter2")

    (line,) = written().splitlines()
    assert "hunter2" not in line
    assert json.loads(line)["level"] == "warning"


def test_a_second_set_up_replaces_the_first(written):
    """No line is written twice, and the level is obeyed."""
    logs.configure("json", "info")
    logs.configure("json", "error")
    structlog.get_logger().info("quiet")
    logging.getLogger("x").error("loud")

    assert len(written().splitlines()) == 1
