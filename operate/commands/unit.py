"""`unit`: the tree of units that answer for people."""

from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.exits import refused
from operate.spoken import Noun, argument, option
from operate.terminal import harmless
from operate.terms import TERMS, term
from operate.words import t

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from directory.registry import UnitRow

noun = Noun(
    "unit",
    t("单位：市、镇、园区、街道、社区、部门。", "Units: city, town, park, sub-district, community, department."),
)

CODE = t("单位代码。", "Code of the unit.")
SHEET = {
    "code": t("代码", "code"),
    "name": t("名称", "name"),
    "unit_kind": t("类型", "kind"),
    "parent": t("上级", "parent"),
    "below": t("下级", "below"),
    "people": t("人员", "people"),
    "active": t("其中有效", "of them active"),
    "endpoints": t("设备", "endpoints"),
    "created_at": t("登记时间", "added"),
}


def data_of(row: "UnitRow") -> dict[str, Any]:
    """Return a row as data."""
    return {
        "code": row.code,
        "name": row.name,
        "unit_kind": row.kind,
        "parent": row.parent,
        "created_at": row.created_at,
    }


@noun.verb("add", t("登记一个单位。", "Register a unit."))
@argument("code", says=t("代码：小写字母、数字、连字符。", "Code: lower-case letters, digits, hyphen."))
@argument("name", says=t("名称。", "Name."))
@option(
    "--kind",
    type=click.Choice(list(TERMS["unit_kind"])),
    default="department",
    show_default=True,
    says=SHEET["unit_kind"],
)
@option("--parent", says=t("上级单位的代码。", "Code of the unit above."))
def add(call: Call, code: str, name: str, kind: str, parent: str | None) -> None:
    """Register a unit."""
    from directory import units

    with call.store.write() as work:
        units.add(work, call.actor, code=code, name=name, kind=kind, parent=parent)
        data = data_of(units.find(work.session, code))
    call.show(
        data, t("已登记 {name}（{code}）。", "Added {name} ({code}).").fill(code=code, name=harmless(data["name"]))
    )


@noun.verb("list", t("显示单位树。", "Show the tree of units."))
def list_units(call: Call) -> None:
    """Show the tree."""
    from directory import units

    with call.store.read() as session:
        branches = list(units.tree(session))
    data = [{**data_of(branch.row), "depth": branch.depth} for branch in branches]
    lines = []
    for depth, row in branches:
        lines.append(f"{'  ' * depth}{harmless(row.name)}  [{row.code}]  {term('unit_kind', row.kind)}")
    call.show(data, "\n".join(lines) if lines else t("还没有单位。", "There are no units yet."))


@noun.verb("show", t("显示一个单位，人数包括其下级。", "Show a unit; counts include the units below it."))
@argument("code", says=CODE)
def show(call: Call, code: str) -> None:
    """Show a unit."""
    from directory import units

    with call.store.read() as session:
        data = data_of(units.find(session, code))
        data |= _counts(session, code)
    call.show_sheet(data, SHEET)


def _counts(session: "Session", code: str) -> dict[str, Any]:
    from sqlalchemy import func, select

    from directory import units
    from directory.person import State
    from directory.registry import EndpointRow, PersonRow

    every = units.subtree(session, code)
    people = select(func.count()).select_from(PersonRow).where(PersonRow.unit.in_(every))
    endpoints = select(func.count()).select_from(EndpointRow).where(EndpointRow.unit.in_(every))
    return {
        "below": sorted(set(every) - {code}),
        "people": session.scalar(people),
        "active": session.scalar(people.where(PersonRow.state == State.ACTIVE.value)),
        "endpoints": session.scalar(endpoints.where(EndpointRow.state == State.ACTIVE.value)),
    }


@noun.verb("rename", t("修改单位名称；代码不变。", "Give a unit another name; its code stays."))
@argument("code", says=CODE)
@argument("name", says=t("新名称。", "New name."))
def rename(call: Call, code: str, name: str) -> None:
    """Rename a unit."""
    from directory import units

    with call.store.write() as work:
        units.rename(work, call.actor, code, name)
        data = data_of(units.find(work.session, code))
    call.show_sheet(data, {key: SHEET[key] for key in ("code", "name")})


@noun.verb("move", t("把单位连同下级移到另一个上级之下。", "Put a unit, with all below it, under another one."))
@argument("code", says=CODE)
@argument("parent", required=False, says=t("新上级的代码。", "Code of the new unit above."))
@option("--top", is_flag=True, says=t("成为最上级。", "Make it a top."))
def move(call: Call, code: str, parent: str | None, top: bool) -> None:
    """Move a unit."""
    from directory import units

    if (parent is None) is not top:
        raise refused(t("请给出新的上级，或用 --top。", "Name the new unit above, or use --top."))
    with call.store.write() as work:
        units.move(work, call.actor, code, parent)
        data = data_of(units.find(work.session, code))
    call.show_sheet(data, {key: SHEET[key] for key in ("code", "name", "parent")})


COMMAND = noun
