"""Set a person's password from the command line: never an argument, never in a log, only in the directory."""

import secrets
import time
from typing import TYPE_CHECKING, TextIO

from operate.exits import CommandFailed, Exit
from operate.liveness import need_service, service_answers
from operate.words import t

if TYPE_CHECKING:
    from operate.call import Call

# No character that is mistaken for another, whether printed, written by hand or read over the telephone.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 12  # characters: 59 bits
SHORTEST, LONGEST = 8, 128  # characters; RADIUS itself carries 128 octets (RFC 2865 §5.2)
PATIENCE = 10.0  # seconds to wait until a new person is published
PAUSE = 0.1


def new_password() -> str:
    """Draw a password, in groups of four."""
    letters = [secrets.choice(ALPHABET) for _ in range(LENGTH)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, LENGTH, 4))


def read_password(stream: TextIO) -> str:
    """Read one line. Raises CommandFailed for what cannot be typed at a login or is too easy to guess."""
    words = stream.readline().rstrip("\r\n")
    if len(words) < SHORTEST or len(words.encode()) > LONGEST or not words.isprintable():
        says = t(
            "密码须为 {shortest} 个字符以上、{longest} 字节以内，不含控制字符。",
            "A password has at least {shortest} characters, at most {longest} octets, and no control characters.",
        )
        raise CommandFailed(Exit.REFUSED, says.fill(shortest=SHORTEST, longest=LONGEST))
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
