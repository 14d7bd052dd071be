"""The closed list of what my account refuses: a stable code, both languages, and what to do."""

from enum import Enum

from portal.language import Text, Wording


class Why(Enum):
    """Why a page or an act was refused. Codes are never used again for another meaning."""

    NOT_FOUND = Wording(
        "AC-101",
        Text("没有此页，或不是您本人的。", "There is no such page, or it is not yours."),
    )
    FORM_STALE = Wording(
        "AC-102",
        Text("表单已过期，请重新打开本页再提交。", "The form is out of date; open the page again and submit it."),
    )
    SESSION_OVER = Wording(
        "AC-103", Text("此会话已经结束，不必再断开。", "This session is over already; there is nothing to end.")
    )
    LOST_STAYS = Wording(
        "AC-104",
        Text(
            "已挂失的设备不能移除，否则它又能接入。请先取消挂失。",
            "A device reported lost cannot be forgotten, or it would be let in again. Take it back first.",
        ),
    )
    NOT_IN_REGISTRY = Wording(
        "AC-105",
        Text(
            "您的账号由另一目录管理，不能在此登记第二因素。请联系本单位管理员。",
            "Your account is kept in another directory, so no second factor can be enrolled here. Ask your unit's "
            "administrator.",
        ),
    )
    FIELD_MISSING = Wording("AC-201", Text("此项不能为空。", "This cannot be empty."))
    PASSWORDS_DIFFER = Wording("AC-202", Text("两次输入的密码不同。", "The two passwords differ."))
    SAME_PASSWORD = Wording("AC-203", Text("新密码与原密码相同。", "The new password is the old one."))
    CODE_WRONG = Wording(
        "AC-204",
        Text(
            "动态口令不正确。请等验证器显示新的口令后再试，并检查手机时间。",
            "The code is not correct. Wait for the next one, and check the phone's clock.",
        ),
    )

    @property
    def code(self) -> str:
        """The stable code."""
        return self.value.code


class AccountRefused(Exception):  # noqa: N818 - a refusal with a reason, not an error of the program
    """A page or an act is refused; shown with `status`, as a page of its own."""

    def __init__(self, why: Why, *, status: int = 400) -> None:
        super().__init__(why.code)
        self.why = why
        self.status = status


def not_found() -> AccountRefused:
    """Return the one answer for what does not exist and for what is another person's."""
    return AccountRefused(Why.NOT_FOUND, status=404)
