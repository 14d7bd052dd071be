"""`person`: joiner, mover, leaver, rights and passwords."""

import sys
from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.exits import refused
from operate.lookups import check_zones, find_person
from operate.spoken import Body, Noun, argument, option
from operate.terminal import safe
from operate.terms import TERMS
from operate.times import TIME_HELP, point
from operate.words import Text, t

if TYPE_CHECKING:
    from directory.registry import PersonRow
    from store.engine import Unit

noun = Noun(
    "person",
    t(
        "人员：登记、查询、停用、启用、密码、权限、调动、离职、存档。",
        "People: joiner, mover, leaver, rights, archive.",
    ),
)

WHO = t("登录名或人员编号。", "Login name or subject id.")
COLUMNS = {
    "login": t("登录名", "login"),
    "name": t("姓名", "name"),
    "unit": t("单位", "unit"),
    "state": t("状态", "state"),
    "category": t("类别", "category"),
    "zones": t("权限", "rights"),
    "valid_until": t("有效期至", "valid until"),
}
SHEET = {
    "subject": t("编号", "subject id"),
    **COLUMNS,
    "valid_from": t("生效", "valid from"),
    "mail": t("邮箱", "mail"),
    "title": t("职务", "title"),
    "telephone": t("电话", "telephone"),
    "session_limit": t("同时在线上限", "devices at once"),
    "assurance": t("实名核验等级", "assurance"),
    "endpoints": t("名下设备", "answers for"),
    "online": t("在线会话", "open sessions"),
    "publication": t("等待发布", "waits to be published"),
    "created_at": t("登记时间", "added"),
    "changed_at": t("最近变更", "changed"),
}


def data_of(row: "PersonRow") -> dict[str, Any]:
    """Return a row as data."""
    data = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "spelled"}
    data["zones"] = row.zones.split(",") if row.zones else []
    return data


def fields(body: Body) -> Body:
    """Declare the options that `add` and `change` share."""
    for declare in (
        option("--session-limit", type=int, says=t("最多同时在线的设备数。", "On how many devices at once.")),
        option("--until", metavar="TIME", says=t("有效期至。", "The account ends then. ").joined(TIME_HELP)),
        option("--from", "begins", metavar="TIME", says=t("从何时起有效。", "The account begins then.")),
        option("--telephone", says=t("电话。", "Telephone number.")),
        option("--title", says=t("职务。", "Title.")),
        option("--mail", says=t("邮箱。", "Mail address.")),
        option("--category", type=click.Choice(list(TERMS["category"])), says=t("类别。", "Category.")),
    ):
        body = declare(body)
    return body


def _given(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given, with their times read; an empty text takes a value away."""
    told = {name: value for name, value in given.items() if value is not None and name not in ("begins", "until")}
    for name in ("mail", "title", "telephone"):
        if told.get(name) == "":
            told[name] = None
    for option_name, field, end in (("begins", "valid_from", False), ("until", "valid_until", True)):
        text = given.get(option_name)
        if text is not None:
            told[field] = point(text, call.zone, call.now, end=end) if text else None
    return told


_VERIFIED = option(
    "--verified",
    type=click.IntRange(1, 3),
    says=t(
        "实名已核验，等级 1 到 3；账号随即生效。",
        "The real name was verified, this well (1 to 3): the account begins.",
    ),
)


@noun.verb(
    "add", t("登记一个人。没有 --verified 时账号待核验，不能登录。", "Register a person; a draft until verified.")
)
@argument("login", says=t("登录名，以后不变。", "Login name; it never changes."))
@argument("name", says=t("姓名。", "Real name."))
@option("--unit", required=True, says=t("所属单位的代码。", "Code of the unit that answers for the person."))
@option(
    "--right",
    "rights",
    multiple=True,
    metavar="ZONE",
    says=t("个人权限（可多次）。", "Personal right; repeatable."),
)
@_VERIFIED
@fields
def add(
    call: Call, *, login: str, name: str, unit: str, rights: tuple[str, ...], verified: int | None, **given: Any
) -> None:
    """Register a person."""
    from directory import people

    with call.store.write() as work:
        check_zones(work.session, rights)
        told = _given(call, given)
        person = people.NewPerson(login=login, name=name, unit=unit, zones=frozenset(rights), **told)
        subject = people.add(work, call.actor, person)
        if verified is not None:
            people.release(work, call.actor, subject, assurance=verified)
        data = data_of(people.find(work.session, subject))
    done = t("已登记 {name}（{login}，{subject}）。", "Added {name} ({login}, {subject}).").fill(**data)
    after = t("下一步：./truename person password {login}", "Next: ./truename person password {login}")
    if verified is None:
        after = t(
            "核验实名后：./truename person enable {login} --verified 1",
            "Once verified: person enable {login} --verified 1",
        )
    call.show(data, safe(done, after.fill(**data)))


@noun.verb("change", t("修改姓名、类别、联系方式、有效期。", "Change name, category, contact or validity."))
@argument("who", says=WHO)
@option("--name", says=t("新的姓名。", "New real name."))
@fields
def change(call: Call, who: str, **given: Any) -> None:
    """Change a person's record."""
    from directory import people

    told = _given(call, given)
    if not told:
        raise refused(t("没有要修改的内容。", "Nothing to change was given."))
    with call.store.write() as work:
        subject = find_person(work.session, who).subject
        people.change(work, call.actor, subject, **told)
        data = data_of(people.find(work.session, subject))
    call.show_sheet(data, SHEET)


@noun.verb("show", t("显示一个人的全部登记内容。", "Show all that is recorded of a person."))
@argument("who", says=WHO)
def show(call: Call, who: str) -> None:
    """Show a person."""
    from sqlalchemy import func, select

    from access.tables import SessionRow
    from directory import endpoints
    from directory.registry import PublicationRow

    with call.store.read() as session:
        row = find_person(session, who)
        data = data_of(row)
        data["endpoints"] = [each.hardware for each in endpoints.listed(session, owner=row.subject)]
        open_sessions = select(func.count()).where(SessionRow.subject == row.subject, SessionRow.stopped_at.is_(None))
        data["online"] = session.scalar(open_sessions)
        waiting = session.scalars(select(PublicationRow).where(PublicationRow.subject == row.subject)).all()
        data["publication"] = bool(waiting)
        data["publication_error"] = next((each.error for each in waiting if each.error), None)
    call.show_sheet(data, SHEET)


@noun.verb("list", t("列出人员，可按文字、单位、状态筛选。", "List people, by text, unit and state."))
@argument(
    "text", default="", says=t("登录名或姓名中的文字、拼音或首字母。", "Part of login or name, pinyin or its initials.")
)
@option("--unit", says=t("此单位及其下级。", "This unit and all below it."))
@option("--state", type=click.Choice(list(TERMS["state"])), says=t("状态。", "State."))
@option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, says=t("最多行数。", "Most rows."))
def list_people(call: Call, text: str, unit: str | None, state: str | None, limit: int) -> None:
    """List people."""
    from directory import people
    from directory.person import State

    with call.store.read() as session:
        rows = people.search(session, text=text, unit=unit, state=State(state) if state else None, limit=limit)
        data = [data_of(row) for row in rows]
    call.show_table(data, COLUMNS, t("没有找到。", "Nobody found."))


