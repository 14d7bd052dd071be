"""`explain`: how a login would be decided, or was, and what would have made it pass."""

from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.exits import CommandFailed, Exit, refused
from operate.spoken import argument as positional
from operate.spoken import command, option
from operate.terminal import safe, table
from operate.terms import STRENGTHS, condition
from operate.times import TIME_HELP, point
from operate.words import Text, t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from access.decision import Decision
    from access.evidence import Evidence, Place
    from directory.person import Endpoint, Person

METHODS = ("pap", "chap", "mschapv2", "mac", "portal")
MEDIA = ("wired", "wireless", "remote", "unknown")


@command(
    "explain",
    t(
        "说明一次登录会如何判定：哪条规则，哪个条件首先不成立，怎样才能通过。与真正的登录运行同一个函数。"
        "MAC 地址若有人在 Portal 登录过，按此人判定。目录中的锁定和“须改密码”只有目录知道，不在此列。",
        "Say how a login would be decided: by which rule, which condition fails first, what would pass. It runs the "
        "function that real logins run. A hardware address is judged by the person who logged in with it at the "
        "portal, where there is one. Locks of the directory and passwords that must be changed are known there only, "
        "and are left out.",
    ),
)
@positional("who", required=False, says=t("登录名、人员编号或 MAC 地址。", "Login, subject id or hardware address."))
@option("--login", "number", type=int, metavar="NUMBER", says=t("说明一次已记录的登录。", "A login of the record."))
@option("--device", says=t("在哪台网络设备上；只有一台时可省略。", "On which device; may be left out if there is one."))
@option(
    "--method",
    type=click.Choice(METHODS),
    says=t("认证方法；默认 pap，MAC 地址为 mac 或 portal。", "pap unless told; mac or portal for hardware."),
)
@option("--strength", type=click.Choice(STRENGTHS), says=t("证明的强度；默认随方法。", "By the method unless told."))
@option("--medium", type=click.Choice(MEDIA), default="wired", show_default=True, says=t("介质。", "Medium."))
@option("--ssid", says=t("无线网络名。", "SSID."))
@option("--at", metavar="TIME", says=t("何时；默认现在。", "When; now unless told. ").joined(TIME_HELP))
def explain(call: Call, *, who: str | None, number: int | None, **given: Any) -> None:
    """Explain a login that could be, or one that was."""
    if (who is None) is (number is None):
        says = t(
            "请给出一个人或 MAC 地址，或用 --login 给出记录编号。",
            "Name a person or hardware address, or --login NUMBER.",
        )
        raise CommandFailed(Exit.USAGE, says)
    if number is not None:
        _recorded(call, number)
    elif who is not None:
        _imagined(call, who, given)


def _recorded(call: Call, number: int) -> None:
    from access import logins
    from operate.commands.logins import data_of

    with call.store.read() as session:
        row = logins.find(session, number)
        if row is None:
            raise refused(t("没有编号为 {number} 的登录。", "There is no login {number}.").fill(number=number))
        data = data_of(session, [row])[0]
        rules = _rule_names(session)
    steps = [tuple(step) for step in data["trace"]]
    asked = t("{at} {login} 在 {device}，方法 {method}", "{at} {login} at {device}, by {method}")
    asked = asked.fill(at=call.time(data["at"]), login=data["login"], device=data["device"], method=data["method"])
    _show(call, {**data, "trace": _steps(steps, rules)}, asked, data["reason"], data["zone"], data["rule"])


def _imagined(call: Call, who: str, given: dict[str, Any]) -> None:
    from access import own_devices
    from access.decision import Grant, Refusal, decide
    from access.reasons import Reason
    from access.rules import load_rulebook
    from access.session_limit import limited

    at = point(given["at"], call.zone, call.now) if given["at"] else call.now
    with call.store.read() as session:
        evidence = _evidence(session, who, given, at)
        rulebook = load_rulebook(session, call.settings.access)
        rules = _rule_names(session)
        lost = evidence.hardware is not None and own_devices.is_lost(session, evidence.hardware)
        decision: Decision = Refusal(Reason.DEVICE_LOST) if lost else decide(evidence, rulebook, at)
        if not given["at"]:  # who was online at another time is another question
            decision = limited(session, evidence, decision)
    granted = isinstance(decision, Grant)
    data: dict[str, Any] = {
        "granted": granted,
        "zone": decision.zone.code if isinstance(decision, Grant) else None,
        "rule": decision.rule if isinstance(decision, Grant) else None,
        "reason": None if isinstance(decision, Grant) else decision.reason.code,
        "until": None if isinstance(decision, Grant) else decision.until,
        "subject": evidence.subject.subject if evidence.subject else None,
        "hardware": evidence.hardware,
        "device": evidence.place.name,
        "method": evidence.method.value,
        "strength": STRENGTHS[evidence.strength],
        "medium": evidence.medium.value,
        "ssid": evidence.ssid,
        "at": at,
        "trace": _steps(decision.trace, rules),
    }
    asked = t("{at} {who} 在 {device}，方法 {method}，{medium}", "{at} {who} at {device}, by {method}, {medium}")
    place = evidence.place.name or "-"
    asked = asked.fill(at=call.time(at), who=who, device=place, method=data["method"], medium=data["medium"])
    if evidence.hardware and evidence.method.value == "portal" and not granted and not lost:
        says = t("（因此按未登记设备处理）", "(the device is therefore treated as an unknown one)")
        asked = asked.joined(says)
    _show(call, data, asked, data["reason"], data["zone"], data["rule"])


