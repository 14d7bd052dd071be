"""`rule`: rules in order, and exceptions that end by themselves."""

from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.exits import refused
from operate.spoken import Body, Noun, argument, option
from operate.terminal import safe
from operate.terms import CONDITIONS, STRENGTHS, condition
from operate.times import TIME_HELP, point
from operate.words import t

if TYPE_CHECKING:
    from access.tables import RuleRow

noun = Noun(
    "rule",
    t("规则：从上到下，第一条全部条件成立的规则作出判定。", "Rules: the first whose conditions all hold decides."),
)

NUMBER = t("规则编号。", "Number of the rule.")
LISTS = ("person", "category", "right", "unit", "device_group", "site", "medium", "ssid", "method")
SHEET = {
    "number": t("编号", "no."),
    "position": t("次序", "position"),
    "name": t("名称", "name"),
    "enabled": t("启用", "enabled"),
    **{key: CONDITIONS[key] for key in (*LISTS, "strength", "hours")},
    "result": t("结果", "result"),
    "valid_until": t("例外截止", "exception until"),
    "approved_by": t("批准人", "approved by"),
}
COLUMNS = {key: SHEET[key] for key in ("position", "number", "name", "enabled")} | {
    "conditions": t("条件", "conditions"),
    "result": SHEET["result"],
    "valid_until": SHEET["valid_until"],
}


def data_of(row: "RuleRow") -> dict[str, Any]:
    """Return a row as data; lists as lists, the strength by name."""
    data = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    for name in LISTS:
        data[name] = data[name].split(",") if data[name] else []
    data["strength"] = STRENGTHS[row.strength]
    return data


def _conditions(data: dict[str, Any]) -> str:
    """Return the conditions of a rule in one line."""
    parts = [f"{condition(name)}={','.join(data[name])}" for name in LISTS if data[name]]
    if data["strength"] != STRENGTHS[0]:
        parts.append(f"{condition('strength')}≥{data['strength']}")
    if data["hours"]:
        parts.append(f"{condition('hours')}={data['hours']}")
    return "; ".join(parts)


def fields(body: Body) -> Body:
    """Declare the options that `add` and `change` share; an empty text takes a condition away."""
    several = t("逗号分隔。", "Commas between.")
    for declare in (
        option("--approved-by", says=t("例外的批准人。", "Who answers for the exception.")),
        option("--until", metavar="TIME", says=t("例外的截止时间。", "End of an exception. ").joined(TIME_HELP)),
        option(
            "--hours",
            says=t("时间，如 mon-fri 08:00-18:00; sat 09:00-12:00", "As mon-fri 08:00-18:00; sat 09:00-12:00"),
        ),
        option("--strength", type=click.Choice(STRENGTHS), says=t("至少这样强的证明。", "Proof at least this strong.")),
        option(
            "--method",
            says=t("认证方法：pap、chap、mschapv2、mac、portal。", "Methods: pap, chap, mschapv2, mac, portal."),
        ),
        option("--ssid", says=t("无线网络名。", "SSIDs. ").joined(several)),
        option("--medium", says=t("介质：wired、wireless、remote、unknown。", "wired, wireless, remote, unknown.")),
        option("--site", says=t("地点。", "Sites of devices. ").joined(several)),
        option("--device-group", says=t("网络设备组。", "Groups of devices. ").joined(several)),
        option("--unit", says=t("单位，含下级。", "Units with all below them. ").joined(several)),
        option("--right", says=t("需要的个人权限之一。", "One of these personal rights. ").joined(several)),
        option(
            "--category",
            says=t(
                "人员类别；endpoint 为登记设备，unknown 为未登记。",
                "Categories; endpoint: registered device; unknown: none.",
            ),
        ),
        option("--person", says=t("只对这些人员编号。", "Subject ids. ").joined(several)),
    ):
        body = declare(body)
    return body


def _given(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in given.items() if value is not None}
    if "strength" in told:
        told["strength"] = STRENGTHS.index(told["strength"])
    if "until" in told:
        text = told.pop("until")
        told["valid_until"] = point(text, call.zone, call.now, end=True) if text else None
    if told.get("approved_by") == "":
        told["approved_by"] = None
    return told


