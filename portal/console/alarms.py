"""How the network fares, as states: each says what it is, and where something is wrong, what to do. Pure."""

from typing import NamedTuple

from portal.language import Language, Text
from portal.rendering import duration

LATE = 60.0  # seconds after which a change that is not published is late
MUCH_LATE = 600.0
BEHIND = 5.0  # seconds without a sign from the directory that are out of the ordinary
FEW = 50  # logins below which a share of refusals says nothing
MANY_REFUSED = 0.3


class State(NamedTuple):
    """One thing that is watched."""

    mood: str  # good, warn, bad
    name: Text
    says: Text
    do: Text | None = None
    link: str | None = None


def span(seconds: float) -> Text:
    """Return a span in both languages."""
    return Text(duration(seconds, Language.CHINESE), duration(seconds, Language.ENGLISH))


def directory(age: float, max_age: float) -> State:
    """Return how fresh the knowledge of the directory is; ages are in seconds, infinite before the first time."""
    name = Text("目录", "Directory")
    if age == float("inf"):
        return State(
            "bad",
            name,
            Text("还没有读到目录，任何人都不能登录。", "It was never read; nobody can log in."),
            Text(
                "请检查目录服务是否运行、地址和账号是否正确。",
                "Check that the server runs, and its address and account.",
            ),
        )
    says = Text("{span}前确认同步。", "In step {span} ago.").fill(span=span(age))
    if age > max_age:
        stale = Text("已 {span}没有同步，登录全部被拒绝。", "Out of step for {span}; all logins are refused.")
        do = Text("请检查目录服务和到它的网络。", "Check the directory server and the way to it.")
        return State("bad", name, stale.fill(span=span(age)), do)
    if age > BEHIND:
        do = Text(
            "超过 {span}将拒绝登录；请留意目录服务。", "Beyond {span} logins are refused: keep an eye on the server."
        ).fill(span=span(max_age))
        return State("warn", name, says, do)
    return State("good", name, says)


def publication(subjects: int, oldest: float | None, now: float) -> State:
    """Return whether changes reach the directory; `oldest` is when the first of those that wait was made (epoch)."""
    name = Text("发布", "Publication")
    if not subjects or oldest is None:
        return State("good", name, Text("登记的变更已全部发布到目录。", "All changes are in the directory."))
    waits = now - oldest
    says = Text("{n} 项变更等待发布，最早的已 {span}。", "{n} changes wait, the oldest for {span}.")
    says = says.fill(n=subjects, span=span(waits))
    if waits <= LATE:
        return State("good", name, says)
    do = Text(
        "停用、离职等变更在发布前不会生效；请检查目录服务，详情见 reconcile 命令。",
        "Until then suspensions and departures do not take effect; check the directory, and see the command reconcile.",
    )
    return State("bad" if waits > MUCH_LATE else "warn", name, says, do)


def devices(enabled: int, silent: int) -> State:
    """Return whether all network devices are heard of."""
    name = Text("网络设备", "Network devices")
    if not enabled:
        do = Text(
            "登记交换机、控制器后，才会有登录。", "There are no logins before switches and controllers are registered."
        )
        return State("bad", name, Text("还没有登记网络设备。", "None is registered."), do, "/devices/new")
    if not silent:
        return State(
            "good", name, Text("{n} 台，24 小时内都有消息。", "All {n} were heard of within 24 hours.").fill(n=enabled)
        )
    return State(
        "bad" if silent == enabled else "warn",
        name,
        Text("{n} 台中有 {silent} 台 24 小时没有消息。", "{silent} of {n} were silent for 24 hours.").fill(
            n=enabled, silent=silent
        ),
        Text(
            "请检查它们是否在线，认证和计费服务器是否指向本服务；停用的请在登记中停用。",
            "Check that they are up and point to this service for authentication and accounting; disable unused ones.",
        ),
        "#silent",
    )


def unheard(count: int) -> State | None:
    """Return that devices get no answer, because of what they send; None where there are none."""
    if not count:
        return None
    return State(
        "bad",
        Text("被丢弃的报文", "Dropped packets"),
        Text(
            "{n} 台网络设备一小时内的报文没有得到应答。", "Within the last hour {n} network devices got no answer."
        ).fill(n=count),
        Text(
            "多半是共享密钥不同或没有签名；打开设备页面看原因。",
            "Another shared secret or no signature, as a rule: the page of the device says which.",
        ),
        "/devices?show=unheard",
    )


def rules(count: int) -> State | None:
    """Return that there is no rule; None where there are some."""
    if count:
        return None
    return State(
        "bad",
        Text("规则", "Rules"),
        Text("没有启用的规则，任何人都不能登录。", "No rule is enabled; nobody can log in."),
        Text("请安全管理员建立第一条规则。", "Have the security administrator make the first one."),
        "/rules",
    )


def refusals(granted: int, refused: int) -> State | None:
    """Return that an unusual share of logins is refused; None where it is not."""
    total = granted + refused
    if total < FEW or refused / total < MANY_REFUSED:
        return None
    return State(
        "warn",
        Text("登录", "Logins"),
        Text("24 小时内有 {share}% 的登录被拒绝。", "{share}% of logins within 24 hours were refused.").fill(
            share=round(100 * refused / total)
        ),
        Text("请看下面的拒绝原因，从最多的一项查起。", "Look at the reasons below, beginning with the most frequent."),
        "#reasons",
    )
