"""`init`: settings, keys and an empty database for a new installation."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from operate.call import Call
from operate.exits import refused
from operate.spoken import command
from operate.words import t

if TYPE_CHECKING:
    from operate.settings import Settings
    from store.engine import Store


@command(
    "init",
    t(
        "写出带注释的 truename.toml，生成密钥，建立数据库。已有的文件不会被覆盖。",
        "Write a commented truename.toml, make the keys and the database. What is there is never overwritten.",
    ),
)
def init(call: Call) -> None:
    """Write them, or refuse and leave everything as it is."""
    from operate.settings import FILE, TREE, Settings
    from store import schema
    from store.engine import Store
    from store.sealing import Sealer

    path = Path(call.settings_option or os.environ.get("TRUENAME_SETTINGS") or TREE / FILE).expanduser().absolute()
    given = path.exists()
    if given:
        settings = Settings.load(path)
        _refuse_present(path, settings)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Settings.template(), "utf-8")
        settings = Settings.load(path)
        try:
            _refuse_present(path, settings)
        except BaseException:
            path.unlink()
            raise
    for private in (settings.state, settings.master_key.parent, settings.nudges, settings.run, settings.log):
        private.mkdir(mode=0o700, parents=True, exist_ok=True)
    store = Store.open(settings.database_url, nudges=settings.nudges)
    try:
        schema.upgrade(store)  # before the key: where no database answers, `init` can simply be run again
        Sealer.create(settings.master_key)
        Sealer.load(settings.master_key, store)
        link = _first_link(call, settings, store)
    finally:
        store.close()
    data = {
        "settings": str(path), "state": str(settings.state), "master_key": str(settings.master_key), "link": link,
    }  # fmt: skip
    says = t(
        "设置：{settings}\n状态目录：{state}\n主密钥：{master_key}\n"
        "请把主密钥另存一份，与数据库的备份分开：没有它就无法读出网络设备的密钥。\n"
        "接下来：./truename serve，然后用这个一次性链接成为第一个管理员（72 小时内有效；\n"
        "需要新的链接时：./truename administrator invite）：\n{link}",
        "Settings: {settings}\nState: {state}\nMaster key: {master_key}\n"
        "Keep a copy of the master key, apart from backups of the database: without it the secrets of network "
        "devices cannot be read.\nNext: ./truename serve; then this one-time link makes you the first administrator "
        "(valid for 72 hours; another one: ./truename administrator invite):\n{link}",
    )
    call.show(data, says.fill(**data))


def _first_link(call: Call, settings: "Settings", store: "Store") -> str:
    """Return the link by which the first administrator comes."""
    from operate.web_listeners import addresses
    from portal.console import administrators
    from portal.console.roles import Role

    with store.write() as work:
        return administrators.link(work, call.actor, addresses(settings).console, role=Role.SYSTEM)


def _refuse_present(path: Path, settings: "Settings") -> None:
    for present in (settings.master_key, settings.state / "truename.db"):
        if present.exists():
            says = t("{file} 已存在，没有改动任何东西。", "{file} is there already; nothing was changed.")
            remedy = t("设置文件：{path}", "Settings: {path}").fill(path=path)
            raise refused(says.fill(file=present), remedy)


COMMAND = init
