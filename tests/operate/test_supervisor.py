"""Start, keep running, stop."""

import os
import signal
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
    command = [sys.executable, "-m", "operate", "serve", "--settings", str(product.settings.path)]
    ran = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=60, check=False)

    assert ran.returncode != 0
    assert "Traceback" not in ran.stderr
    assert product.state()["ready"]


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
