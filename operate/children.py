"""Child processes: started, listened to, restarted after a crash, stopped in order."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from operate.heartbeat import DESCRIPTOR, FIRST_BEAT, LONGEST, SILENCE, Beat, read_beat

log = structlog.get_logger()

TREE = Path(__file__).resolve().parent.parent
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds between a crash and the next start
GRACE = 10.0  # seconds that a child gets to finish what it acknowledged


class Child:
    """One child that should be running until `stop`."""

    def __init__(self, name: str, module: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        """Describe the child: `python -m MODULE ARGUMENTS` from the product's own tree."""
        self.name = name
        self.beat: Beat | None = None
        self.restarts = 0
        self.process: asyncio.subprocess.Process | None = None
        self._command = [sys.executable, "-m", module, *arguments]
        self._environment = {**os.environ, **environment}
        self._inherited: tuple[int, ...] = ()
        self._heard = 0.0
        self._stopping = False
        self._crashes: deque[float] = deque(maxlen=3)
        self._task: asyncio.Task[None] | None = None

    @property
    def ready(self) -> bool:
        """Whether the child runs and says that it can do its work."""
        return self.process is not None and self.beat is not None and self.beat.ready

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self.process is not None

    def give(self, descriptors: Mapping[str, int]) -> None:
        """Let the child inherit open descriptors; each stands in its environment under its name."""
        self._inherited = tuple(descriptors.values())
        self._environment |= {name: str(descriptor) for name, descriptor in descriptors.items()}

    def start(self) -> None:
        """Start it, and start it again whenever it ends."""
        self._task = asyncio.get_running_loop().create_task(self._keep())

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._ending():
            started = time.monotonic()
            try:
                status = await self._run()
            except OSError as failure:
                log.error("child cannot start", child=self.name, error=str(failure))  # noqa: TRY400 - no trace helps
                status = -1
            if self._ending():
                return
            self.restarts += 1
            self._crashes.append(time.monotonic())
            alarm = len(self._crashes) == 3 and self._crashes[-1] - self._crashes[0] < 60
            log.log(50 if alarm else 40, "child ended", child=self.name, status=status, restarts=self.restarts)
            pause = FIRST_PAUSE if time.monotonic() - started > 60 else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    def _ending(self) -> bool:
        return self._stopping

    async def _run(self) -> int:
        reading, writing = os.pipe()
        try:
            self.process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=TREE,
                env={**self._environment, DESCRIPTOR: str(writing)},
                pass_fds=(writing, *self._inherited),
                stdin=asyncio.subprocess.DEVNULL,
            )
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._heard = time.monotonic()
        listening = asyncio.get_running_loop().create_task(self._listen(reading))
        try:
            return await self.process.wait()
        finally:
            self.process, self.beat = None, None
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    async def _listen(self, descriptor: int) -> None:
        stream = asyncio.StreamReader(limit=LONGEST)
        protocol = asyncio.StreamReaderProtocol(stream)
        with os.fdopen(descriptor, "rb", 0) as pipe:
            transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
            try:
                while True:
                    try:
                        async with asyncio.timeout(self._patience()):
                            line = await stream.readline()
                    except TimeoutError:
                        self._end_hanging()
                        continue
                    except ValueError:
                        continue  # a line over LONGEST: nothing of ours
                    if not line:
                        return
                    self._heard = time.monotonic()
                    self.beat = read_beat(line) or self.beat
            finally:
                transport.close()

    def _patience(self) -> float:
        return FIRST_BEAT if self.beat is None else SILENCE

    def _end_hanging(self) -> None:
        if self.process is not None and time.monotonic() - self._heard >= self._patience():
            log.error("child hangs", child=self.name, silent=self._patience())
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()

    async def stop(self) -> None:
        """Ask it to finish; end it when it does not within GRACE."""
        self._stopping = True
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)
        if self._task is None:
            return
        done, _ = await asyncio.wait({self._task}, timeout=GRACE)
        if not done:
            if self.process is not None:
                log.error("child killed", child=self.name, after=GRACE)
                with contextlib.suppress(ProcessLookupError):
                    self.process.kill()
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
