"""The closed list of refusals: a stable code, a Chinese and an English sentence, and what to do about it.

Every refusal of the product is a member of Reason; the edges (RADIUS, pages, commands) translate it once. Codes are
never used again for another meaning.
"""

from enum import Enum
from typing import NamedTuple


class Explanation(NamedTuple):
    """What a person and an operator are told; `hint` says what to do and is meant for the operator."""

    code: str
    chinese: str
    english: str
    remedy_chinese: str
    remedy_english: str


_WRONG_ZH = "用户名或密码不正确。"
_WRONG_EN = "The user name or password is not correct."
_WRONG_DO_ZH = "请检查输入法和大小写后重试；忘记密码请联系本单位管理员。"
_WRONG_DO_EN = "Check the keyboard and try again; ask your unit's administrator for a new password."


class Reason(Enum):
    """Why a login was refused."""

    # Who: the sentences of the first two are the same on purpose, so that nobody can find out which names exist.
    PERSON_UNKNOWN = Explanation("TN-101", _WRONG_ZH, _WRONG_EN, _WRONG_DO_ZH, _WRONG_DO_EN)
    PASSWORD_WRONG = Explanation("TN-102", _WRONG_ZH, _WRONG_EN, _WRONG_DO_ZH, _WRONG_DO_EN)
    PERSON_AMBIGUOUS = Explanation(
        "TN-103",
        "目录中有多个同名账号。",
        "The directory holds this login more than once.",
        "请管理员运行 reconcile 检查目录。",
        "Have an administrator run reconcile and remove the second entry.",
    )
    NAME_MALFORMED = Explanation(
        "TN-104",
        "用户名的格式不正确。",
        "The user name is not well formed.",
        "请只输入登录名，不含空格和控制字符。",
        "Type the login name only, without spaces or control characters.",
    )
    PASSWORD_MUST_CHANGE = Explanation(
        "TN-105",
        "初始密码必须先修改。",
        "The first password must be changed before use.",
        "请先在自助页面修改密码，再登录网络。",
        "Change the password first, then log in to the network.",
    )
    HARDWARE_UNKNOWN = Explanation(
        "TN-106",
        "此设备没有登记。",
        "This device is not registered.",
        "请用本人账号登录，或请管理员登记设备。",
        "Log in with your own account, or have an administrator register the device.",
    )
    HARDWARE_MISMATCH = Explanation(
        "TN-107",
        "所报设备地址与端口上的设备不一致。",
        "The hardware address claimed is not the one on the port.",
        "请检查交换机的 MAC 认证配置。",
        "Check the switch's MAC authentication settings.",
    )
    # State and time of the person
    PERSON_DRAFT = Explanation(
        "TN-201",
        "账号尚未通过实名核验。",
        "The real name behind this account is not verified yet.",
        "请到本单位管理员处核验身份。",
        "Have your unit's administrator verify your identity.",
    )
    PERSON_SUSPENDED = Explanation(
        "TN-202",
        "账号已停用。",
        "This account is suspended.",
        "请联系本单位管理员。",
        "Ask your unit's administrator.",
    )
    PERSON_LEFT = Explanation(
        "TN-203",
        "账号已注销。",
        "This account has ended.",
        "如仍在职，请联系本单位管理员。",
        "If you still work here, ask your unit's administrator.",
    )
    NOT_YET_VALID = Explanation(
        "TN-204",
        "账号尚未到生效时间。",
        "This account is not valid yet.",
        "请在生效时间之后登录。",
        "Log in after it becomes valid.",
    )
    EXPIRED = Explanation(
        "TN-205",
        "账号已过有效期。",
        "This account has expired.",
        "请联系本单位管理员延期。",
        "Ask your unit's administrator to extend it.",
    )
    PERSON_LOCKED_OUT = Explanation(
        "TN-206",
        "密码错误次数过多，账号暂时锁定。",
        "Too many wrong passwords; the account is locked for a while.",
        "请稍后再试，或请管理员解锁。",
        "Wait and try again, or ask an administrator to unlock it.",
    )
    HARDWARE_LOCKED_OUT = Explanation(
        "TN-207",
        "此设备密码错误次数过多，暂时锁定。",
        "Too many wrong passwords from this device; it is locked for a while.",
        "请更新设备中保存的旧密码后再试。",
        "Update the old password stored on the device, then try again.",
    )
    DIRECTORY_LOCKED = Explanation(
        "TN-208",
        "账号在目录中被锁定。",
        "The directory has locked this account.",
        "请联系管理员解锁。",
        "Ask an administrator to unlock it.",
    )
    DEVICE_LOST = Explanation(
        "TN-209",
        "此设备已被挂失。",
        "This device was reported lost.",
        "设备已找回的，请其主人登录“我的账号”取消挂失。",
        "If it was found, its owner takes it back on the account page.",
    )
    SESSION_LIMIT = Explanation(
        "TN-210",
        "此账号同时在线的设备已达上限。",
        "This account is online on as many devices as it may be.",
        "请先在“我的账号”中下线一台设备，或请管理员提高上限。",
        "End a session in My account first, or ask an administrator for a higher limit.",
    )
    # How
    METHOD_NOT_POSSIBLE = Explanation(
        "TN-301",
        "此账号的密码存储方式不支持该认证方法。",
        "The stored form of this password cannot serve this authentication method.",
        "请把交换机或终端改为 PAP，或启用可用的认证方法。",
        "Use PAP on the switch or device, or enable a method that this account supports.",
    )
    METHOD_NOT_ALLOWED = Explanation(
        "TN-302",
        "此处不允许使用该认证方法。",
        "This authentication method is not allowed here.",
        "请管理员检查网络设备允许的方法。",
        "Have an operator check the methods allowed on this network device.",
    )
    EAP_NOT_SERVED = Explanation(
        "TN-303",
        "尚不支持 802.1X（EAP）认证。",
        "802.1X (EAP) is not served yet.",
        "请在交换机上改用 MAC 认证或 Portal。",
        "Use MAC authentication or the portal on the switch.",
    )
    REQUEST_CONTRADICTORY = Explanation(
        "TN-304",
        "请求中的认证方法互相矛盾。",
        "The request carries authentication methods that exclude each other.",
        "请检查网络设备的配置。",
        "Check the network device's settings (RFC 2865 §4.1).",
    )
    REQUEST_INCOMPLETE = Explanation(
        "TN-305",
        "请求中缺少必要的信息。",
        "The request lacks something that it must carry.",
        "请检查网络设备的配置。",
        "Check the network device's settings (RFC 2865 §4.1).",
    )
    SECOND_FACTOR_MISSING = Explanation(
        "TN-306",
        "此处要求第二因素，而您的账号尚未登记。",
        "A second factor is needed here, and your account has none.",
        "请先在“我的账号”中登记第二因素，再登录。",
        "Enrol one in My account first, then log in.",
    )
    SECOND_FACTOR_WRONG = Explanation(
        "TN-307",
        "动态口令不正确，或已经用过。",
        "The one-time code is not correct, or was used already.",
        "请等验证器显示新的口令后再试，并检查手机时间。",
        "Wait for the next code, and check the phone's clock.",
    )
    VISIT_UNKNOWN = Explanation(
        "TN-308",
        "无法确定您的设备接在哪里。",
        "It is not known where your device is connected.",
        "请断开网络后重新连接，再打开任意一个 http 网页。",
        "Disconnect, connect again, and open any http page.",
    )
    VISIT_ELSEWHERE = Explanation(
        "TN-309",
        "此登录地址属于另一台设备。",
        "This login address belongs to another device.",
        "请在自己的设备上打开任意一个 http 网页，由网络引导到登录页。",
        "Open any http page on your own device and let the network lead you here.",
    )
    FORM_EXPIRED = Explanation(
        "TN-310",
        "页面已过期。",
        "This page is out of date.",
        "请重新登录。",
        "Log in again.",
    )
    TOO_MANY_TRIES = Explanation(
        "TN-311",
        "来自此地址的尝试过多。",
        "Too many tries from this address.",
        "请等一分钟后再试。",
        "Wait a minute, then try again.",
    )
    # Where, when, what
    NO_RULE = Explanation(
        "TN-401",
        "没有规则允许此次登录。",
        "No rule allows this login.",
        "请管理员用 explain 查看缺少哪一项条件。",
        "Have an operator run explain to see which condition is missing.",
    )
    RULE_REFUSES = Explanation(
        "TN-402",
        "规则不允许此次登录。",
        "A rule refuses this login.",
        "请管理员用 explain 查看是哪条规则。",
        "Have an operator run explain to see which rule it is.",
    )
    # Us
    DIRECTORY_STALE = Explanation(
        "TN-501",
        "目录信息已过期，暂时不能登录。",
        "What is known of the directory is too old to decide on.",
        "请运维人员检查目录服务。",
        "Have an operator check the directory server.",
    )
    DIRECTORY_UNAVAILABLE = Explanation(
        "TN-502",
        "目录服务没有应答。",
        "The directory does not answer.",
        "请运维人员检查目录服务。",
        "Have an operator check the directory server.",
    )
    INTERNAL = Explanation(
        "TN-503",
        "系统内部错误，未能作出判断。",
        "An internal error prevented a decision.",
        "请运维人员查看日志。",
        "Have an operator look at the log.",
    )

    @property
    def code(self) -> str:
        """The stable code, for logs, records and metrics."""
        return self.value.code
