"""What the demo says once it is up: an account, and the line that asks for it as a switch would."""

from operate.demo_doors import Doors
from operate.demo_settings import LOOPBACK
from operate.words import Text, plain, t

HARDWARE = "02-00-5E-10-00-07"
PORT = "GE1/0/7"


def radclient_line(login: str, password: str, address: str, secret: str) -> str:
    """Return a line for a shell that asks once, signed, for a wired port."""
    attributes = ",".join(
        (
            f"User-Name={login}",
            f"User-Password={password}",
            f"NAS-IP-Address={LOOPBACK}",
            "NAS-Port-Type=Ethernet",
            f"NAS-Port-Id={PORT}",
            f"Calling-Station-Id={HARDWARE}",
            "Message-Authenticator=0x00",
        )
    )
    return f"echo '{attributes}' | radclient -x {address} auth {secret}"


def greeting(
    *, login: str, password: str, address: str, secret: str, file: str, health: str, doors: Doors
) -> tuple[Text, ...]:
    """Return the lines, in order."""
    return (
        plain(""),
        t(
            "清水市已就绪。登录名 {login}，一次性密码 {password}",
            "Qingshui is up. Login {login}, one-time password {password}",
        ).fill(login=login, password=password),
        t(
            "像交换机一样问一次（应得到 Access-Accept 和 VLAN）：",
            "Ask as a switch would (expect Access-Accept and a VLAN):",
        ),
        plain(f"  {radclient_line(login, password, address, secret)}"),
        t(
            "没有 radclient？apt install freeradius-utils，或在另一个终端运行：",
            "No radclient? apt install freeradius-utils, or in a second terminal:",
        ),
        plain("  ./truename ask"),
        t(
            "未登记的设备会被引导到登录页：{page}",
            "A device that nobody registered is led to the login page: {page}",
        ).fill(page=doors.portal + doors.redirect),
        t(
            "控制台：{console}，用这个一次性链接成为第一个管理员：",
            "The console: {console}; this one-time link makes you its first administrator:",
        ).fill(console=doors.console),
        plain(f"  {doors.link}"),
        t("管理命令可在另一个终端使用，例如：", "Operator commands work in a second terminal, such as:"),
        plain(f"  ./truename person list    ./truename logins    ./truename online    ./truename explain {login}"),
        t(
            "连接参数写在 {file}；指标在 {health}；Ctrl-C 全部停止。",
            "Parameters are in {file}, metrics at {health}; Ctrl-C stops it all.",
        ).fill(file=file, health=health),
        plain(""),
    )
