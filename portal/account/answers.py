"""After an end was ordered: what the network devices said to it. The page reloads itself until all have."""

from typing import NamedTuple

from fastapi import APIRouter, Depends
from starlette.responses import Response

from access.enforcement import OrderState, Outcome, order_state
from portal import form_tokens
from portal.account.owner import Owner, asks, own_page
from portal.account.refusals import not_found
from portal.form_tokens import TokenBroken
from portal.language import Text
from portal.requests import go

router = APIRouter()
SHOWN = 3600.0  # seconds for which the page may be opened again
PATIENCE = 120.0  # seconds after which the page no longer reloads itself
MOST = 50  # sessions that one page tells of

WAITING = Text("正在等待接入设备应答……", "Waiting for the switch to answer ...")
WORDS = {
    Outcome.ACK: Text("接入设备已经断开。", "The switch has ended it."),
    Outcome.NAK: Text(
        "接入设备没有执行：它不认识此会话，或不允许这样做。",
        "The switch did not carry it out: it does not know the session, or does not allow this.",
    ),
    Outcome.TIMEOUT: Text("接入设备没有应答。", "The switch did not answer."),
    Outcome.UNREACHABLE: Text("命令无法送达接入设备。", "The order could not be sent to the switch."),
    Outcome.ENDED: Text("接入设备应答之前，会话已经结束。", "The session ended before the switch answered."),
}
DONE = frozenset({Outcome.ACK, Outcome.ENDED})


class Summary(NamedTuple):
    """What became of the orders about one session or more."""

    waiting: bool
    done: bool  # nothing is open any more
    lines: tuple[Text, ...]  # one for each session


def summary(groups: list[list[OrderState | None]]) -> Summary:
    """Return what became of orders; each group is about one session, and one that was carried out is enough. Pure."""
    waiting, done = False, True
    lines = []
    for states in groups:
        outcomes = [state.outcome if state is not None else Outcome.ENDED for state in states]
        carried_out = [each for each in outcomes if each in DONE]
        if carried_out:
            lines.append(WORDS[Outcome.ACK if Outcome.ACK in carried_out else Outcome.ENDED])
            continue
        done = False
        waiting = waiting or None in outcomes
        lines.append(WAITING if None in outcomes else WORDS[outcomes[0] or Outcome.TIMEOUT])
    return Summary(waiting, done, tuple(lines))


def answer_page(owner: Owner, orders: list[list[int]], back: str, what: str) -> Response:
    """Lead to the page that shows what becomes of orders, in groups as `summary` has them.

    `back` is the page to go on to, `what` was done: "session", "lost" or "forget".
    """
    knowledge = owner.knowledge
    token = form_tokens.make(
        knowledge.key("account"), "answer", knowledge.clock(), s=owner.subject, o=orders[:MOST], b=back, w=what
    )
    return go(f"/account/answers/{token}")


@router.get("/account/answers/{token}")
def answers(token: str, owner: Owner = Depends(asks())) -> Response:
    """Show how far the orders are."""
    knowledge = owner.knowledge
    now = knowledge.clock()
    try:
        told = form_tokens.read(knowledge.key("account"), "answer", token, now, seconds=SHOWN)
    except TokenBroken:
        raise not_found() from None
    if told["s"] != owner.subject:
        raise not_found()
    with knowledge.store.read() as session:
        found = summary([[order_state(session, number) for number in group] for group in told["o"]])
    late = now - form_tokens.made_at(token) > PATIENCE
    return owner.page(
        "answers.html", reload_after=2 if found.waiting and not late else None, summary=found, what=told["w"],
        back=own_page(told["b"]),
    )  # fmt: skip
