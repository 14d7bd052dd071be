"""Words of the records as pages say them: what a code means, by the field that holds it. Pure.

A code that is not in its table is shown as it is: a kind of endpoint that somebody typed, a cause of a device's own.
"""

from portal.language import Text, plain

TERMS: dict[str, dict[str, Text]] = {
    "state": {
        "draft": Text("待核验", "Draft"),
        "active": Text("有效", "Active"),
        "suspended": Text("已停用", "Suspended"),
        "left": Text("已离职", "Left"),
        "preserved": Text("仅存档", "Preserved"),
    },
    # An endpoint leaves by being retired, and nobody calls that a departure.
    "endpoint_state": {
        "active": Text("在用", "In use"),
        "suspended": Text("待接手", "Waits for an owner"),
        "left": Text("已注销", "Retired"),
    },
    "category": {
        "staff": Text("在编", "Staff"),
        "contract": Text("聘用", "Contract"),
        "vendor": Text("外包", "Vendor"),
        "visitor": Text("访客", "Visitor"),
        "seconded": Text("借调", "Seconded"),
        "retired": Text("退休", "Retired"),
    },
    "unit_kind": {
        "city": Text("市", "City"),
        "town": Text("镇", "Town"),
        "park": Text("园区", "Park"),
        "subdistrict": Text("街道", "Sub-district"),
        "community": Text("社区（村）", "Community"),
        "department": Text("部门", "Department"),
    },
    "endpoint_kind": {
        "printer": Text("打印机", "Printer"),
        "camera": Text("摄像头", "Camera"),
        "phone": Text("电话机", "Telephone"),
        "display": Text("显示屏", "Display"),
        "meeting": Text("会议终端", "Meeting-room device"),
        "door": Text("门禁", "Door control"),
        "sensor": Text("传感器", "Sensor"),
        "terminal": Text("自助终端", "Self-service terminal"),
        "server": Text("服务器", "Server"),
        "other": Text("其他", "Other"),
    },
    "assurance": {
        "0": Text("尚未核验", "Not verified"),
        "1": Text("1 级：由单位证明", "1: the unit vouches"),
        "2": Text("2 级：当面核对证件", "2: document seen, in person"),
        "3": Text("3 级：证件经联网核查", "3: document checked with its issuer"),
    },
    "verdict": {
        "add": Text("新增", "Added"),
        "change": Text("更改", "Changed"),
        "unchanged": Text("不变", "Unchanged"),
        "refused": Text("有误", "Refused"),
    },
    "method": {
        "pap": Text("密码（PAP）", "Password (PAP)"),
        "chap": Text("密码（CHAP）", "Password (CHAP)"),
        "mschapv2": Text("密码（MS-CHAPv2）", "Password (MS-CHAPv2)"),
        "mac": Text("设备地址", "Hardware address"),
        "portal": Text("认证页面", "Portal"),
    },
    "medium": {
        "wired": Text("有线", "Wired"),
        "wireless": Text("无线", "Wireless"),
        "remote": Text("远程", "Remote"),
        "unknown": Text("未知", "Unknown"),
    },
    "strength": {
        "0": Text("未证明身份", "Nothing proven"),
        "1": Text("密码", "Password"),
        "2": Text("双因素", "Two factors"),
    },
    "order": {
        "disconnect": Text("断开会话", "Disconnect"),
        "coa": Text("转入其他区域", "Move to another zone"),
        "reauthenticate": Text("重新认证", "Ask again"),
        "probe": Text("探测下线命令", "Probe"),
    },
    "outcome": {
        "ack": Text("设备已执行", "Done by the device"),
        "nak": Text("设备拒绝执行", "Refused by the device"),
        "timeout": Text("设备没有应答", "No answer from the device"),
        "unreachable": Text("无法送达设备", "The device cannot be reached"),
        "ended": Text("会话已先行结束", "The session had ended already"),
    },
    # Acct-Terminate-Cause (RFC 2866 §5.10, RFC 3580 §3.1) as access.lifetime words it, and its own three.
    "ending": {
        "user request": Text("用户下线", "Logged out"),
        "lost carrier": Text("线路断开", "Line went down"),
        "lost service": Text("服务中断", "Service was lost"),
        "idle timeout": Text("闲置超时", "Idle for too long"),
        "session timeout": Text("会话到期", "Session time was over"),
        "admin reset": Text("被管理员断开", "Ended by an administrator"),
        "admin reboot": Text("设备被管理员重启", "Device was restarted by an administrator"),
        "port error": Text("端口故障", "Fault of the port"),
        "NAS error": Text("网络设备故障", "Fault of the network device"),
        "NAS request": Text("网络设备要求断开", "Ended by the network device"),
        "NAS reboot": Text("网络设备重启", "Network device restarted"),
        "port unneeded": Text("端口不再需要", "Port was not needed"),
        "port preempted": Text("端口被占用", "Port was given to another"),
        "port suspended": Text("端口被暂停", "Port was suspended"),
        "service unavailable": Text("服务不可用", "Service was not available"),
        "callback": Text("回拨", "Callback"),
        "user error": Text("用户端错误", "Error of the user's device"),
        "host request": Text("主机要求断开", "Ended by the host"),
        "supplicant restart": Text("终端重新认证", "Supplicant restarted"),
        "reauthentication failure": Text("重新认证失败", "Reauthentication failed"),
        "port reinitialised": Text("端口重新初始化", "Port was initialised again"),
        "port disabled": Text("端口被关闭", "Port was switched off"),
        "lost": Text("失去联系", "No more news of it"),
        "device restarted": Text("网络设备重启", "Network device restarted"),
        "superseded": Text("会话编号被重新使用", "Its session id was used anew"),
    },
}  # fmt: skip


def term(field: str, code: object) -> Text:
    """Return what a code of a field means; the code itself where it has no word of its own."""
    return TERMS.get(field, {}).get(str(code), plain(str(code)))
