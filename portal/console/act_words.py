"""Acts of the record in words, whatever they are about: noun and verb, and what a device answered. Pure.

An act that has no words is shown as it stands in the record: nothing is hidden for want of a word.
"""

from portal.language import Text, plain

NOUNS: dict[str, Text] = {
    "person": Text("人员", "person"),
    "unit": Text("单位", "unit"),
    "endpoint": Text("终端设备", "endpoint"),
    "device": Text("网络设备", "network device"),
    "zone": Text("区域", "zone"),
    "rule": Text("规则", "rule"),
    "session": Text("会话", "session"),
    "binding": Text("设备绑定", "binding"),
    "own_device": Text("个人设备", "own device"),
    "document": Text("证件", "document"),
    "factor": Text("第二因素", "second factor"),
    "administrator": Text("管理员", "administrator"),
    "console": Text("控制台", "console"),
    "account": Text("自助账号", "own account"),
    "portal": Text("认证页面", "portal"),
    "token": Text("接口令牌", "API token"),
    "audit": Text("审计", "audit"),
    "reader": Text("目录读取账号", "directory reader"),
    "login": Text("一次登录", "login"),
    "logins": Text("登录记录", "logins"),
    "address": Text("地址", "address"),
    "people": Text("人员名单", "list of people"),
    "rehearsal": Text("规则预演", "rehearsal of rules"),
}
_VERBS: dict[str, Text] = {
    "add": Text("登记", "added"),
    "change": Text("修改", "changed"),
    "remove": Text("删除", "removed"),
    "view": Text("查看", "looked at"),
    "rename": Text("改名", "renamed"),
    "move": Text("调动", "moved"),
    "rights": Text("权限调整", "rights changed"),
    "release": Text("实名核验", "real name verified"),
    "suspend": Text("停用", "suspended"),
    "resume": Text("恢复", "resumed"),
    "end": Text("注销", "ended"),
    "preserve": Text("转入存档", "preserved"),
    "password": Text("重设密码", "password set"),
    "unlock": Text("解锁", "unlocked"),
    "extend": Text("延期", "extended"),
    "hand_over": Text("移交", "handed over"),
    "retire": Text("注销", "retired"),
    "rotate": Text("更换密钥", "secret rotation begun"),
    "rotated": Text("密钥更换完成", "secret rotation finished"),
    "observe": Text("防伪状态观察", "observed against forgery"),
    "forget": Text("忘记", "forgotten"),
    "make": Text("建立", "made"),
    "lost": Text("挂失", "reported lost"),
    "taken_back": Text("取消挂失", "taken back"),
    "record": Text("登记", "recorded"),
    "reveal": Text("查看完整号码", "number read in full"),
    "enrol": Text("绑定", "enrolled"),
    "recover": Text("使用恢复码", "recovery code used"),
    "recovery_code": Text("使用恢复码", "recovery code used"),
    "recovery_codes": Text("更新恢复码", "recovery codes renewed"),
    "invite": Text("邀请", "invited"),
    "begin": Text("启用账号", "began"),
    "renew": Text("更换密码和第二因素", "password and second factor renewed"),
    "enable": Text("启用", "enabled"),
    "disable": Text("停用", "disabled"),
    "pause": Text("因多次出错暂时锁定", "paused after errors"),
    "revoke": Text("吊销", "revoked"),
    "revoke_link": Text("作废链接", "link revoked"),
    "revoke_links": Text("作废未用链接", "unused links revoked"),
    "login": Text("登录", "login"),
    "logout": Text("退出", "logout"),
    "end_sessions": Text("结束其他会话", "other sessions ended"),
    "export": Text("导出", "exported"),
    "verify": Text("校验完整性", "integrity checked"),
    "disconnect": Text("命令下线", "disconnect ordered"),
    "coa": Text("命令换区", "move to another zone ordered"),
    "reauthenticate": Text("命令重新认证", "reauthentication ordered"),
    "probe": Text("探测下线命令", "probe of orders"),
    "import": Text("导入", "imported"),
    "sessions": Text("断开全部会话", "sessions ended"),
    "logins": Text("登录记录", "logins"),
    "order": Text("调整顺序", "put in order"),
    "keep": Text("取消更换密钥", "secret rotation given up"),
}
_ANSWERS: dict[str, Text] = {
    "ack": Text("设备已执行", "done by the device"),
    "nak": Text("设备拒绝", "refused by the device"),
    "timeout": Text("设备没有应答", "no answer from the device"),
    "unreachable": Text("无法送达设备", "device not reached"),
    "ended": Text("会话已先行结束", "session had ended"),
    "view": Text("查看", "looked at"),
}
# A device that refuses a probe has passed it (portal.console.probe_answers).
_PROBED: dict[str, Text] = {
    "ack": Text("设备有应答", "answered by the device"),
    "nak": Text("设备有应答", "answered by the device"),
    "ended": Text("没有按时执行", "not carried out in time"),
}


def act_name(act: str) -> Text:
    """Return what was done, as people say it: 人员 停用 / person suspended."""
    noun, _, rest = act.partition(".")
    verb, _, answer = rest.partition(".")
    if noun not in NOUNS or verb not in _VERBS:
        return plain(act)
    said = Text(f"{NOUNS[noun].chinese}：{_VERBS[verb].chinese}", f"{NOUNS[noun].english} {_VERBS[verb].english}")
    if not answer:
        return said
    told = (_PROBED if verb == "probe" else {}).get(answer) or _ANSWERS.get(answer, plain(answer))
    return Text(f"{said.chinese}，{told.chinese}", f"{said.english}: {told.english}")
