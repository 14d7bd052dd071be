"""The running demo: the product as a stranger sees it, for the stories of people and of switches."""

import os
import signal
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest

from access import bindings
from operate.asking import read_environment
from operate.settings import Settings
from operate.wiring import open_sealer, open_store
from tests.support.obedient_switch import ObedientSwitch
from tests.support.product import TREE, need_slapd, until


class Running:
    """A demo in a directory of its own."""

    def __init__(self, var):
        self.var = var
        self.output = var / "output"
        self.environment = var / "demo.env"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "operate", "demo"],
                cwd=TREE,
                env={**os.environ, "TRUENAME_VAR": str(var), "LANG": "zh_CN.UTF-8"},
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        until(lambda: self.environment.exists() or self.process.poll() is not None, 90)

    def text(self):
        """What it printed so far."""
        return self.output.read_text(encoding="utf-8")

    @contextmanager
    def opened(self):
        """Give its database and what opens the secrets in it."""
        settings = Settings.load(self.var / "demo" / "truename.toml")
        with closing(open_store(settings)) as store:
            yield store, open_sealer(settings, store)

    def forget_login(self, hardware):
        """End what a login at the portal left behind for a hardware address, and wait until switches hear so."""
        with self.opened() as (store, _), store.write() as unit:
            bindings.unbind(unit, hardware.replace("-", ":").lower(), "test")
        switch = ObedientSwitch(read_environment(self.environment), hardware)
        until(lambda: all(switch.ask().vlan == "199" for _ in range(4)))

    def command(self, *words):
        """Run a command beside it, as in a second terminal."""
        settings = str(self.var / "demo" / "truename.toml")
        environment = {**os.environ, "TRUENAME_VAR": str(self.var), "TRUENAME_SETTINGS": settings}
        return subprocess.run(
            [sys.executable, "-m", "operate", *words], cwd=TREE, env=environment, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """One running demo for all tests that want it."""
    need_slapd()
    var = tmp_path_factory.mktemp("var")
    for place in (var, *var.parents):
        if place.owner() == var.owner() and str(place).startswith("/tmp/"):
            place.chmod(place.stat().st_mode | 0o011)
    one = Running(var)
    yield one
    if one.process.poll() is None:
        one.process.send_signal(signal.SIGINT)
        one.process.wait(30)
