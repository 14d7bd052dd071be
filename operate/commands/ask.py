"""`ask`: a newcomer's first login, in a second terminal beside the demo."""

import getpass

from operate.call import Call
from operate.exits import CommandFailed, Exit, refused
from operate.spoken import command, option
from operate.terminal import harmless
from operate.words import t


@command(
    "ask",
    t(
        "像交换机那样，为一个人向正在运行的演示提问一次。不带选项时使用演示给出的账号。",
        "Ask the running demo once, as a switch would for a person. Without options: the account that it printed.",
    ),
)
@option("--login", metavar="NAME", says=t("换一个登录名，会询问密码。", "Another login; its password is asked for."))
@option("--suspended", is_flag=True, says=t("使用已停用的账号。", "Use the account that is suspended."))
def ask(call: Call, login: str | None, suspended: bool) -> None:
    """Ask, and show what came back."""
    from operate import asking
    from operate.demo_settings import ENVIRONMENT, var

    try:
        environment = asking.read_environment(var() / ENVIRONMENT)
    except OSError:
        says = t("演示没有运行。", "The demo does not run.")
        remedy = t("请先在另一个终端运行 ./truename demo。", "Start it in another terminal: ./truename demo.")
        raise CommandFailed(Exit.UNAVAILABLE, says, remedy) from None
    who = "SUSPENDED" if suspended else "PERSON"
    name = login or environment[who]
    password = getpass.getpass(f"{name}: ") if login else environment[f"{who}_PASSWORD"]
    answer = asking.ask(environment, name, password)
    if answer.accepted is None:
        says = t("没有应答。", "No answer came.")
        raise CommandFailed(Exit.UNAVAILABLE, says, t("请看演示的输出。", "Look at what the demo prints."))
    verdict = "Access-Accept" if answer.accepted else "Access-Reject"
    lines = [verdict, *(f"  {attribute} = {harmless(value)}" for attribute, value in answer.attributes)]
    call.show({"login": name, "answer": verdict, "attributes": dict(answer.attributes)}, "\n".join(lines))
    if not answer.accepted:
        raise refused(t("没有获准接入。", "Not let in."))


COMMAND = ask
