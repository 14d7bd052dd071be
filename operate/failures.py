"""From an error to what the operator reads and the shell gets: each family of errors is translated here, once."""

import json
import sys

import click
import structlog

from operate import directory_failures
from operate.exits import CommandFailed, Exit, Failure
from operate.nearest import nearest
from operate.settings_file import SettingsError
from operate.terminal import harmless
from operate.words import Text, plain, t

log = structlog.get_logger()


def explain(error: Exception) -> Failure:
    """Translate an error. What nobody foresaw is an internal error and goes to the log with its trace."""
    if isinstance(error, CommandFailed):
        return error.failure
    if isinstance(error, SettingsError):
        return Failure(Exit.SETTINGS, error.says, error.allowed)
    if isinstance(error, click.UsageError):
        return _usage(error)
    if isinstance(error, click.ClickException):
        return Failure(Exit.USAGE, plain(error.format_message()))
    return _foreign(error) or _unforeseen(error)


def _usage(error: click.UsageError) -> Failure:
    help_line = None
    if error.ctx is not None:
        help_line = t("帮助：{path} --help", "Help: {path} --help").fill(path=error.ctx.command_path)
    says: Text
    if isinstance(error, click.exceptions.NoSuchCommand):
        says = t("没有命令 {name}。", "There is no command {name}.").fill(name=repr(error.command_name))
        group = error.ctx.command if error.ctx is not None else None
        if error.ctx is not None and isinstance(group, click.Group):
            says = says.joined(nearest(error.command_name, group.list_commands(error.ctx)))
    elif isinstance(error, click.exceptions.NoSuchOption):
        says = t("没有选项 {name}。", "There is no option {name}.").fill(name=error.option_name)
        if error.possibilities:
            says = says.joined(nearest(error.option_name, error.possibilities))
    elif isinstance(error, click.exceptions.MissingParameter):
        hint = error.param.get_error_hint(error.ctx) if error.param else ""
        says = t("缺少 {name}。", "{name} is missing.").fill(name=hint)
    elif isinstance(error, click.BadParameter):
        hint = error.param.get_error_hint(error.ctx) if error.param else ""
        says = t("{name} 的值不对：{why}", "The value of {name} is not right: {why}")
        says = says.fill(name=hint, why=error.message)
    else:
        says = plain(error.format_message())
    return Failure(Exit.USAGE, says, help_line)


def _foreign(error: Exception) -> Failure | None:
    """Translate the families of the packages below. Only what was imported can have been raised."""
    for name, translate in _FAMILIES.items():
        module, _, family = name.rpartition(".")
        loaded = sys.modules.get(module)
        if loaded is not None and isinstance(error, getattr(loaded, family)):
            return translate(error)
    return None


def _registry(error: Exception) -> Failure:
    flaw = getattr(error, "flaw")  # noqa: B009 - the class is not imported here; the table names it
    field = t("（{field}）", "({field})").fill(field=getattr(error, "field", ""))
    return Failure(Exit.REFUSED, Text(flaw.value.chinese, flaw.value.english).joined(field), None, flaw.code)


def _console(error: Exception) -> Failure:
    why = getattr(error, "why")  # noqa: B009 - as above
    return Failure(Exit.REFUSED, Text(*why.value.text), None, why.code)


def _lifecycle(error: Exception) -> Failure:
    says = t("当前状态下不能这样做：{why}", "This is not possible in the present state: {why}")
    return Failure(Exit.REFUSED, says.fill(why=error))


def _database(error: Exception) -> Failure:
    reason = str(getattr(error, "orig", error)).strip().splitlines()
    says = t("数据库没有应答：{why}", "The database does not answer: {why}").fill(why=reason[0] if reason else "")
    remedy = t("./truename doctor 可以查明原因。", "./truename doctor finds the cause.")
    return Failure(Exit.UNAVAILABLE, says, remedy)


def _sealing(error: Exception) -> Failure:
    says = t("密文无法解开：{why}", "A sealed value does not open: {why}").fill(why=error)
    remedy = t(
        "请恢复属于此数据库的主密钥（权限 0400）；./truename doctor 可以查明。",
        "Restore the master key that belongs to this database (mode 0400); ./truename doctor tells.",
    )
    return Failure(Exit.SETTINGS, says, remedy)


def _permission(error: Exception) -> Failure:
    says = t("无权访问 {file}。", "There is no permission for {file}.").fill(
        file=getattr(error, "filename", None) or "-"
    )
    remedy = t("请以服务的用户身份运行命令。", "Run the command as the user that the service runs as.")
    return Failure(Exit.SETTINGS, says, remedy)


def _malformed(error: Exception) -> Failure:
    from access.malformed import Malformed  # both as late as their only use: most commands fail for other reasons
    from portal.console.malformed_words import sentence

    if not isinstance(error, Malformed):
        return _unforeseen(error)
    told = sentence(error)  # the console says the same beside the field
    says = t("{field} 不对。{wanted}", "{field} is not acceptable. {wanted}")
    return Failure(Exit.REFUSED, says.fill(field=error.field, wanted=Text(told.chinese, told.english)))


def _order(error: Exception) -> Failure:
    from access.enforcement import OrderRefused

    if not isinstance(error, OrderRefused):
        return _unforeseen(error)
    says = t("命令无法下达：{why}", "The order makes no sense: {why}")
    return Failure(Exit.REFUSED, says.fill(why=Text(*error.why.value)))


_FAMILIES = {
    "access.malformed.Malformed": _malformed,
    "access.enforcement.OrderRefused": _order,
    "directory.refusal.RegistryRefused": _registry,
    "portal.console.refusals.ConsoleRefused": _console,
    "directory.lifecycle.LifecycleError": _lifecycle,
    "sqlalchemy.exc.OperationalError": _database,
    "store.sealing.SealBroken": _sealing,
    "builtins.PermissionError": _permission,
    **directory_failures.FAMILIES,
}


def _unforeseen(error: Exception) -> Failure:
    log.error("command failed", exc_info=error)
    says = t("内部错误：{kind}。", "Internal error: {kind}.").fill(kind=type(error).__name__)
    return Failure(Exit.INTERNAL, says, t("详情在上面的日志中。", "The log above has the details."))


def report(failure: Failure, *, as_json: bool) -> None:
    """Write a failure to standard error."""
    if as_json:
        words = {
            "exit_code": int(failure.exit_code),
            "code": failure.code,
            "message": "\n".join(str(one) for one in (failure.says, *failure.more)),
            "remedy": str(failure.remedy) if failure.remedy else None,
        }
        click.echo(json.dumps({"error": words}, ensure_ascii=False), err=True)
        return
    code = f"{failure.code} " if failure.code else ""
    click.echo(f"{t('错误：', 'Error: ')}{code}{harmless(str(failure.says))}", err=True)
    for one in failure.more:
        click.echo(harmless(str(one)), err=True)
    if failure.remedy:
        click.echo(harmless(str(failure.remedy)), err=True)
