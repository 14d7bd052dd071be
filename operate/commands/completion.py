"""`completion`: the script that teaches a shell the commands."""

import click

from operate.call import Call
from operate.commands import PROGRAM, root
from operate.spoken import argument, command
from operate.words import t


@command(
    "completion",
    t(
        '输出补全脚本。例如：eval "$(./truename completion bash)"，或写入 shell 的启动文件。',
        'Print the completion script of a shell, as in: eval "$(./truename completion bash)".',
    ),
)
@argument("shell", type=click.Choice(["bash", "zsh", "fish"]), says=t("哪一种 shell。", "Which shell."))
def completion(call: Call, shell: str) -> None:
    """Print the script."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - click knows the three shells of the choice
    complete = kind(root(), {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE")
    # `source` of bash starts a bash to ask for its version; the template needs 4.4, of 2016.
    script = complete.source_template % complete.source_vars()
    call.show({"shell": shell, "script": script}, script)


COMMAND = completion
