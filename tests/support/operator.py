"""An installation of its own for each test of a command, and an operator who types."""

import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import structlog
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

    def __init__(self, settings: Path) -> None:
        self.path = settings

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
        """Register a small town: units, two people, a device."""
        self.done("unit", "add", "city", "测试市", "--kind", "city")
        self.done("unit", "add", "north", "北山镇", "--kind", "town", "--parent", "city")
        self.done("zone", "add", "internet", "互联网", "--vlan", "100")
        self.done("person", "add", "zhangsan", "张三", "--unit", "north", "--verified", "2", "--right", "internet")
        self.done("person", "add", "ayi", "阿依古丽·买买提", "--unit", "city", "--verified", "1")
        self.done("device", "add", "sw1", "10.0.0.1", "--vendor", "huawei", "--group", "access")


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("installation")
    # No health address: nobody then asks a service that happens to run on this machine.
    (home / "truename.toml").write_text('[truename]\nstate = "state"\nhealth = ""\n', "utf-8")
    Operator(home / "truename.toml").done("init")
    yield home
    structlog.reset_defaults()


@pytest.fixture
def operator(_prepared: Path, tmp_path: Path) -> Iterator[Operator]:
    """An operator of a fresh installation on SQLite."""
    home = tmp_path / "home"
    shutil.copytree(_prepared, home)
    yield Operator(home / "truename.toml")
    speak(Language.ENGLISH)
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = [
        one for one in logging.getLogger().handlers if type(one).__module__ != "operate.logs"
    ]


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
