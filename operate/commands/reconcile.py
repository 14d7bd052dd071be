"""`reconcile`: registry and directory compared as a whole."""

import click

from operate.call import Call
from operate.exits import refused
from operate.spoken import command, option
from operate.terminal import harmless, table
from operate.terms import term
from operate.words import t


@command(
    "reconcile",
    t(
        "比较登记与目录，列出差异；--repair 按登记修复。有差异时退出码为 1。",
        "Compare registry and directory and list what differs; --repair makes the directory so. Leaves with 1 "
        "where something still differs.",
    ),
)
@option("--repair", is_flag=True, says=t("按登记修复目录。", "Make the directory as the registry says."))
def reconcile(call: Call, repair: bool) -> None:
    """Compare, and repair where asked."""
    from directory.reconciliation import reconcile as compare
    from operate.wiring import publishing_pool

    suffix = call.settings.directory.suffix
    with publishing_pool(call.settings) as pool:
        drift = compare(
            call.store,
            pool,
            suffix,
            repair=repair,
            progress=lambda sentence: click.echo(harmless(sentence), err=True),
        )
    data = {
        "compared": drift.compared,
        "pending": drift.pending,
        "clean": drift.clean,
        "differences": [
            {**each._asdict(), "kind": each.kind.value, "fault": each.fault.value} for each in drift.differences
        ],
    }
    counted = t(
        "比较了 {compared} 项，{pending} 项等待发布，{count} 处不同。",
        "{compared} compared, {pending} wait to be published, {count} differ.",
    )
    lines = [str(counted.fill(compared=drift.compared, pending=drift.pending, count=len(drift.differences)))]
    if drift.differences:
        headings = [
            t("类别", "kind"),
            t("编号", "subject"),
            t("差异", "difference"),
            t("属性", "values"),
            t("已修复", "mended"),
        ]
        rows = [
            [
                each.kind.value,
                each.subject or each.dn,
                term("fault", each.fault.value),
                ", ".join(each.attributes),
                mark,
            ]
            for each in drift.differences
            for mark in ("✓" if each.mended else "",)
        ]
        lines.append(table(headings, rows))
    call.show(data, "\n".join(lines))
    if not drift.clean:
        raise refused(t("目录与登记不一致。", "The directory is not as the registry says."))


COMMAND = reconcile