@noun.verb("disable", t("停用：一秒内生效，在线会话随即下线。", "Suspend: effective within a second, sessions end."))
@argument("who", says=WHO)
def disable(call: Call, who: str) -> None:
    """Suspend a person."""
    from access.enforcement import order_all_of
    from directory import people

    def suspend(work: "Unit", subject: str) -> None:
        people.suspend(work, call.actor, subject)
        order_all_of(work, subject, call.actor)

    _act(
        call,
        who,
        suspend,
        t("已停用 {name}。", "{name} is suspended."),
    )


@noun.verb("enable", t("启用：恢复停用的账号，或在核验实名后启用新账号。", "Resume, or begin a verified draft."))
@argument("who", says=WHO)
@_VERIFIED
def enable(call: Call, who: str, verified: int | None) -> None:
    """Resume a suspended person, or release a draft."""
    from directory import people

    def begin(work: "Unit", subject: str) -> None:
        if people.find(work.session, subject).state != "draft":
            people.resume(work, call.actor, subject)
        elif verified is None:
            says = t("此人的实名尚未核验。", "The real name of this person is not verified yet.")
            raise refused(says, t("核验后加上 --verified 1（或 2、3）。", "Add --verified 1 (or 2, 3) once it is."))
        else:
            people.release(work, call.actor, subject, assurance=verified)

    _act(call, who, begin, t("{name} 已启用。", "{name} is active."))


@noun.verb("end", t("注销离职人员的账号，不可恢复；名下设备同时停用。", "End the account of a leaver, for good."))
@argument("who", says=WHO)
@option("--yes", is_flag=True, says=t("不再询问。", "Do not ask."))
def end(call: Call, who: str, yes: bool) -> None:
    """End an account."""
    from access.enforcement import order_all_of
    from directory import people

    def leave(work: "Unit", subject: str) -> None:
        # What the leaver answered for leaves the network as well, until somebody else answers for it.
        for each in (subject, *people.end(work, call.actor, subject)):
            order_all_of(work, each, call.actor)

    with call.store.read() as session:
        data = data_of(find_person(session, who))
    question = t("注销 {name}（{login}）？不可恢复。", "End {name} ({login}) for good?").fill(**data)
    if not yes and not click.confirm(safe(question), err=True):
        raise refused(t("没有改动任何东西。", "Nothing was changed."))
    _act(
        call,
        who,
        leave,
        t("{name} 已注销。", "{name} has ended."),
    )


