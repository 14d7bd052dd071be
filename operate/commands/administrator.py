"""`administrator`: who may use the console; the links by which they come, and the way back for who lost everything."""

from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.lookups import find_person
from operate.spoken import Noun, argument, option
from operate.words import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from portal.tables import AdministratorRow

noun = Noun("administrator", t("控制台的管理员。", "Administrators of the console."))

COLUMNS = {
    "login": t("登录名", "login"),
    "name": t("姓名", "name"),
    "role": t("角色", "role"),
    "unit": t("单位", "unit"),
    "enabled": t("启用", "enabled"),
    "created_at": t("建立时间", "made"),
}
ROLES = ("system", "security", "audit", "unit")


def data_of(row: "AdministratorRow") -> dict[str, Any]:
    """Return a row as data, without anything that opens something."""
    return {name: getattr(row, name) for name in ("number", *COLUMNS)}


def find_administrator(session: "Session", login: str) -> "AdministratorRow":
    """Return the administrator of this login. Raises ConsoleRefused where there is none."""
    from portal.console import administrators
    from portal.console.refusals import ConsoleRefused, Why

    row = administrators.of_login(session, login)
    if row is None:
        raise ConsoleRefused(Why.NOT_FOUND, "login")
    return row


@noun.verb("invite", t("给出一次性链接，用它成为管理员。", "Give a one-time link by which somebody becomes one."))
@option("--role", type=click.Choice(ROLES), default="system", show_default=True, says=t("角色。", "Role."))
@option("--person", metavar="LOGIN", says=t("此人的登录名。", "Login of the person; else whoever uses the link."))
@option("--unit", metavar="CODE", says=t("单位代码（仅用于 unit 角色）。", "Code of the unit, for the role unit."))
def invite(call: Call, *, role: str, person: str | None, unit: str | None) -> None:
    """Make a link."""
    from operate.web_listeners import addresses
    from portal.console import administrators
    from portal.console.roles import Role

    with call.store.write() as work:
        subject = find_person(work.session, person).subject if person else None
        console = addresses(call.settings).console
        url = administrators.link(work, call.actor, console, role=Role(role), person=subject, scope=unit)
    says = t(
        "一次性链接，{hours} 小时内有效，只能使用一次：\n{url}",
        "A one-time link, valid for {hours} hours and once:\n{url}",
    ).fill(url=url, hours=int(administrators.INVITATION_SECONDS / 3600))
    call.show({"url": url, "role": role}, says)


@noun.verb("renew", t("给出链接，重设密码和第二因素。", "Give a link for a new password and second factor."))
@argument("login", says=t("管理员的登录名。", "Login of the administrator."))
def renew(call: Call, *, login: str) -> None:
    """Make a link that replaces what somebody lost."""
    from operate.web_listeners import addresses
    from portal.console import administrators

    with call.store.write() as work:
        row = find_administrator(work.session, login)
        url = administrators.renewing_link(work, call.actor, addresses(call.settings).console, row)
    call.show({"url": url, "login": login}, t("一次性链接：\n{url}", "A one-time link:\n{url}").fill(url=url))


@noun.verb("list", t("列出管理员。", "List administrators."))
def list_(call: Call) -> None:
    """List them."""
    from portal.console import administrators

    with call.store.read() as session:
        rows = [data_of(row) for row in administrators.listed(session)]
    call.show_table(
        rows,
        COLUMNS,
        t("还没有管理员：./truename administrator invite", "There are none yet: ./truename administrator invite"),
    )


COMMAND = noun
