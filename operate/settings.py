"""All settings: the sections that the packages own, composed out of one truename.toml, and where state lives."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from access.settings import AccessSettings
from directory.settings import DirectorySettings
from operate.settings_check import check
from operate.settings_file import SettingsError, read
from operate.settings_template import template
from operate.words import t
from portal.settings import PortalSettings
from radius.settings import RadiusSettings
from store.settings import StoreSettings

TREE = Path(__file__).resolve().parent.parent  # where the product lies; its state is below it unless told otherwise
FILE = "truename.toml"


@dataclass(frozen=True, kw_only=True)
class OperateSettings:
    """What concerns the product as a whole."""

    state: str = field(
        default="var/state",
        metadata={"says": "Directory of everything that is remembered: database, keys, directory data."},
    )
    log_format: str = field(
        default="readable",
        metadata={"says": "Lines for people, or JSON for log collectors.", "choices": ("readable", "json")},
    )
    log_level: str = field(
        default="info",
        metadata={
            "says": "The least important event that is logged.",
            "choices": ("debug", "info", "warning", "error"),
        },
    )
    node: int = field(
        default=0,
        metadata={
            "says": "Number of this node where several share one database; each needs its own, 0 to 7.",
            "range": (0, 7),
        },
    )
    health: str = field(
        default="127.0.0.1:9812",
        metadata={"says": "address:port of /livez, /readyz and /metrics (HTTP). Empty: not served."},
    )


SECTIONS: dict[str, type] = {
    "truename": OperateSettings,
    "store": StoreSettings,
    "directory": DirectorySettings,
    "access": AccessSettings,
    "radius": RadiusSettings,
    "portal": PortalSettings,
}
# Fields that name a file or directory; in the file they are relative to it.
PATHS = (
    ("truename", "state"), ("directory", "slapd"), ("directory", "ca_file"), ("directory", "password_file"),
    ("portal", "certificate"), ("portal", "key"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One truename.toml, checked, with its paths made absolute."""

    path: Path  # of the file itself
    truename: OperateSettings
    store: StoreSettings
    directory: DirectorySettings
    access: AccessSettings
    radius: RadiusSettings
    portal: PortalSettings

    @classmethod
    def load(cls, path: Path) -> "Settings":
        """Read and check a file. Raises SettingsError, which names the line at fault and what is allowed."""
        path = path.absolute()
        source = read(path, SECTIONS)
        check(source)
        for section, name in PATHS:
            value = source.values[section].get(name, getattr(SECTIONS[section], name, ""))
            if value:
                source.values[section][name] = str(path.parent / Path(value).expanduser())
        return cls(path=path, **{name: kind(**source.values[name]) for name, kind in SECTIONS.items()})

    @staticmethod
    def template() -> str:
        """Return a truename.toml in which every setting is explained and stands, commented out, at its default."""
        return template(SECTIONS)

    @property
    def state(self) -> Path:
        """The state directory (mode 0700)."""
        return Path(self.truename.state)

    @property
    def database_url(self) -> str:
        """The URL for store.engine.Store.open."""
        if not self.store.url:
            return f"sqlite:///{self.state / 'truename.db'}"
        kind, slashes, file = self.store.url.partition(":///")
        if kind == "sqlite" and slashes:
            return f"sqlite:///{self.path.parent / file}"  # an absolute file stays what it is
        return self.store.url

    @property
    def master_key(self) -> Path:
        """The file of the master key (mode 0400)."""
        return self.state / "keys" / "master.key"

    @property
    def directory_state(self) -> Path:
        """The home of the embedded directory."""
        return self.state / "directory"

    @property
    def nudges(self) -> Path:
        """Sockets over which processes tell each other that something changed (SQLite only)."""
        return self.state / "nudges"

    @property
    def run(self) -> Path:
        """Locks and sockets of the running service."""
        return self.state / "run"

    @property
    def log(self) -> Path:
        """Logs that are kept in files."""
        return self.state / "log"


def find_settings(option: str | Path | None = None, environment: Mapping[str, str] | None = None) -> Path:
    """Return the settings file: `--settings`, $TRUENAME_SETTINGS, the tree's own, else that of the demo.

    Raises SettingsError where the one that was named, or every one of them, is missing.
    """
    environment = os.environ if environment is None else environment
    named = option or environment.get("TRUENAME_SETTINGS")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            problem = t("没有这个文件", "there is no such file")
            remedy = t("./truename init --settings 文件 可以生成。", "./truename init --settings FILE writes one.")
            raise SettingsError(path, None, problem, remedy)
        return path
    demo = Path(environment.get("TRUENAME_VAR") or TREE / "var") / "demo" / FILE  # see operate.demo_settings.var
    for path in (TREE / FILE, demo):
        if path.is_file():
            return path
    remedy = t(
        "./truename init 生成设置，./truename demo 无需设置；也可用 --settings 或 TRUENAME_SETTINGS 指定文件。",
        "./truename init writes them, ./truename demo needs none; or name a file: --settings, TRUENAME_SETTINGS.",
    )
    raise SettingsError(TREE / FILE, None, t("还没有设置", "there are no settings yet"), remedy)
