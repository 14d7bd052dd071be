"""How devices find out that there is a door: their probes answered with a redirect, and the API of RFC 8908.

A probe gets 302 and nothing else: an empty 200 or a 204 counts as free network (AOSP NetworkMonitor, Chromium's
captive_portal_detector). Whoever is logged in is told so by the API; probes never reach us then.
"""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from portal.captive.status import standing_at, zone_of
from portal.requests import address_of, knowledge_of

router = APIRouter()
CAPPORT = "application/captive+json"  # RFC 8908 §4.1
# What the systems ask for (portal addresses collected from AOSP, Apple, Microsoft, Mozilla and phone makers).
PROBES = (
    "/generate_204", "/gen_204", "/hotspot-detect.html", "/library/test/success.html", "/connecttest.txt", "/ncsi.txt",
    "/redirect", "/canonical.html", "/success.txt", "/check_network_status.txt", "/nm-check.txt",
)  # fmt: skip


def front_address(request: Request) -> str:
    """Return where the login page is, as people's devices reach it."""
    return f"{knowledge_of(request).portal.url.rstrip('/')}/"


def probed(request: Request) -> Response:
    """Answer a probe."""
    answer = RedirectResponse(front_address(request), status_code=302)
    answer.headers["cache-control"] = "no-store"
    answer.headers["connection"] = "close"
    return answer


for _probe in PROBES:
    router.add_api_route(_probe, probed, methods=["GET", "HEAD"])


@router.get("/capport")
def capport(request: Request) -> Response:
    """Say whether this address is captive (RFC 8908 §5); the client is known by its source address."""
    knowledge = knowledge_of(request)
    now = knowledge.clock()
    with knowledge.store.read() as session:
        here = standing_at(session, address_of(request), now)
    inside = zone_of(knowledge, here) is not None
    told: dict[str, object] = {"captive": not inside, "user-portal-url": front_address(request)}
    if inside and here is not None:
        # Only while not captive (RFC 8908 §5).
        told["seconds-remaining"] = max(int(here.binding.valid_until - now), 0)
        told["can-extend-session"] = True
    return JSONResponse(told, media_type=CAPPORT, headers={"cache-control": "private, no-store"})
