"""`device`: network devices (switches, controllers, gateways), their secrets, and the inbox of unknown sources."""

from typing import TYPE_CHECKING, Any

import click

from operate.call import Call
from operate.exits import refused
from operate.order_waiting import WAIT
from operate.spoken import Body, Noun, argument, option
from operate.terminal import safe
from operate.words import Text, t

if TYPE_CHECKING:
    from access.tables import DeviceRow

noun = Noun("device", t("网络设备（交换机、控制器、网关）。", "Network devices: switches, controllers, gateways."))

WHICH = t("设备名称或编号。", "Name or number of the device.")
COLUMNS = {
    "number": t("编号", "no."),
    "name": t("名称", "name"),
    "prefix": t("地址", "address"),
    "vendor": t("厂商", "vendor"),
    "group": t("组", "group"),
    "site": t("地点", "site"),
    "protection": t("防伪造", "against forgery"),
    "enabled": t("启用", "enabled"),
}
SHEET = {
    **COLUMNS,
    "require": t("要求 Message-Authenticator", "Message-Authenticator required"),
    "limit": t("限制 Proxy-State", "Proxy-State limited"),
    "observed": t("观察到", "observed"),
    "observed_at": t("观察时间", "observed at"),
    "rotating": t("正在更换密钥", "secret being rotated"),
    "dynauth_port": t("动态授权端口", "port for orders"),
    "dynauth_address": t("动态授权地址", "address for orders"),
    "created_at": t("登记时间", "added"),
}
SECRET = t(
    "共享密钥（只显示这一次）：\n{secret}\n请在设备上配置它；不要手工抄写。",
    "Shared secret, shown this once:\n{secret}\nConfigure it on the device; copy it, do not type it.",
)


def data_of(row: "DeviceRow") -> dict[str, Any]:
    """Return a row as data, without its secrets."""
    from access.devices import protection

    return {
        "number": row.number,
        "name": row.name,
        "prefix": row.prefix,
        "vendor": row.vendor,
        "group": row.group,
        "site": row.site,
        "protection": protection(row),
        "enabled": row.enabled,
        "require": row.require_message_authenticator,
        "limit": row.limit_proxy_state,
        "observed": row.observed,
        "observed_at": row.observed_at,
        "rotating": row.next_secret is not None,
        "dynauth_port": row.dynauth_port,
        "dynauth_address": row.dynauth_address,
        "created_at": row.created_at,
    }


_CHOICE = click.Choice(("yes", "no", "auto"))


def fields(body: Body) -> Body:
    """Declare the options that `add` and `change` share."""
    for declare in (
        option("--dynauth-address", says=t("下线命令发往的地址。", "Where orders go, when not to its own address.")),
        option("--dynauth-port", type=int, says=t("下线命令的端口；0：不发。", "UDP port for orders; 0: takes none.")),
        option(
            "--limit-proxy-state",
            "limit",
            type=_CHOICE,
            says=t(
                "丢弃带 Proxy-State 而没有 Message-Authenticator 的请求。",
                "Drop requests that carry Proxy-State without Message-Authenticator.",
            ),
        ),
        option(
            "--require-message-authenticator",
            "require",
            type=_CHOICE,
            says=t(
                "要求 Message-Authenticator（CVE-2024-3596）；auto：按观察。",
                "Require Message-Authenticator (CVE-2024-3596); auto: as observed.",
            ),
        ),
        option("--site", says=t("地点，供规则使用。", "Site, for rules.")),
        option("--group", says=t("组，供规则使用。", "Group, for rules.")),
    ):
        body = declare(body)
    return body


_ANYWAY = option(
    "--anyway",
    is_flag=True,
    says=t("即使它无法执行某些规则的限制。", "Although it cannot carry out what some rules demand."),
)


def _refuse(work: Any, number: int, *, anyway: bool) -> None:
    """Refuse a device that would ignore limits of zones into which rules lead on it."""
    from operate.objections import refuse_objections

    if not anyway:
        refuse_objections(work.session, device=number)


def vendors() -> tuple[str, ...]:
    """Return the vendors that there are."""
    from radius.vendor import vendor_names

    return vendor_names()


