"""Carries out what the exchange asks: finds the person, has the password checked, decides, answers, records.

Everything here runs on the event loop and never waits: slow hashes and commits run in threads of their own, and
their answers come back through `call_soon_threadsafe`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import structlog

from access import redirects
from access.binding_table import Binding, BindingTable
from access.decision import Decision, Grant, Refusal, Zone, decide
from access.evidence import Evidence, Method
from access.lockout import Lockout
from access.login_numbers import LoginNumbers
from access.reasons import Reason
from access.recorder import Recorder
from access.rulebook import Rulebook
from access.session_limit import is_limited
from access.session_rows import LoginEntry
from directory.challenge import MsChapV2Proof
from directory.mirror import Ambiguous, Mirror
from directory.passwords import Passwords, Verdict, Verification
from directory.person import Endpoint, Person
from radius.accounting import ClassSeal
from radius.dampener import Dampener
from radius.drops import Drop
from radius.duplicates import Key
from radius.durable_answers import DurableAnswers
from radius.exchange import Account, Discard, Door, Exchange, Judge, Send
from radius.listeners import Peer, Wire
from radius.login import LoginRequest, evidence_of
from radius.quiet import Quiet
from radius.reply import accept, microsoft_error, microsoft_success, own_attributes, reject, zone_attributes
from radius.session_limits import SessionLimits
from radius.silences import Counts, Silences

log = structlog.get_logger()

QUIET = 60.0  # seconds between two lines about the same fault of the same device
SHORTEST = 60.0  # seconds: a binding that ends sooner is over, since no device keeps a session so short


class Limits(NamedTuple):
    """Settings that the driver needs, in seconds."""

    max_age: float
    reject_delay: float
    interim: int
    hashes_of_one: int = 32  # passwords of one device that may wait for a hash thread


class Conversation(NamedTuple):
    """A login under way, and the way back to the device."""

    request: LoginRequest
    key: Key
    wire: Wire
    peer: Peer


Subject = Person | Endpoint | None
# Plain names: on CPython 3.11 reading a member or its value through the enum costs ten times as much.
_METHOD_NAMES = {method: method.value for method in Method}
_MAC, _PORTAL, _PROVEN = Method.MAC, Method.PORTAL, Verdict.PROVEN
_AUTHENTICATION = Door.AUTHENTICATION


class Driver:
    """One for each worker process."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        exchange: Exchange,
        *,
        mirror: Mirror,
        passwords: Passwords,
        lockout: Lockout,
        recorder: Recorder,
        rulebook: Rulebook,
        bindings: BindingTable,
        seal: ClassSeal,
        redirect_key: bytes,
        limits: Limits,
        quiet: Quiet,
        session_limits: SessionLimits,
        lane: int,
        clock: Callable[[], float],
        chance: Callable[[int], bytes],
    ) -> None:
        """Wire one worker; `clock` gives seconds since the epoch, `chance` random octets.

        `redirect_key` is that of access.redirects, the same in all processes of an installation. `lane` is 0 to 255,
        and no two workers of an installation have the same one.
        """
        self.exchange = exchange
        self.rulebook = rulebook
        self.counts: Counts = Counter()
        self.silences = Silences(self.counts)
        self._loop = loop
        self._mirror = mirror
        self._passwords = passwords
        self._lockout = lockout
        self._recorder = recorder
        self._bindings = bindings
        self._seal = seal
        self._redirect_key = redirect_key
        self._limits = limits
        self._quiet = quiet
        self._session_limits = session_limits
        self._clock = clock
        self._chance = chance
        self._hashing: Counter[int] = Counter()
        self._dampener = Dampener(QUIET)
        self._next_number = LoginNumbers(lane, int.from_bytes(chance(2), "big"))
        self._accounting = DurableAnswers(loop, exchange, recorder, seal, self.counts, self.silences)

    def datagram(self, door: Door, octets: bytes, address: str, port: int, wire: Wire, peer: Peer) -> None:
        """Take one datagram. Whatever goes wrong with it ends here: counted, logged, not answered."""
        now = self._clock()
        try:
            effect = self.exchange.receive(door, octets, address, port, now)
            if type(effect) is Judge:
                self._judge(Conversation(effect.request, effect.key, wire, peer), now)
            elif type(effect) is Account:
                self._accounting.account(effect, wire, peer, now)
            elif type(effect) is Send:
                wire.send(effect.octets, peer)
                self.counts["repeated", door.label] += 1
            elif type(effect) is Discard:
                self._discard(effect, address, now)
        except Exception:
            self.counts["failed", door.label] += 1
            log.exception("request failed", door=door.label, source=address)

    def _discard(self, effect: Discard, address: str, now: float) -> None:
        if effect.device is None:
            name = ""
            self.silences.of_stranger(effect.drop, address)
        else:
            name = effect.device.name
            self.silences.of_device(effect.drop, effect.device, address)
        packets = self._dampener.note((effect.drop, name or address), now)
        if packets is not None and effect.drop is not Drop.DUPLICATE_PENDING:
            # Proxy-State without a signature is the carrier of CVE-2024-3596: nobody sane sends it to us unasked.
            say = log.error if effect.drop is Drop.PROXY_STATE_UNSIGNED else log.warning
            say(
                "packet dropped",
                drop=effect.drop.label,
                device=name,
                source=address,
                hardware=effect.hardware or "",
                packets=packets,
            )

    def _judge(self, at: Conversation, now: float) -> None:
        request = at.request
        reason = self._quiet.reason(request, now)
        if reason is not None and not self._is_bound(request.hardware, now):
            self._repeat_refusal(at, reason, now)
            return
        if request.refused is not None:
            self._conclude(at, None, Refusal(request.refused), now)
            return
        if self._mirror.age(now) > self._limits.max_age:
            self._conclude(at, None, Refusal(Reason.DIRECTORY_STALE), now)
            return
        if request.hardware in self._bindings.lost:
            # Before any proof: whoever found a device found the passwords that it stores.
            self._conclude(at, None, Refusal(Reason.DEVICE_LOST), now)
            return
        try:
            if request.method is _MAC:
                self._judge_hardware(at, request.hardware or "", now)
                return
            person = self._mirror.find(request.login)
        except Ambiguous:
            self._conclude(at, None, Refusal(Reason.PERSON_AMBIGUOUS), now)
            return
        # Names that do not exist are counted and paused like those that do: a pause must not tell which is which.
        locked = self._lockout.check(_counted_as(person, request), request.hardware, now)
        if locked is not None:
            self._conclude(at, person, locked, now)
            return
        self._verify(at, person, now)

    def _judge_hardware(self, at: Conversation, hardware: str, now: float) -> None:
        """Judge a MAC authentication: a registered endpoint, else the person behind a binding, else an unknown device.

        A person who may not come in now (suspended, expired, no rule) is no better than nobody: the device gets what
        an unknown one gets, which is the way to the portal, and the portal says why.
        """
        request = at.request
        endpoint = self._mirror.endpoint(hardware)
        binding = self._bindings.find(hardware, now + SHORTEST) if endpoint is None else None
        person = self._mirror.by_subject(binding.subject) if binding is not None else None
        if binding is not None and person is not None:
            evidence = evidence_of(request, person)._replace(method=_PORTAL, strength=binding.strength)
            decision = decide(evidence, self.rulebook, now)
            if isinstance(decision, Grant):
                self._let_in(at, evidence, decision, now, binding=binding)
                return
        decision = decide(evidence_of(request, endpoint), self.rulebook, now)
        self._conclude(at, endpoint, decision, now, binding=binding)

    def _verify(self, at: Conversation, person: Person | None, now: float) -> None:
        proof = at.request.proof
        if proof is None:  # read_login refuses such requests; fail closed should it ever not
            self._conclude(at, person, Refusal(Reason.REQUEST_INCOMPLETE), now)
            return
        verification = self._passwords.verify_now(person, proof, now)
        if verification is not None:
            self._verified(at, person, verification, now)
            return

        def done(answer: Verification) -> None:  # in a hash thread
            self._loop.call_soon_threadsafe(self._verified_beside, at, person, answer)

        # A device that floods us fills its own share of the queue, and not the turn of all the others.
        device = at.request.device.number
        taken = self._hashing[device] < self._limits.hashes_of_one and self._passwords.verify_beside(
            person, proof, now, done
        )
        self.counts["hashed", "queued" if taken else "full"] += 1
        if taken:
            self._hashing[device] += 1
        else:
            self._give_up(at)

    def _verified_beside(self, at: Conversation, person: Person | None, verification: Verification) -> None:
        now = self._clock()
        self._hashing[at.request.device.number] -= 1
        try:
            if person is not None:
                # The directory may have changed while the hash was computed: its word of now counts.
                fresh = self._mirror.by_subject(person.subject)
                if fresh is None or fresh.verifiers != person.verifiers:
                    self._give_up(at)  # the password changed meanwhile: the device's repeat is judged anew
                    return
                person = fresh
            self._verified(at, person, verification, now)
        except Ambiguous:
            self._conclude(at, None, Refusal(Reason.PERSON_AMBIGUOUS), now)
        except Exception:
            self.counts["failed", _AUTHENTICATION.label] += 1
            log.exception("request failed", door=_AUTHENTICATION.label, device=at.request.device.name)

    def _verified(self, at: Conversation, person: Person | None, verification: Verification, now: float) -> None:
        request = at.request
        verdict = verification.verdict
        if verdict is _PROVEN and person is not None:
            self._lockout.proven(person.subject, request.hardware)
            evidence = evidence_of(request, person)
            self._let_in(at, evidence, decide(evidence, self.rulebook, now), now, verification)
        elif verdict is Verdict.BUSY:
            self._give_up(at)
        elif verdict is Verdict.NOT_POSSIBLE:
            self._conclude(at, person, Refusal(Reason.METHOD_NOT_POSSIBLE), now)
        elif verdict is Verdict.UNAVAILABLE:
            self._conclude(at, person, Refusal(Reason.DIRECTORY_UNAVAILABLE), now)
        else:
            self._lockout.failed(_counted_as(person, request), request.hardware, now)
            reason = Reason.PERSON_UNKNOWN if person is None else Reason.PASSWORD_WRONG
            self._conclude(at, person, Refusal(reason), now)

    def _let_in(
        self,
        at: Conversation,
        evidence: Evidence,
        decision: Decision,
        now: float,
        proven: Verification | None = None,
        binding: Binding | None = None,
    ) -> None:
        """Conclude; where this person may be online on so many devices only, once it is known on how many they are."""
        if not is_limited(evidence, decision):
            self._conclude(at, evidence.subject, decision, now, proven, binding)
            return

        def counted(decision: Decision) -> None:
            now = self._clock()
            try:
                if binding is None or isinstance(decision, Grant):
                    self._conclude(at, evidence.subject, decision, now, proven, binding)
                else:  # no better than an unknown device, as in _judge_hardware
                    nobody = decide(evidence_of(at.request, None), self.rulebook, now)
                    self._conclude(at, None, nobody, now, binding=binding)
            except Exception:
                self.counts["failed", _AUTHENTICATION.label] += 1
                log.exception("request failed", door=_AUTHENTICATION.label, device=at.request.device.name)

        if not self._session_limits.ask(evidence, decision, counted):
            self._give_up(at)

    def _give_up(self, at: Conversation) -> None:
        """Answer nothing, and hear the repeat as a new request: the switch asks again when there is room."""
        packet = at.request.packet
        self.exchange.forget(_AUTHENTICATION, at.key, packet.authenticator)
        self.silences.of_device(Drop.QUEUE_FULL, at.request.device, at.key[0])

    def _conclude(
        self,
        at: Conversation,
        subject: Subject,
        decision: Grant | Refusal,
        now: float,
        proven: Verification | None = None,
        binding: Binding | None = None,
    ) -> None:
        """Answer and record. A `binding` without `subject` is of a person who was not let in."""
        request = at.request
        method = _METHOD_NAMES[request.method]
        whose = behind = subject.subject if subject is not None else None
        if binding is not None:
            if subject is not None:
                method = _METHOD_NAMES[_PORTAL]
            else:
                behind, binding = binding.subject, None
        number = self._next_number(now)
        if isinstance(decision, Grant):
            zone = decision.zone
            class_ = self._seal.make(request.device.number, number, whose or "", zone.code)
            attributes = self._carry(request, zone, binding, now)
            octets = accept(request, attributes, class_, self._microsoft(request, proven))
            self._answer(at, octets)
            self.counts["accepted", zone.code, method] += 1
            zone_code, rule, reason = zone.code, decision.rule, None
        else:
            self._refuse(at, decision.reason)
            self._quiet.refused(request, decision, now)
            self.counts["refused", decision.reason.code, method] += 1
            zone_code, rule, reason = None, None, decision.reason.code
        self._recorder.login(
            LoginEntry(
                number,
                now,
                request.claimed,
                behind,
                request.hardware,
                request.address,
                request.device.number,
                request.port,
                request.ssid,
                method,
                zone_code,
                rule,
                reason,
                self._recorder.traces.number_of(decision.trace),
            )
        )

    def _carry(self, request: LoginRequest, zone: Zone, binding: Binding | None, now: float) -> bytes:
        """Render a zone for the answer: the same for all, unless it has a time or an address of this subject alone."""
        own = zone
        if binding is not None:
            left = int(binding.valid_until - now)
            if zone.session_timeout is None or left < zone.session_timeout:
                own = own._replace(session_timeout=left)  # the device asks again when the binding is over
        if zone.redirect_url is not None and redirects.PLACEHOLDER in zone.redirect_url:
            hardware, device = request.hardware, request.device.number
            token = redirects.make(self._redirect_key, hardware, device) if hardware is not None else ""
            own = own._replace(redirect_url=redirects.filled(zone.redirect_url, token))
        render = zone_attributes if own is zone else own_attributes
        return render(own, request.device.vendor, self._limits.interim)

    def _refuse(self, at: Conversation, reason: Reason) -> None:
        octets = reject(at.request, reason, self._microsoft_error(at.request, reason))
        if self._limits.reject_delay > 0:
            self._loop.call_later(self._limits.reject_delay, self._answer, at, octets)
        else:
            self._answer(at, octets)

    def _is_bound(self, hardware: str | None, now: float) -> bool:
        """Whether a person stands behind this address, or has reported it lost: then each request is judged.

        Looked at here, because bindings come all day long: each of them would end the quiet of everybody else.
        """
        if hardware is None:
            return False
        return hardware in self._bindings.lost or self._bindings.find(hardware, now) is not None

    def _repeat_refusal(self, at: Conversation, reason: Reason, now: float) -> None:
        """Refuse as a moment ago: counted, said in the log once in a while, and no record of its own."""
        self._refuse(at, reason)
        request = at.request
        self.counts["quieted", reason.code, _METHOD_NAMES[request.method]] += 1
        requests = self._dampener.note((reason, request.device.number), now)
        if requests is not None:
            log.info(
                "refusals repeated",
                reason=reason.code,
                device=request.device.name,
                hardware=request.hardware or "",
                requests=requests,
            )

    def _answer(self, at: Conversation, octets: bytes) -> None:
        self.exchange.answered(_AUTHENTICATION, at.key, at.request.packet.authenticator, octets)
        at.wire.send(octets, at.peer)

    def _microsoft(self, request: LoginRequest, proven: Verification | None) -> bytes:
        proof = request.proof
        if proven is None or proven.mschap_success is None or not isinstance(proof, MsChapV2Proof):
            return b""
        salt = int.from_bytes(self._chance(2), "big")
        return microsoft_success(request, proof.identifier, proven.mschap_success, proven.keys, salt)

    def _microsoft_error(self, request: LoginRequest, reason: Reason) -> bytes:
        proof = request.proof
        if isinstance(proof, MsChapV2Proof) and reason in (Reason.PASSWORD_WRONG, Reason.PERSON_UNKNOWN):
            return microsoft_error(proof.identifier, self._chance(16))
        return b""


def _counted_as(person: Person | None, request: LoginRequest) -> str:
    return person.subject if person is not None else "?" + request.login
