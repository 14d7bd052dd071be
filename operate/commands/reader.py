"""`reader`: accounts of outside applications in the embedded directory."""

from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.exits import refused
from operate.liveness import need_service
from operate.nearest import nearest
from operate.spoken import Noun, argument, option
from operate.terminal import safe, sheet
from operate.words import Text, t

if TYPE_CHECKING:
    from directory.backends.embedded import EmbeddedDirectory

noun = Noun(
    "reader",
    t(
        "外部应用（例如 OA）在内置目录中的只读账号：可读姓名、单位和邮箱，读不到密码。",
        "Accounts of outside applications in the embedded directory: they read names, units and mail, no passwords.",
    ),
)

NAME = t("名称：小写字母、数字、连字符，例如 oa。", "Name: lower-case letters, digits, hyphen; such as oa.")
COLUMNS = {
    "name": t("名称", "name"),
    "dn": t("DN", "DN"),
    "password_file": t("密码文件", "password file"),
}
SHEET = {
    **COLUMNS,
    "ldaps_uri": t("LDAPS 地址", "ldaps URI"),
    "ca_file": t("CA 证书文件", "CA file"),
    "base": t("搜索起点", "search base"),
}
NO_LISTENER = t(
    "[directory] listen 是空的：外部应用还连不上。写入 地址:端口 并重启服务。",
    "[directory] listen is empty, so no application can connect yet: set it to address:port and restart the service.",
)


def _directory(call: Call) -> "EmbeddedDirectory":
    """Return the running embedded directory. Raises CommandFailed where there is none."""
    from operate.wiring import embedded

    if call.settings.directory.kind != "embedded":
        says = t("目录不是内置的（directory.kind）。", "The directory is not the embedded one (directory.kind).")
        raise refused(says, t("请在该目录服务器上管理账号。", "Make accounts in that directory itself."))
    need_service(call.settings)
    return embedded(call.settings)


@noun.verb(
    "add", t("建立一个账号，显示应用需要的全部信息。", "Make an account, and show all that the application needs.")
)
@argument("name", says=NAME)
def add(call: Call, name: str) -> None:
    """Make an account; one that is there is shown again."""
    directory = _directory(call)
    known = any(reader.name == name for reader in directory.readers())
    dn, file = directory.add_reader(name)
    if not known:
        with call.store.write() as work:
            work.act(call.actor, "reader.add", name, None, {"dn": dn})
    data: dict[str, Any] = {
        "name": name,
        "dn": dn,
        "password_file": str(file),
        "ldaps_uri": directory.ldaps_uri,
        "ca_file": str(directory.ca_file),
        "base": f"ou=orgs,{directory.suffix}",
    }
    shown = sheet((says, data[key]) for key, says in SHEET.items())
    call.show(data, shown if directory.ldaps_uri else f"{shown}\n{safe(NO_LISTENER)}")


@noun.verb("list", t("列出账号。", "List accounts."))
def list_readers(call: Call) -> None:
    """List accounts."""
    data = [{**reader._asdict(), "password_file": str(reader.password_file)} for reader in _directory(call).readers()]
    call.show_table(data, COLUMNS, t("还没有账号。", "There are no accounts yet."))


@noun.verb("remove", t("删除一个账号及其密码文件。", "Remove an account and the file of its password."))
@argument("name", says=NAME)
@option("--yes", is_flag=True, says=t("不再询问。", "Do not ask."))
def remove(call: Call, name: str, yes: bool) -> None:
    """Remove an account."""
    directory = _directory(call)
    names = [reader.name for reader in directory.readers()]
    if name not in names:
        says = t("没有账号 {name}。", "There is no account {name}.").fill(name=repr(name))
        raise refused(says, nearest(name, names) if names else None)
    question: Text = t("删除账号 {name}？", "Remove the account {name}?").fill(name=name)
    if not yes and not click.confirm(safe(question), err=True):
        raise refused(t("没有改动任何东西。", "Nothing was changed."))
    directory.remove_reader(name)
    with call.store.write() as work:
        work.act(call.actor, "reader.remove", name, {"name": name}, None)
    call.show({"name": name}, safe(t("账号 {name} 已删除。", "The account {name} is removed.").fill(name=name)))


COMMAND = noun
