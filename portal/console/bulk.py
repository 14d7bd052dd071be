"""One act for many people: what would happen to each, and doing it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from access.tables import SessionRow
from directory import lifecycle, people, spelling
from directory.lifecycle import Act
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from directory.registry import EndpointRow, PersonRow
from portal import leaving
from portal.console.refusals import ConsoleRefused, Why
from portal.console.roles import Role
from portal.language import Text
from portal.tables import AdministratorRow
from store.engine import Store, Unit

MOST = 2000  # people at once
_CHUNK = 500  # subjects in one statement
_AT_ONCE = 100  # people in one unit of work: others write in between

ACTS: dict[str, Text] = {
    "release": Text("核验并启用", "Verify and release"),
    "suspend": Text("停用", "Suspend"),
    "resume": Text("恢复", "Resume"),
    "move": Text("调到其他单位", "Move to another unit"),
    "grant": Text("增加一项权限", "Give a right"),
    "withdraw": Text("收回一项权限", "Take a right away"),
    "until": Text("设置有效期", "Set the end date"),
    "sessions": Text("断开全部会话", "End all sessions"),
    "end": Text("离职注销", "End accounts (leavers)"),
}
_LIFECYCLE = {
    "release": Act.RELEASE, "suspend": Act.SUSPEND, "resume": Act.RESUME, "move": Act.MOVE, "grant": Act.RIGHTS,
    "withdraw": Act.RIGHTS, "until": Act.CHANGE, "end": Act.END,
}  # fmt: skip

_CONSEQUENCES = {
    "release": Text("账号启用", "The account begins"),
    "suspend": Text("停用", "Suspended"),
    "resume": Text("恢复使用", "May log in again"),
    "move": Text("调动", "Moved"),
    "grant": Text("增加权限", "The right is given"),
    "withdraw": Text("收回权限", "The right is taken away"),
    "until": Text("更改有效期", "The end date changes"),
    "sessions": Text("须重新登录", "Has to log in again"),
    "end": Text("账号永久注销", "The account ends for good"),
}


class Verdict(NamedTuple):
    """What an act would do to one person, or why it would not be done."""

    row: PersonRow
    possible: bool
    says: Text


class Wanted(NamedTuple):
    """An act and what it needs to be told; what it does not need is empty."""

    act: str
    assurance: int = 0
    to: str = ""  # code of a unit
    zone: str = ""
    until: float | None = None  # seconds since the epoch; None: without end


def rows_of(session: Session, subjects: Collection[str]) -> list[PersonRow]:
    """Return the people by login; who is not there is left out."""
    found: list[PersonRow] = []
    for several in _chunks(sorted(set(subjects))):
        found += session.scalars(select(PersonRow).where(PersonRow.subject.in_(several)))
    return sorted(found, key=lambda row: row.login)


def verdicts(session: Session, act: str, rows: Sequence[PersonRow], *, own: str | None, role: Role) -> list[Verdict]:
    """Say for each what the act would do; `own` is the administrator's own person."""
    subjects = [row.subject for row in rows]
    online = _counts(session, SessionRow.subject, subjects, SessionRow.stopped_at.is_(None))
    owned = _counts(session, EndpointRow.owner, subjects, EndpointRow.state == State.ACTIVE.value)
    administrators = _counts(session, AdministratorRow.person, subjects, AdministratorRow.enabled.is_(True))
    found = []
    for row in rows:
        refused = _refused(act, row, online.get(row.subject, 0))
        if row.subject == own:
            refused = Why.OWN_REQUEST.value.text
        elif role is Role.UNIT and act in ("suspend", "end") and row.subject in administrators:
            refused = Why.IS_ADMINISTRATOR.value.text
        says = refused or _consequence(act, online.get(row.subject, 0), owned.get(row.subject, 0), bool(row.zones))
        found.append(Verdict(row, refused is None, says))
    return found


def _refused(act: str, row: PersonRow, online: int) -> Text | None:
    if act == "sessions":
        return None if online else Text("没有打开的会话。", "Nothing is open.")
    try:
        lifecycle.after(State(row.state), _LIFECYCLE[act])
    except lifecycle.LifecycleError:
        return Text(Flaw.STATE_FORBIDS.value.chinese, Flaw.STATE_FORBIDS.value.english)
    return None


def _consequence(act: str, online: int, owned: int, has_rights: bool) -> Text:
    parts = [_CONSEQUENCES[act]]
    if online and act in ("suspend", "end", "sessions"):
        parts.append(Text("断开 {n} 个会话", "open sessions that end: {n}").fill(n=online))
    if owned and act == "end":
        parts.append(Text("{n} 台终端设备待接手", "endpoints that wait for an owner: {n}").fill(n=owned))
    if has_rights and act == "move":
        parts.append(Text("原有个人权限失效", "personal rights end"))
    return Text("；".join(part.chinese for part in parts), "; ".join(part.english for part in parts))


def carry_out(store: Store, actor: str, wanted: Wanted, subjects: Sequence[str]) -> tuple[int, int | None]:
    """Do the act for each, a hundred in one unit of work; return how many were done, and the first order's number.

    Whoever changed meanwhile so that it is refused is left out.
    """
    done, numbers = 0, list[int]()
    for start in range(0, len(subjects), _AT_ONCE):
        with store.write() as unit:
            for subject in subjects[start : start + _AT_ONCE]:
                try:
                    numbers += _do(unit, actor, wanted, subject)
                except RegistryRefused:
                    continue
                done += 1
    return done, min(numbers, default=None)


def _do(unit: Unit, actor: str, wanted: Wanted, subject: str) -> list[int]:
    match wanted.act:
        case "release":
            people.release(unit, actor, subject, assurance=wanted.assurance)
        case "resume":
            people.resume(unit, actor, subject)
        case "move":
            people.move(unit, actor, subject, wanted.to)
        case "grant" | "withdraw":
            held = spelling.zone_set(people.find(unit.session, subject).zones)
            zones = held | {wanted.zone} if wanted.act == "grant" else held - {wanted.zone}
            people.set_rights(unit, actor, subject, zones)
        case "until":
            people.change(unit, actor, subject, valid_until=wanted.until)
        case "suspend":
            return leaving.suspend(unit, actor, subject)
        case "sessions":
            unit.act(actor, "person.sessions", subject, None, None)
            return leaving.end_sessions(unit, actor, subject)
        case "end":
            return leaving.leave(unit, actor, subject)
        case _:
            raise ConsoleRefused(Why.FIELD_MALFORMED, "act")
    return []


def _counts(session: Session, column: Any, subjects: Sequence[str], condition: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for several in _chunks(subjects):
        query = select(column, func.count()).where(column.in_(several), condition).group_by(column)
        found.update(iter(session.execute(query)))
    return found


def _chunks(subjects: Sequence[str]) -> Iterable[Sequence[str]]:
    return (subjects[start : start + _CHUNK] for start in range(0, len(subjects), _CHUNK))
