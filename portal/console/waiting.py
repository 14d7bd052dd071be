"""An administrator's own work: what waits for somebody of this role, and where to do it."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from access import statistics
from directory import subjects
from directory.person import State
from portal.console.administrators import present_roles
from portal.console.desk import Desk
from portal.console.roles import NAMES, Right, Role
from portal.language import Text

SOON = 14 * 86400.0  # seconds ahead in which an end is told of
PATIENCE = 60.0  # seconds that a device may take to answer an order


class Task(NamedTuple):
    """Something that waits."""

    number: int
    says: Text  # what it is, without the number
    do: Text
    link: str
    mood: str = "plain"  # plain, warn, bad


def waiting(session: Session, desk: Desk, now: float) -> list[Task]:
    """Return what waits for this administrator, the most urgent first; what does not wait is left out."""
    tasks = [*_administrators(session, desk), *_network(session, desk, now), *_people(session, desk, now)]
    order = ("bad", "warn", "plain")
    return sorted((task for task in tasks if task.number), key=lambda task: order.index(task.mood))


def _administrators(session: Session, desk: Desk) -> list[Task]:
    if not desk.may(Right.ADMINISTRATORS_SEE):
        return []
    present = present_roles(session)
    missing = [role for role in (Role.SECURITY, Role.AUDIT) if role not in present]
    says = {
        Role.SECURITY: Text(
            "在有安全管理员之前，没有人能更改规则和管理员。",
            "Until there is one, nobody can change rules or administrators.",
        ),
        Role.AUDIT: Text(
            "在有审计管理员之前，没有人监督前两者的操作。",
            "Until there is one, nobody watches what the other two do.",
        ),
    }
    return [
        Task(
            1,
            Text("还没有{role}", "No {role} yet").fill(role=NAMES[role]),
            Text("{says}请从在册人员中邀请一位。", "{says} Invite a person of the registry.").fill(says=says[role]),
            "/administrators",
            "bad",
        )
        for role in missing
    ]


def _network(session: Session, desk: Desk, now: float) -> list[Task]:
    tasks = []
    if desk.may(Right.DEVICES_CHANGE):
        count = statistics.count_unknown_sources(session)
        tasks.append(
            Task(
                count,
                Text("个未登记的地址在发送请求", "unregistered addresses send requests"),
                Text("是自己的设备就登记，否则请查明来源。", "Register what is yours, and find out about the rest."),
                "/devices/inbox",
                "warn",
            )
        )
    if desk.may(Right.ONLINE_ORDER):
        count = statistics.waiting_orders(session, now - PATIENCE, desk.scope)
        tasks.append(
            Task(
                count,
                Text("条命令一分钟后仍无应答", "orders have no answer after a minute"),
                Text(
                    "请确认接入服务正在运行、设备可达。", "Check that the RADIUS service runs and the devices answer."
                ),
                "/orders?waiting=1",
                "bad",
            )
        )
    if desk.may(Right.RULES_SEE):
        count = len(statistics.ending_exceptions(session, since=now, until=now + SOON))
        tasks.append(
            Task(
                count,
                Text("条例外将在 14 天内结束", "exceptions end within 14 days"),
                Text("仍然需要的，请安全管理员重新批准。", "What is still needed has to be approved anew."),
                "/rules",
                "warn",
            )
        )
    return tasks


def _people(session: Session, desk: Desk, now: float) -> list[Task]:
    tasks = []
    if desk.may(Right.PEOPLE_CHANGE):
        tasks.append(
            Task(
                subjects.count_people(session, State.DRAFT, desk.scope),
                Text("人待核验实名", "people wait for their real name to be verified"),
                Text("核对证件后启用账号。", "Look at their document, then release the account."),
                "/people?state=draft",
            )
        )
        tasks.append(
            Task(
                len(subjects.ending(session, since=now, until=now + SOON, units=desk.scope)),
                Text("个账号或终端设备将在 14 天内到期", "accounts or endpoints end within 14 days"),
                Text("需要继续使用的，请延期。", "Extend those that are still needed."),
                "/today/ending",
                "warn",
            )
        )
    if desk.may(Right.ENDPOINTS_CHANGE):
        tasks.append(
            Task(
                subjects.count_endpoints(session, State.SUSPENDED, desk.scope),
                Text("台终端设备没有责任人", "endpoints have nobody who answers for them"),
                Text("责任人已离职；指定新的责任人后恢复接入。", "Name a new owner, and they are let on again."),
                "/endpoints?state=suspended",
                "warn",
            )
        )
    return tasks
