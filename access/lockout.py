"""Pauses after wrong passwords: of one device of a person, or of the person. Pure, and bounded in memory.

A phone that keeps an old password must not lock its owner out of the office computer, so failures count per person
and hardware address first. Who guesses over many addresses meets the count per person, to which a single address
can only add as much as pauses the address itself. Repeats of one request are the caller's to recognise (RFC 5080
§2.2.2). Each worker counts for itself.
"""

from access.decision import Refusal
from access.reasons import Reason
from access.settings import AccessSettings

MOST_PEOPLE = 65_536  # whose failures are remembered; beyond it the one who failed longest ago is forgotten


class _Failures:
    """The failures of one person within the window, by hardware address."""

    __slots__ = ("by_hardware", "paused_hardware", "paused_until")

    def __init__(self) -> None:
        self.by_hardware: dict[str | None, list[float]] = {}
        self.paused_hardware: dict[str | None, float] = {}
        self.paused_until = 0.0


class Lockout:
    """Counts failures and says who has to wait. Times are in seconds since the epoch."""

    def __init__(
        self,
        *,
        person_failures: int,
        hardware_failures: int,
        window: float,
        lockout: float,
        most_people: int = MOST_PEOPLE,
    ) -> None:
        """Pause after so many failures within `window` seconds, for `lockout` seconds."""
        self._hardware_failures = hardware_failures
        # Whatever the settings say, one address alone never pauses the person.
        self._person_failures = max(person_failures, hardware_failures + 1)
        self._window = window
        self._pause = lockout
        self._most = most_people
        self._people: dict[str, _Failures] = {}  # the one who failed longest ago comes first

    @classmethod
    def of(cls, settings: AccessSettings) -> "Lockout":
        """Return one that counts as the settings say."""
        return cls(
            person_failures=settings.person_failures,
            hardware_failures=settings.hardware_failures,
            window=settings.failure_window,
            lockout=settings.lockout,
        )

    def __len__(self) -> int:
        """Return of how many people failures are remembered."""
        return len(self._people)

    def check(self, subject: str, hardware: str | None, now: float) -> Refusal | None:
        """Return why a password of this person from this hardware is not even looked at now, or None."""
        failures = self._people.get(subject)
        if failures is None:
            return None
        if now < failures.paused_until:
            return Refusal(Reason.PERSON_LOCKED_OUT, until=failures.paused_until)
        until = failures.paused_hardware.get(hardware, 0.0)
        if now < until:
            return Refusal(Reason.HARDWARE_LOCKED_OUT, until=until)
        return None

    def failed(self, subject: str, hardware: str | None, now: float) -> None:
        """Count a wrong password; requests without a hardware address count as one address together."""
        failures = self._people.pop(subject, None) or _Failures()
        self._people[subject] = failures
        if len(self._people) > self._most:
            del self._people[next(iter(self._people))]
        self._forget_old(failures, now)
        if now < failures.paused_until:
            return
        times = failures.by_hardware.setdefault(hardware, [])
        if len(times) < self._hardware_failures:
            times.append(now)
        if len(times) >= self._hardware_failures and now >= failures.paused_hardware.get(hardware, 0.0):
            failures.paused_hardware[hardware] = now + self._pause
        if sum(map(len, failures.by_hardware.values())) >= self._person_failures:
            failures.paused_until = now + self._pause
            failures.by_hardware.clear()
            failures.paused_hardware.clear()

    def proven(self, subject: str, hardware: str | None) -> None:
        """Forget the failures from this hardware: whoever sits at it knows the password."""
        failures = self._people.get(subject)
        if failures is not None:
            failures.by_hardware.pop(hardware, None)
            failures.paused_hardware.pop(hardware, None)
            if not failures.by_hardware and not failures.paused_hardware and not failures.paused_until:
                del self._people[subject]

    def _forget_old(self, failures: _Failures, now: float) -> None:
        since = now - self._window
        for hardware, times in list(failures.by_hardware.items()):
            recent = [time for time in times if time > since]
            if recent:
                failures.by_hardware[hardware] = recent
            else:
                del failures.by_hardware[hardware]
        for hardware, until in list(failures.paused_hardware.items()):
            if until <= now:
                del failures.paused_hardware[hardware]
