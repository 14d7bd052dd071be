"""`device probe`: what came of it, as sentence and exit code."""

import pytest

from tests.operate.commands.test_kick import Office

NO_SESSION = "made-up session: nak 503 session context not found"


def a_device(operator):
    """The name of a device of the town."""
    return operator("device", "list", "--json").data[0]["name"]


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("outcome", "detail", "verdict", "code"),
    [
        ("nak", NO_SESSION, "answers", 0),
        ("ack", "made-up session: ack", "answers", 0),
        ("nak", "made-up session: nak 406 unsupported extension", "declines", 1),
        ("timeout", "made-up session: unproven", "unproven", 1),
        ("timeout", "made-up session: timeout", "silent", 69),
        ("unreachable", "made-up session: unreachable", "closed", 69),
        ("unreachable", "OR-102 the device takes no orders (dynauth port 0)", "not_sent", 1),
        ("ended", None, "lapsed", 75),
    ],
)
def test_what_a_probe_found_out(operator, outcome, detail, verdict, code):
    """For programs by a word and the exit code, for people by a sentence and what to do."""
    operator.town()
    device = a_device(operator)
    with Office(operator, outcome, detail):
        said = operator("device", "probe", device, "--json")
        spoken = operator("device", "probe", device)
    assert said.exit_code == spoken.exit_code == code
    assert (said.data["verdict"], said.data["detail"]) == (verdict, detail)
    assert f"{device}: " in spoken.out + spoken.err


@pytest.mark.usefixtures("service")
def test_nobody_answers_in_time(operator):
    """The order stays open, and the command says so."""
    operator.town()
    said = operator("device", "probe", a_device(operator), "--wait", "0", "--json")
    assert (said.exit_code, said.data["verdict"]) == (75, "waiting")


def test_without_the_service_nothing_is_ordered(operator, service):
    """Nobody would carry it out."""
    operator.town()
    service()
    assert operator("device", "probe", a_device(operator)).exit_code == 69
