"""Start a server of a measurement, wait until it works, and end it again; nothing outlives the measurement."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from bench.processes import on_cores

_PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/libexec")
_STOP_WITHIN = 15.0  # seconds


class CannotMeasure(Exception):  # noqa: N818 - the name is the sentence
    """A measurement cannot be made; the text says why and what to type."""


def locate(*names: str) -> str | None:
    """Return the path of the first of these programs that is installed, system directories included."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_PLACES))
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


class Program:
    """A child in the foreground whose complaints go to a file."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        cores: Iterable[int] = (),
        directory: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._log = log
        self._name = Path(command[0]).name
        setpriv = locate("setpriv")  # of util-linux: the kernel ends the server with us, however we end (prctl(2))
        wrapped = [setpriv, "--pdeathsig", "TERM", "--", *command] if setpriv else command
        with log.open("wb") as sink, on_cores(cores):
            self._child = subprocess.Popen(
                wrapped,
                cwd=directory,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # the interrupt of a terminal comes to us alone, and we end it in order
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._child.pid

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Poll `ready`; raise CannotMeasure with the program's last words if it ends or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            ended = self._child.poll()
            if ended is not None or time.monotonic() > deadline:
                self.stop()
                what = "is not ready in time" if ended is None else f"ended with status {ended}"
                raise CannotMeasure(f"{self._name} {what}: {self.last_words()}")
            time.sleep(0.02)

    def last_words(self) -> str:
        """Return the last lines that the program wrote."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return " / ".join(line.strip() for line in lines[-3:])[-400:]

    def stop(self) -> None:
        """Ask the program to end, and kill it if it does not."""
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(_STOP_WITHIN)
            except subprocess.TimeoutExpired:
                self._child.kill()
        self._child.wait()