def _show(call: Call, data: dict[str, Any], asked: Text, reason: str | None, zone: str | None, rule: Any) -> None:
    from operate.commands.logins import outcome_of, reason_named

    lines = [safe(asked), safe(outcome_of(reason, zone))]
    if reason is not None:
        value = reason_named(reason).value
        lines.append(safe(Text(value.remedy_chinese, value.remedy_english)))
    elif rule is not None:
        lines[-1] += " " + safe(t("（规则 {rule}）", "(rule {rule})").fill(rule=rule))
    if data["trace"]:
        headings = [t("规则", "rule"), t("名称", "name"), t("首先不成立", "fails first"), t("怎样才通过", "would pass")]
        rows = [
            [
                step["rule"],
                step["name"],
                condition(step["failed"]) if step["failed"] else t("✓ 全部成立", "✓ all hold"),
                step["wanted"] if step["failed"] else "",
            ]
            for step in data["trace"]
        ]
        lines += ["", table(headings, rows)]
    call.show(data, "\n".join(lines))


def _steps(steps: "Sequence[Any]", rules: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {"rule": rule, "name": rules.get(rule), "failed": failed, "wanted": wanted} for rule, failed, wanted in steps
    ]


def _rule_names(session: "Session") -> dict[int, str]:
    from sqlalchemy import select

    from access.tables import RuleRow

    return {row.number: row.name for row in session.scalars(select(RuleRow))}


def _evidence(session: "Session", who: str, given: dict[str, Any], at: float) -> "Evidence":
    """Put together what such a login would prove."""
    from access import bindings
    from access.evidence import STRENGTH, Evidence, Medium, Method, Strength
    from directory import endpoints, people
    from directory.registry import PersonRow
    from operate.lookups import find_person
    from radius.hardware import normal_hardware

    hardware = normal_hardware(who.encode("utf-8", "replace"))
    subject: Person | Endpoint | None = None
    proven: Strength | None = None
    if hardware is None:
        subject = people.as_person(find_person(session, who))
        method = Method(given["method"] or "pap")
    else:
        row = endpoints.by_hardware(session, hardware)
        binding = bindings.find(session, hardware, at) if row is None else None
        person = session.get(PersonRow, binding.subject) if binding is not None else None
        if row is not None:
            subject = endpoints.as_endpoint(row)
        elif binding is not None and person is not None and given["method"] in (None, "portal"):
            subject, proven = people.as_person(person), Strength(binding.strength)
        method = Method(given["method"] or ("mac" if proven is None else "portal"))
    if given["strength"] is not None:
        proven = Strength(STRENGTHS.index(given["strength"]))
    strength = STRENGTH[method] if proven is None else proven
    return Evidence(
        subject=subject,
        method=method,
        strength=strength,
        place=_place(session, given["device"]),
        hardware=hardware,
        medium=Medium(given["medium"]),
        ssid=given["ssid"],
    )


def _place(session: "Session", name: str | None) -> "Place":
    from sqlalchemy import select

    from access import devices
    from access.evidence import NOWHERE, place_of
    from access.tables import DeviceRow

    if name is not None:
        row = devices.find(session, name)
    else:
        rows = session.scalars(select(DeviceRow).limit(2)).all()
        if len(rows) > 1:
            says = t("有多台网络设备，请用 --device 指明。", "There are several devices: name one with --device.")
            raise CommandFailed(Exit.USAGE, says)
        if not rows:
            return NOWHERE
        row = rows[0]
    return place_of(row)


COMMAND = explain