@noun.verb(
    "add", t("登记一台网络设备，生成密钥并只显示一次。", "Register a device; its secret is made and shown once.")
)
@argument("name", says=t("名称，例如 sw-floor2。", "Name, such as sw-floor2."))
@argument("prefix", says=t("地址或网段，IPv4 或 IPv6。", "Address or prefix, IPv4 or IPv6."))
@option(
    "--vendor",
    default="standard",
    show_default=True,
    says=t("厂商，radius/vendors 中的文件名。", "A file of radius/vendors."),
)
@_ANYWAY
@fields
def add(call: Call, *, name: str, prefix: str, vendor: str, anyway: bool, **given: Any) -> None:
    """Register a network device."""
    from access import devices

    told = {field: value for field, value in given.items() if value is not None}
    sealer = call.sealer
    with call.store.write() as work:
        number, secret = devices.add(
            work, call.actor, sealer, vendors(), name=name, prefix=prefix, vendor=vendor, **told
        )
        _refuse(work, number, anyway=anyway)
        data = data_of(devices.find(work.session, str(number)))
    done = safe(t("已登记 {name}（{prefix}）。", "Added {name} ({prefix}).").fill(**data))
    call.show({**data, "secret": secret}, f"{done}\n{SECRET.fill(secret=secret)}")


@noun.verb("change", t("修改登记内容；密钥另用 rotate-secret。", "Change the record; secrets by rotate-secret."))
@argument("which", says=WHICH)
@option("--name", says=t("新名称。", "New name."))
@option("--prefix", says=t("新地址或网段。", "New address or prefix."))
@option("--vendor", says=t("厂商。", "Vendor."))
@option("--enabled/--disabled", default=None, says=t("启用或停用。", "Let it ask, or not."))
@option(
    "--forget-observed",
    "forget",
    is_flag=True,
    says=t("忘记观察结果，由下一个请求重新决定。", "Forget what was observed: the next request decides anew."),
)
@_ANYWAY
@fields
def change(call: Call, which: str, *, anyway: bool, forget: bool, **given: Any) -> None:
    """Change a network device."""
    from access import devices

    told = {field: value for field, value in given.items() if value is not None}
    if not told and not forget:
        raise refused(t("没有要修改的内容。", "Nothing to change was given."))
    if told.get("dynauth_address") == "":
        told["dynauth_address"] = None

    def act(work: Any, number: int) -> None:
        if told:
            devices.change(work, call.actor, number, vendors(), **told)
        if forget:
            devices.forget_observed(work, call.actor, number)
        _refuse(work, number, anyway=anyway)

    _change(call, which, act)


@noun.verb("list", t("列出网络设备。", "List network devices."))
@option("--exposed", is_flag=True, says=t("只列出可能被伪造的。", "Only those open to forgery (CVE-2024-3596)."))
def list_devices(call: Call, exposed: bool) -> None:
    """List network devices."""
    from sqlalchemy import select

    from access.devices import protection
    from access.tables import DeviceRow

    with call.store.read() as session:
        rows = list(session.scalars(select(DeviceRow).order_by(DeviceRow.name)))
    wanted = [row for row in rows if not exposed or protection(row) != "safe"]
    call.show_table([data_of(row) for row in wanted], COLUMNS, t("没有找到。", "None found."))


@noun.verb("show", t("显示一台网络设备。", "Show a network device."))
@argument("which", says=WHICH)
def show(call: Call, which: str) -> None:
    """Show a network device."""
    from access import devices

    with call.store.read() as session:
        data = data_of(devices.find(session, which))
    call.show_sheet(data, SHEET)


@noun.verb(
    "rotate-secret",
    t(
        "更换密钥：先生成新密钥（新旧同时有效），设备改好后加 --finish。",
        "Rotate the secret: the next one is made and both are valid; with --finish only the new one is.",
    ),
)
@argument("which", says=WHICH)
@option("--finish", is_flag=True, says=t("设备已改用新密钥：作废旧密钥。", "The device uses the new one: end the old."))
def rotate_secret(call: Call, which: str, finish: bool) -> None:
    """Begin or finish a rotation."""
    from access import devices

    sealer = call.sealer
    with call.store.write() as work:
        row = devices.find(work.session, which)
        if finish:
            devices.finish_rotation(work, call.actor, sealer, row.number)
            secret = None
        else:
            secret = devices.rotate_secret(work, call.actor, sealer, row.number)
        data = data_of(row)
    if secret is None:
        call.show(data, safe(t("{name} 现在只用新密钥。", "{name} has only the new secret now.").fill(**data)))
        return
    after = t(
        "设备改好后：./truename device rotate-secret {name} --finish", "Then: device rotate-secret {name} --finish"
    )
    call.show({**data, "secret": secret}, f"{SECRET.fill(secret=secret)}\n{safe(after.fill(**data))}")


