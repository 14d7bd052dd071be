"""An installation of its own for each test of a command, and an operator who types."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from operate.commands import root
from operate.settings import Settings
from operate.words import Language, speak
from store.engine import Store


class Said(NamedTuple):
    """What a command answered."""

    exit_code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The answer as data."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error as data."""
        return json.loads(self.err)["error"]


class Operator:
    """Types commands against one installation."""

    def __init__(self, settings: Path, town: Path | None = None) -> None:
        self.path = settings
        self._town = town  # state of an installation in which the town is registered already

    @property
    def settings(self) -> Settings:
        return Settings.load(self.path)

    def __call__(self, *words: object, lang: str = "en", typed: str | None = None) -> Said:
        """Run a command, and return what it said; nothing is checked."""
        arguments = ["--lang", lang, "--settings", str(self.path), *map(str, words)]
        result = CliRunner().invoke(root(), arguments, input=typed)
        return Said(result.exit_code, result.stdout, result.stderr)

    def done(self, *words: object, **more: Any) -> str:
        """Run a command that must succeed, and return what it said."""
        said = self(*words, **more)
        assert said.exit_code == 0, said
        return said.out

    def data(self, *words: object, **more: Any) -> Any:
        """Run a command that must succeed with --json, and return the data."""
        return json.loads(self.done(*words, "--json", **more))

    def store(self) -> Store:
        return Store.open(self.settings.database_url, nudges=self.settings.nudges)

    def town(self) -> None:
        """Register a small town: units, two people, a device. The installation is a fresh one."""
        if self._town is not None:
            shutil.rmtree(self.settings.state)
            shutil.copytree(self._town, self.settings.state)
            return
        self.done("unit", "add", "city", "测试市", "--kind", "city")
        self.done("unit", "add", "north", "北山镇", "--kind", "town", "--parent", "city")
        self.done("zone", "add", "internet", "互联网", "--vlan", "100")
        self.done("person", "add", "zhangsan", "张三", "--unit", "north", "--verified", "2", "--right", "internet")
        self.done("person", "add", "ayi", "阿依古丽·买买提", "--unit", "city", "--verified", "1")
        self.done("device", "add", "sw1", "10.0.0.1", "--vendor", "huawei", "--group", "access")


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make two installations once: an empty one, and one with the town."""
    homes = []
    for name in ("empty", "town"):
        home = tmp_path_factory.mktemp(name)
        # No health address: nobody then asks a service that happens to run on this machine.
        (home / "truename.toml").write_text('[truename]\nstate = "state"\nhealth = ""\n', "utf-8")
        operator = Operator(home / "truename.toml")
        operator.done("init")
        if name == "town":
            operator.town()
        homes.append(home)
    return homes[0], homes[1]


@pytest.fixture
def operator(_prepared: tuple[Path, Path], tmp_path: Path) -> Iterator[Operator]:
    """An operator of a fresh installation on SQLite."""
    empty, town = _prepared
    home = tmp_path / "home"
    shutil.copytree(empty, home)
    yield Operator(home / "truename.toml", town / "state")
    speak(Language.ENGLISH)


class _Alive(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service(operator: Operator) -> Iterator[Callable[[], None]]:
    """Let the operator's service answer at its health address; the returned function ends it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Alive)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    text = operator.path.read_text("utf-8")
    operator.path.write_text(text.replace('health = ""', f'health = "127.0.0.1:{server.server_port}"'), "utf-8")

    def end() -> None:
        if thread.is_alive():
            server.shutdown()
            server.server_close()
            thread.join()

    yield end
    end()
