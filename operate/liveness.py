"""Whether the service of these settings runs, asked of its health address."""

import http.client
from typing import TYPE_CHECKING

from operate.exits import CommandFailed, Exit
from operate.words import t

if TYPE_CHECKING:
    from operate.settings import Settings

WAIT = 1.0  # seconds for the answer of a service on the same machine


def service_answers(settings: "Settings") -> bool | None:
    """Return whether the service answers; None where the settings give it no health address."""
    host, _, port = settings.truename.health.rpartition(":")
    if not host:
        return None
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host.strip("[]"), host.strip("[]"))  # noqa: S104 - not bound
    connection = http.client.HTTPConnection(host, int(port), timeout=WAIT)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def need_service(settings: "Settings") -> None:
    """Raise CommandFailed where the service certainly does not run."""
    if service_answers(settings) is False:
        says = t(
            "服务没有运行（{address} 没有应答）。", "The service does not run: nothing answers at {address}."
        ).fill(address=settings.truename.health)
        remedy = t("请先启动：./truename serve（或 demo）。", "Start it first: ./truename serve, or demo.")
        raise CommandFailed(Exit.UNAVAILABLE, says, remedy)
