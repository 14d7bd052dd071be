"""Set a person's password from the command line: never an argument, never in a log, only in the directory."""

import time
from typing import TYPE_CHECKING, TextIO

from operate.exits import CommandFailed, Exit
from operate.liveness import need_service, service_answers
from operate.words import Text, t

if TYPE_CHECKING:
    from operate.call import Call

PATIENCE = 10.0  # seconds to wait until a new person is published
PAUSE = 0.1


def read_password(stream: TextIO, login: str, name: str) -> str:
    """Read one line. Raises CommandFailed for what the policy speaks against (directory.password_policy)."""
    from directory.password_policy import objections

    words = stream.readline().rstrip("\r\n")
    found = objections(words, login, name)
    if found:
        every = [Text(one.value.chinese, one.value.english) for one in found]
        raise CommandFailed(Exit.REFUSED, every[0].joined(*every[1:]), code=found[0].code)
    return words


def set_password(call: "Call", subject: str, words: str, *, must_change: bool) -> None:
    """Store a password in the directory once the person is there. Raises CommandFailed, DirectoryUnavailable."""
    from directory.passwords import hash_new
    from directory.verifiers import set_password as store_verifier
    from operate.wiring import publishing_pool

    need_service(call.settings)
    wait_for_publication(call, subject)
    with publishing_pool(call.settings) as pool:
        store_verifier(pool, call.settings.directory.suffix, subject, hash_new(words), must_change=must_change)
    with call.store.write() as work:
        work.act(call.actor, "person.password", subject, None, {"must_change": must_change})


def wait_for_publication(call: "Call", subject: str) -> None:
    """Return once nothing of this subject waits in the outbox. Raises CommandFailed after PATIENCE seconds."""
    from sqlalchemy import select

    from directory.registry import PublicationRow

    deadline = time.monotonic() + PATIENCE
    while True:
        with call.store.read() as session:
            rows = session.scalars(select(PublicationRow).where(PublicationRow.subject == subject)).all()
        if not rows:
            return
        if time.monotonic() >= deadline:
            break
        time.sleep(PAUSE)
    if service_answers(call.settings) is False:
        need_service(call.settings)
    error = next((row.error for row in rows if row.error), None)
    says = t("此人还没有发布到目录：{why}", "This person is not yet in the directory: {why}")
    why = error or t("仍在排队", "still waiting")
    raise CommandFailed(
        Exit.TRY_AGAIN, says.fill(why=why), t("./truename doctor 可以查明。", "./truename doctor tells.")
    )