@noun.verb(
    "preserve",
    t(
        "把已注销的人移出目录树，只留存档；不可恢复。",
        "Take a person whose account has ended out of the directory's tree, for good; the record stays.",
    ),
)
@argument("who", says=WHO)
@option("--yes", is_flag=True, says=t("不再询问。", "Do not ask."))
def preserve(call: Call, who: str, yes: bool) -> None:
    """Take a leaver out of the published tree."""
    from directory import people

    with call.store.read() as session:
        data = data_of(find_person(session, who))
    question = t("把 {name}（{login}）移出目录树？不可恢复。", "Take {name} ({login}) out of the tree for good?")
    if not yes and not click.confirm(safe(question.fill(**data)), err=True):
        raise refused(t("没有改动任何东西。", "Nothing was changed."))
    _act(
        call,
        who,
        lambda work, subject: people.preserve(work, call.actor, subject),
        t("{name} 仅存档。", "{name} is preserved."),
    )


@noun.verb("move", t("调到另一个单位；个人权限随旧岗位结束。", "Let another unit answer; rights end with the post."))
@argument("who", says=WHO)
@argument("unit", says=t("新单位的代码。", "Code of the new unit."))
@option("--keep-rights", is_flag=True, says=t("保留个人权限。", "Personal rights go along."))
def move(call: Call, who: str, unit: str, keep_rights: bool) -> None:
    """Move a person."""
    from directory import people

    _act(
        call,
        who,
        lambda work, subject: people.move(work, call.actor, subject, unit, keep_rights=keep_rights),
        t("{name} 现属 {unit}。", "{name} belongs to {unit} now."),
    )


@noun.verb("rights", t("查看或修改个人权限。", "Show or change personal rights."))
@argument("who", says=WHO)
@option("--give", multiple=True, metavar="ZONE", says=t("给予（可多次）。", "Give; repeatable."))
@option("--take", multiple=True, metavar="ZONE", says=t("收回（可多次）。", "Take away; repeatable."))
def rights(call: Call, who: str, give: tuple[str, ...], take: tuple[str, ...]) -> None:
    """Show or change personal rights."""
    from directory import people

    with call.store.write() as work:
        row = find_person(work.session, who)
        if give or take:
            check_zones(work.session, give)
            held = set(row.zones.split(",")) if row.zones else set()
            people.set_rights(work, call.actor, row.subject, (held | set(give)) - set(take))
        data = data_of(people.find(work.session, row.subject))
    call.show_sheet({key: data[key] for key in ("subject", "login", "name", "zones")}, _RIGHTS)


_RIGHTS = {key: SHEET[key] for key in ("login", "name", "zones")}


@noun.verb(
    "password",
    t(
        "生成一次性密码并只显示一次；或用 --stdin 从标准输入读取。密码只存在目录中。",
        "Make a one-time password and show it once; or read one from standard input. Only the directory keeps it.",
    ),
)
@argument("who", says=WHO)
@option("--stdin", is_flag=True, says=t("从标准输入读取一行。", "Read one line of standard input."))
@option("--must-change", is_flag=True, says=t("登录网络前须先修改。", "It only serves to choose another one."))
def password(call: Call, who: str, stdin: bool, must_change: bool) -> None:
    """Set a password."""
    from directory.passwords import generate_one_time_password
    from operate.passwords import read_password, set_password

    with call.store.read() as session:
        row = find_person(session, who)
    words = read_password(sys.stdin, row.login, row.name) if stdin else generate_one_time_password()
    set_password(call, row.subject, words, must_change=must_change)
    data = {"subject": row.subject, "login": row.login, "must_change": must_change}
    if stdin:
        call.show(data, safe(t("{login} 的密码已更改。", "The password of {login} is changed.").fill(**data)))
        return
    says = t("{login} 的密码（只显示这一次）：", "Password of {login}, shown this once:").fill(**data)
    call.show({**data, "password": words}, f"{safe(says)}\n{words}")


@noun.verb("unlock", t("解除目录因密码错误而加的锁定。", "Lift the lock of the directory after wrong passwords."))
@argument("who", says=WHO)
def unlock(call: Call, who: str) -> None:
    """Lift the directory's lock."""
    from directory.verifiers import clear_lock
    from operate.liveness import need_service
    from operate.wiring import publishing_pool

    with call.store.read() as session:
        row = find_person(session, who)
    need_service(call.settings)
    with publishing_pool(call.settings) as pool:
        was_locked = clear_lock(pool, call.settings.directory.suffix, row.subject)
    if was_locked:
        with call.store.write() as work:
            work.act(call.actor, "person.unlock", row.subject, None, None)
    says = (
        t("{login} 已解锁。", "{login} is unlocked.")
        if was_locked
        else t("{login} 没有被锁定。", "{login} was not locked.")
    )
    call.show({"subject": row.subject, "login": row.login, "was_locked": was_locked}, safe(says.fill(login=row.login)))


def _act(call: Call, who: str, act: Any, says: Text) -> None:
    """Do something to a person, and say so with the record as it is then."""
    from directory import people

    with call.store.write() as work:
        subject = find_person(work.session, who).subject
        act(work, subject)
        data = data_of(people.find(work.session, subject))
    call.show(data, safe(says.fill(**data)))


COMMAND = noun