@noun.verb("list", t("按次序列出规则。", "List rules in order."))
def list_rules(call: Call) -> None:
    """List rules."""
    from sqlalchemy import select

    from access.tables import RuleRow

    with call.store.read() as session:
        rows = session.scalars(select(RuleRow).order_by(RuleRow.position, RuleRow.number))
        data = [data_of(row) for row in rows]
    shown = [{**each, "conditions": _conditions(each)} for each in data]
    call.show_table(
        data if call.as_json else shown, COLUMNS, t("还没有规则：谁也不能登录。", "No rules yet: nobody gets in.")
    )


@noun.verb("show", t("显示一条规则。", "Show a rule."))
@argument("number", type=int, says=NUMBER)
def show(call: Call, number: int) -> None:
    """Show a rule."""
    from access import rules

    with call.store.read() as session:
        data = data_of(rules.find(session, number))
    call.show_sheet(data, SHEET)


@noun.verb(
    "add",
    t("添加一条规则；没有类别条件的规则适用于所有已知人员。", "Add a rule; without a category it means any person."),
)
@argument("name", says=t("名称。", "Name."))
@argument("result", says=t("区域代码，或 refuse。", "Code of a zone, or refuse."))
@option("--position", type=click.IntRange(1), says=t("次序；默认在最后。", "Position; last unless told."))
@fields
def add(call: Call, name: str, result: str, position: int | None, **given: Any) -> None:
    """Add a rule."""
    from access import rules
    from operate.objections import refuse_objections

    with call.store.write() as work:
        told = _given(call, given)
        number = rules.add(work, call.actor, position=position, name=name, result=result, **told)
        refuse_objections(work.session, zone=result)
        data = data_of(rules.find(work.session, number))
    call.show_sheet(data, SHEET)


@noun.verb("change", t("修改一条规则；空文本表示取消该条件。", "Change a rule; an empty text takes a condition away."))
@argument("number", type=int, says=NUMBER)
@option("--name", says=t("新名称。", "New name."))
@option("--result", says=t("区域代码，或 refuse。", "Code of a zone, or refuse."))
@option("--enabled/--disabled", default=None, says=t("启用或停用。", "Use it, or not."))
@fields
def change(call: Call, number: int, **given: Any) -> None:
    """Change a rule."""
    from access import rules
    from operate.objections import refuse_objections

    told = _given(call, given)
    if not told:
        raise refused(t("没有要修改的内容。", "Nothing to change was given."))
    with call.store.write() as work:
        rules.change(work, call.actor, number, **told)
        row = rules.find(work.session, number)
        refuse_objections(work.session, zone=row.result)
        data = data_of(row)
    call.show_sheet(data, SHEET)


@noun.verb("move", t("把规则移到另一个次序，1 为最先。", "Put a rule at another position; 1 is the first."))
@argument("number", type=int, says=NUMBER)
@argument("position", type=click.IntRange(1), says=t("新次序。", "New position."))
def move(call: Call, number: int, position: int) -> None:
    """Move a rule."""
    from access import rules

    with call.store.write() as work:
        rules.move(work, call.actor, number, position)
        data = data_of(rules.find(work.session, number))
    call.show_sheet(data, {key: SHEET[key] for key in ("number", "position", "name")})


@noun.verb("remove", t("删除一条规则。", "Remove a rule."))
@argument("number", type=int, says=NUMBER)
@option("--yes", is_flag=True, says=t("不再询问。", "Do not ask."))
def remove(call: Call, number: int, yes: bool) -> None:
    """Remove a rule."""
    from access import rules

    with call.store.read() as session:
        data = data_of(rules.find(session, number))
    question = t("删除规则 {number}（{name}）？", "Remove rule {number} ({name})?").fill(**data)
    if not yes and not click.confirm(safe(question), err=True):
        raise refused(t("没有改动任何东西。", "Nothing was changed."))
    with call.store.write() as work:
        rules.remove(work, call.actor, number)
    call.show(data, safe(t("规则 {number} 已删除。", "Rule {number} is removed.").fill(**data)))


COMMAND = noun
