"""Tokens of the API: an administrator makes, sees and revokes the own ones. Each is shown once."""

from fastapi import APIRouter, Depends
from starlette.responses import Response

from portal import api_tokens
from portal.console.desk import Desk, asks
from portal.console.refusals import ConsoleRefused
from portal.console.roles import Right
from portal.language import Text
from portal.requests import go

router = APIRouter()
DAYS = (7, 30, 90, 180, 365)
SCOPES: dict[Right, Text] = {
    Right.TODAY: Text("查看今日概况", "See today's figures"),
    Right.PEOPLE_SEE: Text("查看人员", "See people"),
    Right.PEOPLE_CHANGE: Text("登记和更改人员", "Add and change people"),
    Right.IDENTITY_SEE: Text("查看完整证件号码", "Read identity numbers in full"),
    Right.UNITS_SEE: Text("查看单位", "See units"),
    Right.UNITS_CHANGE: Text("更改单位", "Change units"),
    Right.ENDPOINTS_SEE: Text("查看终端设备", "See endpoints"),
    Right.ENDPOINTS_CHANGE: Text("登记和更改终端设备", "Add and change endpoints"),
    Right.DEVICES_SEE: Text("查看网络设备", "See network devices"),
    Right.DEVICES_CHANGE: Text("登记和更改网络设备", "Add and change network devices"),
    Right.RULES_SEE: Text("查看区域与规则", "See zones and rules"),
    Right.RULES_CHANGE: Text("更改区域与规则", "Change zones and rules"),
    Right.ONLINE_SEE: Text("查看在线会话", "See who is online"),
    Right.ONLINE_ORDER: Text("断开或转移会话", "End or move sessions"),
    Right.LOGINS_SEE: Text("查看登录记录和地址归属", "See logins, and who had an address"),
    Right.AUDIT_SEE: Text("查看审计记录", "See the record of acts"),
    Right.AUDIT_EXPORT: Text("导出审计记录", "Export the record of acts"),
    Right.ADMINISTRATORS_SEE: Text("查看和邀请管理员", "See and invite administrators"),
    Right.ADMINISTRATORS_CHANGE: Text("更改管理员", "Change administrators"),
    Right.OWN: Text("查看自己是谁", "See who it stands for"),
}


@router.get("/tokens")
def listed(desk: Desk = Depends(asks(Right.OWN)), done: str = "") -> Response:
    """List the own tokens."""
    with desk.knowledge.store.read() as session:
        rows = api_tokens.tokens_of(session, desk.administrator.number)
    return desk.page("console/tokens.html", rows=rows, now=desk.knowledge.clock(), SCOPES=_said(), done=done)


def _said() -> dict[str, Text]:
    return {right.value: text for right, text in SCOPES.items()}


@router.get("/tokens/new")
def form(desk: Desk = Depends(asks(Right.OWN, proven=True))) -> Response:
    """Ask what the token is for."""
    return _form(desk)


def _form(
    desk: Desk,
    *,
    name: str = "",
    chosen: frozenset[str] = frozenset(),
    days: int = 90,
    errors: dict[str, Text] | None = None,
) -> Response:
    return desk.page(
        "console/tokens_new.html", status=400 if errors else 200, offered=api_tokens.offered(desk.role), SCOPES=_said(),
        name=name, chosen=chosen, days=days, DAYS=DAYS, errors=errors or {},
    )  # fmt: skip


@router.post("/tokens/new")
def make(desk: Desk = Depends(asks(Right.OWN, proven=True))) -> Response:
    """Make a token, and show it this once."""
    posted = desk.posted
    name, chosen = posted.text("name"), frozenset(posted.several("scopes"))
    days = 90
    try:
        days = posted.number("days")
        with desk.knowledge.store.write() as unit:
            token = api_tokens.make(
                unit, desk.administrator, name=name, scopes=chosen, seconds=days * 86400.0,
                octets=desk.knowledge.chance(api_tokens.OCTETS),
            )  # fmt: skip
    except ConsoleRefused as refused:
        errors = {refused.field: refused.why.value.text}
        return _form(desk, name=name, chosen=chosen, days=days, errors=errors)
    known = desk.knowledge.portal.console_url.rstrip("/") or str(desk.request.base_url).rstrip("/")
    command = f'curl -H "Authorization: Bearer $TOKEN" {known}/api/v1/me'
    return desk.page("console/tokens_made.html", token=token, name=name, command=command)


@router.post("/tokens/{number}/revoke")
def revoke(number: int, desk: Desk = Depends(asks(Right.OWN))) -> Response:
    """End one of the own tokens."""
    with desk.knowledge.store.write() as unit:
        api_tokens.revoke(unit, desk.actor, desk.administrator.number, number)
    return go("/tokens?done=revoked")
