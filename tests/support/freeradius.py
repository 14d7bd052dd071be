"""A FreeRADIUS server of one's own: configuration in a directory of the test, on free ports, stopped at the end."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.loopback import program

READY = 20.0  # seconds: a bound, on a machine that does other things as well

# What every configuration needs; the site is the test's.
FRAME = """
prefix = /usr
libdir = /usr/lib/freeradius
name = peer
localstatedir = {folder}
logdir = {folder}
run_dir = {folder}
modconfdir = {folder}
max_requests = 1024
max_request_time = 15
security {{
    allow_core_dumps = no
    max_attributes = 200
    reject_delay = 0
    status_server = yes
}}
thread pool {{
    start_servers = 1
    max_servers = 4
    min_spare_servers = 1
    max_spare_servers = 2
    max_requests_per_server = 0
}}
"""


@contextmanager
def freeradius(folder: Path, site: str, *, detail: bool = False) -> Iterator[Path]:
    """Run a FreeRADIUS with this site until the block ends; gives its log file. `detail` logs what it does."""
    (folder / "radiusd.conf").write_text(FRAME.format(folder=folder) + site, encoding="utf-8")
    log = folder / "log"
    command = [program("freeradius"), "-d", str(folder), "-n", "radiusd", "-f", "-l", "stdout"]
    # Its %D, %H and the like are local time: a directory's times are UTC.
    environment = {**os.environ, "TZ": "UTC"}
    with log.open("wb") as out:
        server = subprocess.Popen(
            command + ["-xx"] * detail, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment
        )
        try:
            deadline = time.monotonic() + READY
            while b"Ready to process requests" not in log.read_bytes():
                assert server.poll() is None, log.read_text(errors="replace")
                assert time.monotonic() < deadline, log.read_text(errors="replace")
                time.sleep(0.05)
            yield log
        finally:
            server.terminate()
            server.wait(10)
