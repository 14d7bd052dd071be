"""Today: the administrator's own work first, then how the network fares; each number leads to what is behind it."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy.orm import Session
from starlette.responses import Response

from access import online, statistics
from access.device_drops import count_unheard
from access.reasons import Reason
from access.sessions import count_online
from access.statistics import DayMemory, LoginCount
from access.tables import DeviceRow
from directory import subjects, units
from directory.person import State
from directory.publication import outbox_state
from portal.console import alarms, charts
from portal.console.desk import Desk, asks
from portal.console.figures import Figures, Window, figures, window
from portal.console.online import zone_names
from portal.console.roles import Right, Role
from portal.console.sought import local
from portal.console.waiting import SOON, waiting
from portal.language import Text, plain

router = APIRouter()
DAY = 86400.0
MOST_SILENT = 50  # devices that the page names
REASONS = {reason.code: reason for reason in Reason}
_OTHERS, _REFUSED = Text("其他区域", "Other zones"), Text("拒绝", "Refused")
_TITLE = Text("最近 24 小时的登录", "Logins of the last 24 hours")
_ABOUT = Text(
    "每小时一列，按区域分色：放行 {granted} 次，拒绝 {refused} 次。下方有数字表格。",
    "One column an hour, a colour for each zone: {granted} let in, {refused} refused. A table stands below.",
)


@router.get("/")
def today(desk: Desk = Depends(asks(Right.TODAY))) -> Response:
    """Show the first page."""
    now = desk.knowledge.clock()
    hours = window(now, desk.knowledge.time_zone)
    with desk.knowledge.store.read() as session:
        counts = _counts(session, desk, hours, now)
        told = figures(
            counts, hours, zone_names(session), others=_OTHERS.in_(desk.language), refused=_REFUSED.in_(desk.language)
        )
        silent = memory(desk).silent_devices(session, since=now - DAY, now=now) if desk.may(Right.DEVICES_SEE) else []
        shown: dict[str, Any] = {
            "tasks": waiting(session, desk, now),
            "states": _states(session, desk, told, silent, now),
            "online": _online(session, desk),
            "people": subjects.count_people(session, State.ACTIVE, desk.scope),
        }
    return desk.page(
        "console/today.html",
        **shown,
        figures=told,
        hours=list(zip(hours.labels, _spans(hours, desk), told.hours, strict=True)),
        midnight=local(hours.midnight, desk.knowledge.time_zone),
        since=local(hours.since, desk.knowledge.time_zone),
        silent=silent[:MOST_SILENT],
        more_silent=max(len(silent) - MOST_SILENT, 0),
        reasons=[(*_said(code), code, count, _bar(count, told)) for code, count in told.reasons],
        drawn=_drawn(desk, hours, told),
        now=now,
    )


def memory(desk: Desk) -> DayMemory:
    """Return what this process counted already."""
    counted: DayMemory = desk.request.app.state.day
    return counted


def _counts(session: Session, desk: Desk, hours: Window, now: float) -> list[LoginCount]:
    return memory(desk).logins(session, since=hours.since, until=hours.until, now=now, units=desk.scope)


def _online(session: Session, desk: Desk) -> int:
    return count_online(session) if desk.scope is None else online.count(session, units=desk.scope)


def _states(session: Session, desk: Desk, told: Figures, silent: Sequence[DeviceRow], now: float) -> list[alarms.State]:
    """Return what is watched, as far as it is this role's; a unit's administrator can mend none of it."""
    if desk.role is Role.UNIT:
        return []
    knowledge = desk.knowledge
    found = [alarms.directory(knowledge.mirror.age(now), knowledge.directory.max_age)]
    if knowledge.directory.publishes:
        lag = outbox_state(session)
        found.append(alarms.publication(lag.subjects, lag.oldest, now))
    if desk.may(Right.DEVICES_SEE):
        found.append(alarms.devices(statistics.count_enabled_devices(session), len(silent)))
        dropped = alarms.unheard(count_unheard(session, now - statistics.HOUR))
        found += [dropped] if dropped is not None else []
    enabled = sum(rule.enabled for rule in knowledge.rulebook.rules)
    more = (alarms.rules(enabled), alarms.refusals(told.granted, told.refused))
    return found + [state for state in more if state is not None]


def _spans(hours: Window, desk: Desk) -> list[tuple[str, str]]:
    zone = desk.knowledge.time_zone
    return [(local(begin, zone), local(begin + statistics.HOUR, zone)) for begin in hours.begins]


def _said(code: str) -> tuple[Text, Text | None]:
    """Return a reason, and what to do about it, as an administrator before this page can."""
    reason = REASONS.get(code)
    if reason is None:
        return plain(code), None
    value = reason.value
    says = Text(value.chinese, value.english)
    if reason in (Reason.NO_RULE, Reason.RULE_REFUSES):
        return says, Text(
            "打开其中一次登录，可以看到差在哪一条规则。", "Open one of them to see which rule is in the way."
        )
    return says, Text(value.remedy_chinese, value.remedy_english)


def _bar(count: int, told: Figures) -> Any:
    return charts.bar(count, told.reasons[0][1], "s5")


def _drawn(desk: Desk, hours: Window, told: Figures) -> list[tuple[str, Any]]:
    """Return the picture for wide and for narrow places, by the class that shows it there."""
    title = _TITLE.in_(desk.language)
    about = _ABOUT.fill(granted=told.granted, refused=told.refused).in_(desk.language)
    return [
        (name, charts.stacked(hours.labels, told.series, title=title, about=about, size=size, name=f"logins-{name}"))
        for name, size in (("wide", charts.WIDE), ("narrow", charts.NARROW))
    ]


@router.get("/today/ending")
def ending(desk: Desk = Depends(asks(Right.PEOPLE_CHANGE))) -> Response:
    """List accounts and endpoints that end soon."""
    now = desk.knowledge.clock()
    with desk.knowledge.store.read() as session:
        found = subjects.ending(session, since=now, until=now + SOON, units=desk.scope)
        names = {row.code: row.name for row in units.listed(session)}
    return desk.page("console/today_ending.html", found=found, unit_names=names, now=now)
