"""`doctor`: what is wrong, in words."""

from operate.call import Call
from operate.exits import CommandFailed, Exit, refused
from operate.spoken import command, option
from operate.terminal import harmless
from operate.words import t

MARKS = {"fine": "✓", "note": "·", "warning": "!", "wrong": "✗"}


@command(
    "doctor",
    t(
        "检查设置、端口、密钥、目录、时钟、数据库和内核丢包，用文字说明问题和办法。有错误时退出码为 1。",
        "Look at settings, ports, secrets, directory, clock, database and kernel; say in words what is wrong and "
        "what to do. Leaves with 1 where something is.",
    ),
)
@option(
    "--repair",
    is_flag=True,
    says=t("修复文件权限，升级数据库。", "Mend the modes of private files, upgrade the database."),
)
def doctor(call: Call, repair: bool) -> None:
    """Examine, and repair first where asked."""
    from operate import doctor as practice
    from store.schema import SchemaUnknown

    mended = []
    if repair:
        try:
            mended = practice.repair(call.settings)
        except SchemaUnknown as error:
            says = t("数据库是由更新的版本建立的。", "The database was made by a newer version.")
            raise CommandFailed(Exit.SETTINGS, says) from error
    findings = practice.examine(call.settings)
    lines = [t("已修复：{what}", "Mended: {what}").fill(what=what) for what in mended]
    shown = [harmless(str(line)) for line in lines]
    for finding in findings:
        shown.append(f"{MARKS[finding.level]} {harmless(str(finding.says))}")
        if finding.remedy is not None:
            shown.append(f"  → {harmless(str(finding.remedy))}")
    wrong = [finding for finding in findings if finding.level == "wrong"]
    data = {
        "settings": str(call.settings.path),
        "well": not wrong,
        "repaired": [str(what) for what in mended],
        "findings": [
            {
                "level": finding.level.value,
                "topic": finding.topic,
                "says": str(finding.says),
                "remedy": str(finding.remedy) if finding.remedy else None,
            }
            for finding in findings
        ],
    }
    call.show(data, "\n".join(shown))
    if wrong:
        one = t("发现 1 个问题。", "1 thing is wrong.")
        several = t("发现 {count} 个问题。", "{count} things are wrong.")
        raise refused(one if len(wrong) == 1 else several.fill(count=len(wrong)))


COMMAND = doctor
