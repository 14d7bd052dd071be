"""`zone`: what a subject gets on a port."""

from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.exits import CommandFailed, Exit, refused
from operate.nearest import nearest
from operate.spoken import Body, Noun, argument, option
from operate.terminal import safe
from operate.words import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from access.decision import Zone

noun = Noun(
    "zone", t("区域：VLAN、ACL、角色、限速、时限、重定向。", "Zones: VLAN, ACL, role, rate, times, redirection.")
)

CODE = t("区域代码。", "Code of the zone.")
SHEET = {
    "code": t("代码", "code"),
    "name": t("名称", "name"),
    "vlan": t("VLAN", "VLAN"),
    "acl": t("ACL", "ACL"),
    "role": t("角色", "role"),
    "rate_up": t("上行 bit/s", "up, bit/s"),
    "rate_down": t("下行 bit/s", "down, bit/s"),
    "session_timeout": t("会话时限 秒", "session, seconds"),
    "reauthenticate": t("到时重新认证", "asks again then"),
    "idle_timeout": t("空闲时限 秒", "idle, seconds"),
    "interim": t("计费间隔 秒", "interim, seconds"),
    "redirect_url": t("重定向地址", "redirected to"),
    "redirect_acl": t("重定向 ACL", "redirection ACL"),
    "message": t("给用户的话", "message"),
    "reaches": t("可到达", "reaches"),
    "excludes": t("不得相通", "never joined with"),
}
COLUMNS = {key: SHEET[key] for key in ("code", "name", "vlan", "acl", "role", "session_timeout", "excludes")}
_LISTS = ("reaches", "excludes")
_NUMBERS = ("rate_up", "rate_down", "session_timeout", "idle_timeout", "interim")


def data_of(zone: "Zone") -> dict[str, Any]:
    """Return a zone as data."""
    return {name: sorted(value) if name in _LISTS else value for name, value in zone._asdict().items()}


def fields(body: Body) -> Body:
    """Declare the options that `add` and `change` share; an empty text or 0 takes a value away."""
    for declare in (
        option(
            "--excludes",
            metavar="CODES",
            says=t("绝不能与之相通的区域，逗号分隔。", "Zones never to be joined with it."),
        ),
        option(
            "--reaches", metavar="CODES", says=t("可到达的区域，逗号分隔。", "Zones reachable from it; commas between.")
        ),
        option("--message", says=t("Reply-Message。", "Reply-Message to the person.")),
        option("--redirect-acl", says=t("重定向所用 ACL。", "ACL of the redirection.")),
        option("--redirect-url", says=t("重定向到 Portal 的地址。", "Address of the portal.")),
        option("--interim", type=int, says=t("计费中间记录间隔，秒。", "Seconds between interim records.")),
        option("--idle-timeout", type=int, says=t("空闲时限，秒。", "Seconds without traffic.")),
        option(
            "--reauthenticate/--cut", default=None, says=t("到时重新认证，或切断。", "At the end: ask again, or cut.")
        ),
        option("--session-timeout", type=int, says=t("会话时限，秒。", "Seconds of a session.")),
        option("--rate-down", type=int, says=t("下行限速，bit/s。", "Rate towards the subject, bit/s.")),
        option("--rate-up", type=int, says=t("上行限速，bit/s。", "Rate towards the network, bit/s.")),
        option("--role", says=t("用户组或角色名。", "User group or role on the device.")),
        option("--acl", says=t("ACL 编号或名称。", "ACL on the device: number or name.")),
        option("--vlan", says=t("VLAN 编号或名称。", "VLAN id or name.")),
    ):
        body = declare(body)
    return body


def _given(given: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            continue
        if name in _LISTS:
            told[name] = frozenset(part.strip() for part in value.split(",") if part.strip())
        elif value == "" or (name in _NUMBERS and value == 0):
            told[name] = None
        else:
            told[name] = value
    return told


def load(session: "Session", code: str) -> "Zone":
    """Return a zone. Raises CommandFailed."""
    from access.zones import load_zones

    zones = load_zones(session)
    if code not in zones:
        says = t("没有区域 {code}。", "There is no zone {code}.").fill(code=code)
        raise CommandFailed(Exit.REFUSED, says, nearest(code, list(zones)) if zones else None)
    return zones[code]


@noun.verb("list", t("列出区域。", "List zones."))
def list_zones(call: Call) -> None:
    """List zones."""
    from access.zones import load_zones

    with call.store.read() as session:
        data = [data_of(zone) for zone in load_zones(session).values()]
    call.show_table(data, COLUMNS, t("还没有区域。", "There are no zones yet."))


@noun.verb("show", t("显示一个区域。", "Show a zone."))
@argument("code", says=CODE)
def show(call: Call, code: str) -> None:
    """Show a zone."""
    with call.store.read() as session:
        zone = load(session, code)
    call.show_sheet(data_of(zone), SHEET)


@noun.verb("add", t("建立一个区域。", "Make a zone."))
@argument("code", says=t("代码：小写字母、数字、连字符。", "Code: lower-case letters, digits, hyphen."))
@argument("name", says=t("名称。", "Name."))
@fields
def add(call: Call, code: str, name: str, **given: Any) -> None:
    """Make a zone."""
    from access import zones
    from access.decision import Zone

    zone = Zone(code=code, name=name, **_given(given))
    with call.store.write() as work:
        zones.add(work, call.actor, zone)
    call.show_sheet(data_of(zone), SHEET)


@noun.verb(
    "change", t("修改一个区域；空文本或 0 表示取消该项。", "Change a zone; an empty text or 0 takes a value away.")
)
@argument("code", says=CODE)
@option("--name", says=t("新名称。", "New name."))
@fields
def change(call: Call, code: str, **given: Any) -> None:
    """Change a zone."""
    from access import zones
    from operate.objections import refuse_objections

    told = _given(given)
    if not told:
        raise refused(t("没有要修改的内容。", "Nothing to change was given."))
    with call.store.write() as work:
        zone = load(work.session, code)._replace(**told)
        zones.change(work, call.actor, zone)
        refuse_objections(work.session, zone=code)
    call.show_sheet(data_of(zone), SHEET)


@noun.verb("remove", t("删除一个没有规则指向的区域。", "Remove a zone into which nothing leads."))
@argument("code", says=CODE)
@option("--yes", is_flag=True, says=t("不再询问。", "Do not ask."))
def remove(call: Call, code: str, yes: bool) -> None:
    """Remove a zone."""
    from access import zones

    question = t("删除区域 {code}？", "Remove zone {code}?").fill(code=code)
    if not yes and not click.confirm(safe(question), err=True):
        raise refused(t("没有改动任何东西。", "Nothing was changed."))
    with call.store.write() as work:
        zones.remove(work, call.actor, code)
    call.show({"code": code}, safe(t("区域 {code} 已删除。", "Zone {code} is removed.").fill(code=code)))


COMMAND = noun
