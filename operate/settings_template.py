"""The commented truename.toml that `init` writes, made from the fields themselves."""

from dataclasses import MISSING, Field, fields
from typing import Any

# The Chinese half of each explanation; the English half stands with the field. A test finds what is missing.
CHINESE: dict[str, str] = {
    "truename": "整个产品",
    "truename.state": "状态目录：数据库、密钥、目录数据都在其中。",
    "truename.log_format": "日志格式：readable 供人阅读，json 供日志系统采集。",
    "truename.log_level": "记录的最低级别。",
    "truename.node": "多个节点共用一个数据库时，本节点的编号，0 到 7，各不相同。",
    "truename.health": "/livez、/readyz、/metrics（HTTP）的地址:端口。留空则不提供。",
    "store": "数据库",
    "store.url": "数据库。留空：状态目录中的 SQLite。PostgreSQL：postgresql://用户@主机:5432/库名，"
    "密码放在 PGPASSFILE 或服务文件中，不写在这里。",
    "directory": "LDAP 目录",
    "directory.kind": "embedded：自带的 OpenLDAP 子进程。openldap 或 389ds：已有的服务器。",
    "directory.suffix": "发布人员的命名上下文。",
    "directory.city": "目录树顶端的组织名称。",
    "directory.slapd": "slapd 程序的路径。留空：先找 PATH，再用解包的副本。",
    "directory.listen": "embedded：供外部应用使用的 ldaps:// 地址:端口。留空：只有本机套接字。",
    "directory.uris": "已有服务器：按优先顺序的 ldaps:// 地址，前一个不通时用下一个。",
    "directory.ca_file": "已有服务器：签发其证书的机构（PEM 文件）。",
    "directory.bind_dn": "已有服务器：可读取登录属性的账号。",
    "directory.password_file": "已有服务器：存放该账号密码的文件（权限 0400）。",
    "directory.people": "已有服务器：按类别筛选人员的过滤器。",
    "directory.publish": "已有服务器：把登记发布到其中，需要安装本产品的模式并使用可写的账号。"
    "false：以该服务器为准，登记另存；没有任何节点发布时，变更只保留一周等待发布。",
    "directory.verify": "mirror：与内存镜像中的密码校验值比较。bind：每次向服务器核对密码。",
    "directory.max_age": "目录信息超过这么多秒没有确认，就不再放行任何人。",
    "directory.listing_seconds": "389ds：两次列出全部条目之间的秒数，由此发现被删除和因输错密码被锁定的人员。",
    "directory.hash_threads": "每个 RADIUS 进程用于慢速密码散列的线程数。",
    "directory.hash_queue": "可排队等待的密码数；超出时由交换机重发。",
    "directory.cache_seconds": "已核对的密码在内存中记住的秒数（带密钥）。0：不记。",
    "access": "判定与会话",
    "access.time_zone": "规则中的时间所用的时区。",
    "access.person_failures": "一个人在所有设备上连续输错多少次密码后暂停。",
    "access.hardware_failures": "同一硬件地址为同一人输错多少次密码后暂停。",
    "access.failure_window": "在这么多秒之内累计输错次数。",
    "access.lockout": "暂停的秒数。",
    "access.interim": "区域没有规定时，两次计费中间记录之间的秒数。",
    "access.login_queue": "数据库不可用时，每个进程最多保留的登录记录数；超出的会丢失。",
    "access.accounting_queue": "每个进程中可等待提交的计费请求数；超出时由网络设备重发。",
    "access.lost_after": "连续缺少多少次中间记录后，会话视为已结束。",
    "radius": "RADIUS 服务",
    "radius.listen": "监听的 IPv4 和 IPv6 地址。",
    "radius.auth_port": "认证的 UDP 端口（RFC 2865 §3）。",
    "radius.acct_port": "计费的 UDP 端口（RFC 2866 §3）。",
    "radius.workers": "工作进程数。0：每个处理器核心一个。",
    "radius.reject_delay": "发出拒绝之前等待的秒数，防止猜密码。",
    "radius.duplicate_seconds": "为重发的请求保留应答的秒数（RFC 5080 §2.2.2）。",
    "radius.device_rate": "每个工作进程中，一台网络设备每秒可向每个端口发送的请求数。0：不限。",
    "radius.device_burst": "网络设备在空闲之后可一次发送的请求数。",
    "radius.login_rate": "网络设备上的一个终端（按硬件地址，没有则按所报用户名）每秒的认证请求数。0：不限。",
    "radius.login_burst": "一个终端可一次引起的认证请求数；一次 802.1X 登录最多约十二个。",
    "radius.quiet_after": "同一终端以相同的凭据、因相同的原因被拒绝多少次后，直接重复拒绝，不再判断。0：每次都判断。",
    "radius.quiet_window": "在这么多秒之内累计上述拒绝的次数。",
    "radius.quiet_seconds": "直接重复拒绝最多持续的秒数，之后的下一个请求重新判断。",
    "radius.receive_buffer": "向内核申请的接收缓冲区字节数。",
    "radius.require_message_authenticator": "用于登记为 auto 的网络设备（CVE-2024-3596）。",
    "radius.realms": "属于本单位的域：name@realm 按 name 查找（RFC 7542）。",
    "portal": "门户、我的账号与控制台",
    "portal.listen": "交换机重定向到的地址:端口（HTTP）。不在本机回环上时，只指引到 url。留空：不提供门户。",
    "portal.tls_listen": "门户和我的账号的地址:端口（HTTPS）。留空：只在本机回环上、不加密。",
    "portal.url": "终端访问门户所用的地址：https://portal.city.internal:8443",
    "portal.console_listen": "控制台及其接口的地址:端口。留空：不提供控制台。",
    "portal.console_url": "管理员访问控制台所用的地址：https://console.city.internal:8444",
    "portal.certificate": "证书及证书链（PEM 文件）。留空：由本产品自己的机构签发。",
    "portal.key": "证书私钥（PEM 文件，权限 0400）。",
    "portal.title": "登录页上显示的网络管理单位。",
    "portal.help": "登录遇到困难时找谁：单位、电话。",
    "portal.announcement": "登录框上方的一句公告。",
    "portal.binding_hours": "在门户登录一次，对一台设备有效的小时数。",
    "portal.console_idle": "管理员多少秒没有操作后自动退出。",
    "portal.console_hours": "无论如何，多少小时后管理员须重新登录。",
    "radius.limit_proxy_state": "用于登记为 auto 的网络设备（CVE-2024-3596）。",
}
_HEAD = """\
# Truename 实名接入：设置文件。注释掉的各行是默认值；去掉行首的 # 并修改。路径相对于本文件。
# Settings of Truename. The lines that are commented out show the defaults; remove the # and change them.
# Paths are relative to this file. Unknown names and impossible values stop the start.
"""


def template(sections: dict[str, type]) -> str:
    """Return the file for these classes."""
    parts = [_HEAD]
    for section, kind in sections.items():
        says = (kind.__doc__ or "").strip().splitlines()[0]
        parts.append(f"\n# {CHINESE.get(section, section)} - {says}\n[{section}]\n")
        parts.extend(_field(section, one) for one in fields(kind))
    return "".join(parts)


def _field(section: str, one: "Field[Any]") -> str:
    lines = [CHINESE.get(f"{section}.{one.name}", ""), one.metadata["says"]]
    if choices := one.metadata.get("choices"):
        lines.append("= " + " | ".join(choices))
    if bounds := one.metadata.get("range"):
        lines.append(f"= {bounds[0]} … {bounds[1]}")
    default = one.default if one.default is not MISSING else ""
    return "\n" + "".join(f"# {line}\n" for line in lines if line) + f"#{one.name} = {_toml(default)}\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
