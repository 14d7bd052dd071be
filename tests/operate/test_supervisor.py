"""Start, keep running, stop."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from operate.settings import Settings
from operate.supervisor import worker_count
from tests.support.product import TREE, until


def test_one_worker_for_each_core_unless_told(product):
    """`workers = 0` means all cores that the process may use."""
    settings = Settings.load(product.settings.path)

    assert worker_count(settings) == 2


def test_health_names_every_part(product):
    """Operators see which part is not ready."""
    assert product.state() == {
        "ready": True,
        "back-office": True,
        "radius-0": True,
        "radius-1": True,
        "directory": True,
    }


@pytest.mark.parametrize("part", ["operate.radius_worker", "operate.back_office", "directory"])
def test_a_part_that_was_killed_comes_back(product, part):
    """`kill -9` of any part costs a moment: the service is whole again by itself."""
    victim = product.pids()[part][0]
    os.kill(victim, signal.SIGKILL)

    assert until(lambda: [pid for pid in product.pids().get(part, []) if pid != victim])
    product.wait_ready()


def test_a_second_service_on_the_same_state_is_refused(product):
    """Two supervisors would take the directory from each other; the second one ends with a reason."""
    ran = serve(product)

    assert ran.returncode != 0
    assert "Traceback" not in ran.stderr
    assert until(lambda: product.state().get("ready"))


@pytest.mark.parametrize(
    ("taken", "kind"), [("auth", socket.SOCK_DGRAM), ("acct", socket.SOCK_DGRAM), ("health", socket.SOCK_STREAM)]
)
def test_a_port_that_is_taken_stops_the_start_in_words(new_product, taken, kind):
    """Workers share their ports with each other, and must not share them with another service."""
    one = new_product(workers=1)
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", one.ports[taken]))
        if kind == socket.SOCK_STREAM:
            holder.listen()
        ran = serve(one)

    assert ran.returncode == 69
    assert f"127.0.0.1:{one.ports[taken]}" in ran.stderr
    assert "Traceback" not in ran.stderr


def serve(product):
    """Run `serve` that is expected to stop by itself."""
    command = [sys.executable, "-m", "operate", "--lang", "en", "serve", "--settings", str(product.settings.path)]
    return subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=60, check=False)


def test_stopping_ends_all_that_was_started(new_product):
    """SIGTERM: children and directory are gone, and a new start finds everything in order."""
    one = new_product(workers=1)
    one.start()
    started = [pid for pids in one.pids().values() for pid in pids]
    one.stop()

    assert len(started) == 3
    for pid in started:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    one.start()

    assert one.state()["ready"]
