"""A probe of a network device from the command line: given, waited for, and said with an exit code of its own."""

from typing import TYPE_CHECKING

from operate.exits import CommandFailed, Exit
from operate.words import Text, t

if TYPE_CHECKING:
    from operate.call import Call
    from portal.console.probe_answers import Verdict


def probe(call: "Call", which: str, wait: float) -> None:
    """Probe a device and wait at most so many seconds. Raises CommandFailed unless it answers orders."""
    from access import devices, enforcement
    from operate.liveness import need_service
    from operate.order_waiting import answers_of
    from operate.order_words import detail_in_words
    from operate.terminal import safe
    from portal.console.probe_answers import proven, verdict

    with call.store.read() as session:
        row = devices.find(session, which)
        name, device = row.name, row.number
    need_service(call.settings)
    with call.store.write() as work:
        number = enforcement.order_probe(work, device, call.actor)
    state = answers_of(call, [number], wait)[number]
    found, answer = verdict(state.outcome, state.detail), proven(state.outcome, state.detail)
    detail = detail_in_words(state.detail)
    data = {
        "order": number, "device": name, "verdict": found.value, "outcome": state.outcome, "detail": state.detail,
    }  # fmt: skip
    says = t("{name}：{says}", "{name}: {says}").fill(name=name, says=Text(*answer.says))
    remedy = Text(*answer.do) if answer.do is not None else None
    code = _exit(found)
    if code is Exit.DONE:
        call.show(data, safe(*(line for line in (says, remedy, detail) if line is not None)))
        return
    call.show(data, safe(detail) if detail is not None else None)
    raise CommandFailed(code, says, remedy)


def _exit(found: "Verdict") -> Exit:
    """Return how the command leaves: 0 only where an order would be taken."""
    from portal.console.probe_answers import Verdict

    if found is Verdict.ANSWERS:
        return Exit.DONE
    if found in (Verdict.SILENT, Verdict.CLOSED):
        return Exit.UNAVAILABLE
    return Exit.TRY_AGAIN if found in (Verdict.WAITING, Verdict.LAPSED) else Exit.REFUSED
