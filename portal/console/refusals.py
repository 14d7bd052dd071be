"""The closed list of what the console refuses: a stable code, both languages, and what to do."""

from enum import Enum

from directory.refusal import RegistryRefused
from portal.language import Text, Wording


class Why(Enum):
    """Why a page or an act was refused. Codes are never used again for another meaning."""

    LOGIN_WRONG = Wording(
        "CN-101",
        Text(
            "登录名、密码或动态口令不正确。连续出错会暂时锁定。",
            "Login, password or one-time code is not correct. Repeated errors lock the account for a while.",
        ),
    )
    LOCKED = Wording("CN-102", Text("错误次数过多，请稍后再试。", "Too many errors; try again later."))
    LINK_DEAD = Wording(
        "CN-103",
        Text(
            "此链接不存在、已使用或已过期。请向发出链接的人索取新的链接。",
            "This link does not exist, was used, or has expired. Ask whoever gave it for a new one.",
        ),
    )
    CODE_WRONG = Wording(
        "CN-104",
        Text(
            "动态口令不正确，请检查手机时间后重试。", "The code is not correct; check the phone's clock and try again."
        ),
    )
    LOGIN_TAKEN = Wording(
        "CN-105", Text("已有管理员使用此登录名。", "There is an administrator of this login already.")
    )
    ALREADY_ADMINISTRATOR = Wording(
        "CN-106",
        Text(
            "此人已是管理员，一人不能兼任两种角色。", "This person is an administrator already; nobody holds two roles."
        ),
    )
    NOT_ALLOWED = Wording("CN-201", Text("您的角色不能进行此操作。", "Your role may not do this."))
    NOT_FOUND = Wording(
        "CN-202", Text("没有此页，或不在您的管理范围内。", "There is no such page, or it is not yours to see.")
    )
    FORM_STALE = Wording(
        "CN-203",
        Text("表单已过期，请重新打开本页再提交。", "The form is out of date; open the page again and submit it."),
    )
    OWN_REQUEST = Wording("CN-204", Text("不能审批或更改自己。", "Nobody approves or changes the own account."))
    IS_ADMINISTRATOR = Wording(
        "CN-211",
        Text(
            "此人是管理员，须由系统管理员办理。",
            "This person is an administrator; ask a system administrator to do this.",
        ),
    )
    TOO_MANY = Wording("CN-205", Text("请求过多，请稍后再试。", "Too many requests; try again later."))
    FIELD_MISSING = Wording("CN-301", Text("此项不能为空。", "This cannot be empty."))
    FIELD_MALFORMED = Wording("CN-302", Text("此项的格式不正确。", "This is not well formed."))
    PASSWORDS_DIFFER = Wording("CN-303", Text("两次输入的密码不同。", "The two passwords differ."))
    ZONE_UNKNOWN = Wording("CN-311", Text("没有此区域。", "There is no such zone."))
    NOBODY_CHOSEN = Wording("CN-312", Text("请至少选择一人。", "Choose at least one person."))
    MANY_CHOSEN = Wording(
        "CN-313",
        Text("一次最多选择 2,000 人，请缩小范围。", "At most 2,000 people at once; narrow the search."),
    )
    LIST_GONE = Wording(
        "CN-315",
        Text(
            "名单已不在：上传半小时后、重新上传或服务重启后即清除。请重新上传文件。",
            "The list is gone: it is kept for half an hour, until the next upload or a restart. Upload the file again.",
        ),
    )
    PASSWORD_WRONG = Wording("CN-314", Text("密码不正确。", "The password is not correct."))
    NOT_PUBLISHED = Wording(
        "CN-411",
        Text(
            "此人尚未发布到目录，请过几秒再试。",
            "This person is not in the directory yet; try again in a few seconds.",
        ),
    )
    DIRECTORY_AWAY = Wording(
        "CN-412",
        Text("目录服务暂时没有应答，请稍后再试。", "The directory does not answer; try again later."),
    )
    ORDER_REFUSED = Wording("CN-401", Text("会话已结束或不存在。", "The session is over or does not exist."))

    @property
    def code(self) -> str:
        """The stable code."""
        return self.value.code


class ConsoleRefused(Exception):  # noqa: N818 - a refusal with a reason, not an error of the program
    """A page or an act is refused; shown with `status`, beside `field` where a form has one."""

    def __init__(self, why: Why, field: str = "", *, status: int = 400) -> None:
        super().__init__(f"{why.code} {field}")
        self.why = why
        self.field = field
        self.status = status


def beside_field(refused: ConsoleRefused | RegistryRefused) -> dict[str, Text]:
    """Return a refusal as the errors of a form: field and sentence."""
    if isinstance(refused, ConsoleRefused):
        return {refused.field: refused.why.value.text}
    return {refused.field: Text(refused.flaw.value.chinese, refused.flaw.value.english)}
