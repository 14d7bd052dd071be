"""`record`: who did what to whom, and whether that record is whole."""

import json
from typing import Any

import click

from operate.call import Call
from operate.exits import CommandFailed, Exit, refused
from operate.spoken import Noun, option
from operate.terminal import harmless
from operate.times import TIME_HELP, point
from operate.words import t

noun = Noun("record", t("管理操作的记录，只增不改。", "The record of administrative acts; rows are only ever added."))

COLUMNS = {
    "number": t("序号", "no."),
    "at": t("时间", "time"),
    "actor": t("操作者", "actor"),
    "act": t("操作", "act"),
    "subject": t("对象", "subject"),
    "changed": t("改动", "changed"),
}


@noun.verb("list", t("列出操作，最近的在前。", "List acts, the latest first."))
@option("--actor", says=t("操作者，例如 unix:root。", "Who did it, such as unix:root."))
@option("--subject", says=t("对象的编号。", "To whom or what."))
@option("--act", says=t("操作，例如 person.suspend。", "The act, such as person.suspend."))
@option("--since", metavar="TIME", says=t("从何时起。", "From when on. ").joined(TIME_HELP))
@option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, says=t("最多行数。", "Most rows."))
def list_acts(
    call: Call, *, actor: str | None, subject: str | None, act: str | None, since: str | None, limit: int
) -> None:
    """List acts."""
    from sqlalchemy import select

    from store.record import ActRow

    query = select(ActRow).order_by(ActRow.number.desc()).limit(limit)
    for column, wanted in ((ActRow.actor, actor), (ActRow.subject, subject), (ActRow.act, act)):
        if wanted is not None:
            query = query.where(column == wanted)
    if since is not None:
        query = query.where(ActRow.at >= point(since, call.zone, call.now, past=True))
    with call.store.read() as session:
        data = [_data_of(row) for row in session.scalars(query)]
    call.show_table(data, COLUMNS, t("没有记录。", "No acts."))


def _data_of(row: Any) -> dict[str, Any]:
    before, after = (json.loads(text) if text else {} for text in (row.before, row.after))
    changed = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return {
        "number": row.number,
        "at": row.at,
        "actor": row.actor,
        "act": row.act,
        "subject": row.subject,
        "changed": changed,
        "before": before,
        "after": after,
        "hash": row.hash.hex(),
    }


@noun.verb(
    "verify",
    t(
        "校验记录是否被改动；--head 与别处保存的摘要比较，可发现末尾被截去。",
        "Check that nothing was changed. A --head kept elsewhere also shows rows that were cut off at the end.",
    ),
)
@option("--head", metavar="HEX", says=t("此前记下的摘要。", "The hash noted earlier."))
def verify(call: Call, head: str | None) -> None:
    """Verify the chain of hashes."""
    from sqlalchemy import select

    from store.record import ActRow
    from store.record import verify as check

    noted = b""
    if head is not None:
        try:
            noted = bytes.fromhex(head)
        except ValueError:
            says = t("摘要不是十六进制数。", "The hash is not hexadecimal.")
            raise CommandFailed(Exit.USAGE, says) from None
    with call.store.read() as session:
        chain = check(session)
        lost = bool(noted) and session.scalar(select(ActRow.number).where(ActRow.hash == noted)) is None
    data = {"acts": chain.acts, "head": chain.head.hex(), "broken": chain.broken, "cut_off": lost}
    if chain.broken is not None:
        call.show(data)
        says = t("第 {broken} 条与前面的记录不符：记录被改动过。", "Act {broken} does not fit: the record was changed.")
        raise refused(says.fill(**data))
    if lost:
        call.show(data)
        says = t(
            "记录中没有此摘要：末尾的记录被截去，或不是同一份记录。",
            "This hash is not in the record: rows were cut off.",
        )
        raise refused(says)
    says = t("{acts} 条记录完整。\n摘要：{head}", "{acts} acts, all whole.\nHead: {head}").fill(**data)
    call.show(data, "\n".join(harmless(line) for line in str(says).splitlines()))


COMMAND = noun
