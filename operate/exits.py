"""How a command ends: the exit codes, and the one error that carries one of them with its words.

Numbers above 63 are those of BSD's sysexits.h, where schedulers and scripts expect them.
"""

from enum import IntEnum
from typing import NamedTuple

from operate.words import Text, t


class Exit(IntEnum):
    """What a command tells the shell."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNAVAILABLE = 69
    INTERNAL = 70
    TRY_AGAIN = 75
    SETTINGS = 78
    INTERRUPTED = 130


MEANING: dict[Exit, Text] = {
    Exit.DONE: t("完成", "done"),
    Exit.REFUSED: t("被拒绝，已说明原因", "refused, with the reason"),
    Exit.USAGE: t("命令写法不对", "the command was not written correctly"),
    Exit.UNAVAILABLE: t("所需的服务没有运行", "a service that is needed does not run"),
    Exit.INTERNAL: t("内部错误", "internal error"),
    Exit.TRY_AGAIN: t("暂时不行，请稍后再试", "not now; try again later"),
    Exit.SETTINGS: t("设置有误", "something is wrong in the settings"),
    Exit.INTERRUPTED: t("被中断", "interrupted"),
}


class Failure(NamedTuple):
    """How a command failed, as it is reported. `code` is the stable code of a refusal, where it has one."""

    exit_code: Exit
    says: Text
    remedy: Text | None = None
    code: str | None = None
    more: tuple[Text, ...] = ()  # further sentences, each for a line of its own


class CommandFailed(Exception):  # noqa: N818 - it says how a command ended, which need not be an error
    """A command cannot do what it was asked; the fields are those of Failure. No sentence holds a line break."""

    def __init__(
        self,
        exit_code: Exit,
        says: Text,
        remedy: Text | None = None,
        code: str | None = None,
        more: tuple[Text, ...] = (),
    ) -> None:
        super().__init__(says.english)
        self.failure = Failure(exit_code, says, remedy, code, more)

    @property
    def exit_code(self) -> Exit:
        """What the shell gets."""
        return self.failure.exit_code

    @property
    def says(self) -> Text:
        """What is the matter."""
        return self.failure.says

    @property
    def remedy(self) -> Text | None:
        """What to do about it."""
        return self.failure.remedy

    @property
    def code(self) -> str | None:
        """The stable code of a refusal."""
        return self.failure.code


def refused(
    says: Text, remedy: Text | None = None, code: str | None = None, more: tuple[Text, ...] = ()
) -> CommandFailed:
    """Return the error of something that is refused for a reason."""
    return CommandFailed(Exit.REFUSED, says, remedy, code, more)