@noun.verb(
    "lock",
    t("要求 Message-Authenticator，不再观察（CVE-2024-3596）。", "Require Message-Authenticator from now on."),
)
@argument("which", says=WHICH)
@option("--undo", is_flag=True, says=t("恢复自动观察。", "Let it be observed again."))
def lock(call: Call, which: str, undo: bool) -> None:
    """Require Message-Authenticator of a device."""
    from access import devices

    def act(work: Any, number: int) -> None:
        devices.change(work, call.actor, number, vendors(), require="auto" if undo else "yes")
        if undo:
            devices.forget_observed(work, call.actor, number)

    _change(call, which, act)


@noun.verb(
    "probe",
    t(
        "探测设备是否应答下线命令：请它断开一个虚构的会话，不影响任何人。"
        "退出码：0 应答，1 拒绝执行、密钥不符或无法发出，69 没有应答，75 仍在等待。",
        "Find out whether a device answers orders: it is asked to end a session that was made up, so nobody is "
        "affected. Leaves with 0: it does, 1: it declines, has another secret, or cannot be sent any, 69: no answer, "
        "75: still waiting.",
    ),
)
@argument("which", says=WHICH)
@WAIT
def probe(call: Call, which: str, wait: float) -> None:
    """Probe a network device."""
    from operate import probing

    probing.probe(call, which, wait)


@noun.verb("remove", t("删除登记；它发来的报文不再得到应答。", "Remove a device; nothing it sends is answered then."))
@argument("which", says=WHICH)
@option("--yes", is_flag=True, says=t("不再询问。", "Do not ask."))
def remove(call: Call, which: str, yes: bool) -> None:
    """Remove a network device."""
    from access import devices

    with call.store.read() as session:
        data = data_of(devices.find(session, which))
    question = t("删除 {name}（{prefix}）？", "Remove {name} ({prefix})?").fill(**data)
    if not yes and not click.confirm(safe(question), err=True):
        raise refused(t("没有改动任何东西。", "Nothing was changed."))
    with call.store.write() as work:
        devices.remove(work, call.actor, data["number"])
    call.show(data, safe(t("{name} 已删除。", "{name} is removed.").fill(**data)))


@noun.verb("inbox", t("列出提问过但没有登记的地址。", "List addresses that asked and are no registered device."))
@option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, says=t("最多行数。", "Most rows."))
def inbox(call: Call, limit: int) -> None:
    """List unknown sources."""
    from access import devices

    with call.store.read() as session:
        data = [source._asdict() for source in devices.unknown_sources(session, limit)]
    columns = {
        "address": t("地址", "address"),
        "packets": t("报文数", "packets"),
        "first_at": t("首次", "first"),
        "last_at": t("最近", "last"),
    }
    call.show_table(data, columns, t("收件箱是空的。", "The inbox is empty."))


@noun.verb(
    "drops",
    t("列出一台设备发来而没有得到应答的报文及原因。", "List what a device sent and got no answer to, and why."),
)
@argument("which", says=WHICH)
def drops_of(call: Call, which: str) -> None:
    """List the drops of a device."""
    from access import device_drops, devices
    from portal.console.drop_words import words_of

    with call.store.read() as session:
        number = devices.find(session, which).number
        data = [drop._asdict() for drop in device_drops.drops(session, number, 0.0)]
    for row in data:
        told = words_of(row["drop"])
        row["says"], row["do"] = Text(*told.says), Text(*told.do)
    columns = {
        "drop": t("标签", "drop"),
        "packets": t("报文数", "packets"),
        "first_at": t("首次", "first"),
        "last_at": t("最近", "last"),
        "address": t("来自", "from"),
        "says": t("原因", "why"),
        "do": t("处理办法", "what to do"),
    }
    call.show_table(data, columns, t("没有被丢弃的报文。", "No packet of it was dropped."))


def _change(call: Call, which: str, act: Any) -> None:
    from access import devices

    with call.store.write() as work:
        row = devices.find(work.session, which)
        act(work, row.number)
        data = data_of(row)
    call.show_sheet(data, SHEET)


COMMAND = noun
