"""Whether an installation has its master key; and where not, whether it was ever made."""

from pathlib import Path
from typing import TYPE_CHECKING

from operate.exits import CommandFailed, Exit
from operate.words import t

if TYPE_CHECKING:
    from operate.settings import Settings

_NEW = t("./truename init 可以建立它。", "./truename init makes it.")
_RESTORE = t(
    "没有它就无法读出网络设备的密钥：请从备份恢复；有多个节点时，从另一节点复制。",
    "Without it the secrets of network devices cannot be read: restore it from its backup, or copy it from the "
    "other node.",
)
_EITHER = t(
    "新安装请用 ./truename init；否则请从备份恢复。",
    "Where everything is new, ./truename init makes it; else restore it from its backup.",
)


def missing_key(settings: "Settings") -> CommandFailed | None:
    """Return the error of a missing master key, with what to do; None where the file is there."""
    file = settings.master_key
    if file.exists():
        return None
    made = has_tables(settings)
    if made is False:
        says = t(
            "这里还没有安装：没有数据库，也没有主密钥 {file}。",
            "Nothing is installed here yet: there is no database and no master key {file}.",
        )
    else:
        says = t("缺少主密钥 {file}。", "The master key {file} is missing.")
    remedy = {True: _RESTORE, False: _NEW, None: _EITHER}[made]
    return CommandFailed(Exit.SETTINGS, says.fill(file=file), remedy)


def has_tables(settings: "Settings") -> bool | None:
    """Return whether `init` or a start has made tables in the database; None where it does not answer."""
    from sqlalchemy.exc import SQLAlchemyError

    from store import schema
    from store.engine import Store

    url = settings.database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        return False
    try:
        store = Store.open(url)
        try:
            return schema.revision_of(store) is not None
        finally:
            store.close()
    except SQLAlchemyError:
        return None
