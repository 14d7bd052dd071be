"""Run slapd and its tools as an unprivileged child, inside its own directory.

The child is started by setpriv of util-linux: it changes the user, asks the kernel to end the child with its parent
(prctl PR_SET_PDEATHSIG, set after the change of user because that change clears it) and becomes slapd. So no Python
code runs between fork and exec, which in a parent with threads could hang.

The working directory is the child's own directory and every path in its configuration and arguments is relative:
the state directory may lie below one that the unprivileged user cannot traverse, such as a home of mode 0700.
"""

import contextlib
import os
import pwd
import select
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import structlog

from directory.backends.slapd_program import SlapdProgram

log = structlog.get_logger()

CONFIGURATION = "config"  # below the child's directory, as everything here
SOCKET = "run/ldapi"
PID_FILE = "run/slapd.pid"
DATABASE = "data/data.mdb"
STOP_WITHIN = 10.0  # seconds between SIGTERM and SIGKILL
_FIRST_FREE_PORT = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")


class SlapdFailed(Exception):  # noqa: N818 - the name is the sentence
    """Slapd or one of its tools could not do its work; the text says why, and holds no secret."""


class Unprivileged(NamedTuple):
    """The Unix user that slapd runs as."""

    uid: int
    gid: int


def unprivileged_user() -> Unprivileged:
    """Return who slapd shall run as: never root, otherwise who runs the product."""
    if os.getuid() != 0:
        return Unprivileged(os.getuid(), os.getgid())
    for name in ("openldap", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Unprivileged(entry.pw_uid, entry.pw_gid)
    raise SlapdFailed("There is neither a user openldap nor a user nobody, and slapd never runs as root")


@dataclass(frozen=True, slots=True)
class SlapdChild:
    """How to start one slapd: which program, where, as whom."""

    program: SlapdProgram
    home: Path  # absolute
    user: Unprivileged

    def _command(self, arguments: Sequence[str], *, low_port: bool = False) -> list[str]:
        drop = ["setpriv", "--no-new-privs", "--pdeathsig", "TERM"]
        if os.getuid() == 0:
            drop += [f"--reuid={self.user.uid}", f"--regid={self.user.gid}", "--clear-groups"]
            if low_port:
                drop += ["--inh-caps=-all,+net_bind_service", "--ambient-caps=+net_bind_service"]
            else:
                drop += ["--inh-caps=-all"]
        return [*drop, "--", self.program.path, *arguments]

    def _environment(self) -> dict[str, str]:
        # LDAPNOINIT: the machine's own ldap.conf and .ldaprc are about another directory (ldap.conf(5)).
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "LDAPNOINIT": "1",
            **self.program.environment,
        }

    def tool(self, name: str, arguments: Sequence[str], ldif: bytes = b"") -> bytes:
        """Run slapadd, slapmodify or slapcat (`slapd -T add` and so on) and return what it printed.

        Raises SlapdFailed with the last lines of its complaint.
        """
        command = self._command(["-T", name, "-F", CONFIGURATION, *arguments])
        try:
            ended = subprocess.run(
                command,
                input=ldif,
                cwd=self.home,
                env=self._environment(),
                capture_output=True,
                check=False,
                umask=0o077,
            )
        except OSError as error:
            raise SlapdFailed(f"slap{name} could not be started: {error.strerror} ({command[0]})") from error
        if ended.returncode != 0:
            raise SlapdFailed(f"slap{name} ended with {ended.returncode}: {last_words(ended.stderr)}")
        return ended.stdout

    def spawn(self, listen: tuple[str, int] | None, log: Path) -> subprocess.Popen[bytes]:
        """Start slapd on its socket and, where told, on ldaps:// at that address and port; do not wait for it.

        The thread that calls this must live as long as the directory: the kernel ends the child with that thread.
        Raises SlapdFailed.
        """
        urls = "ldapi://" + SOCKET.replace("/", "%2F")
        low_port = False
        if listen is not None:
            host, port = listen
            urls += f" ldaps://{f'[{host}]' if ':' in host else host}:{port}"
            low_port = port < _first_free_port()
        # -d none stays in the foreground and says what is wrong; -d 0 would be silent about a port that is taken.
        arguments = ["-d", "none", "-F", CONFIGURATION, "-h", urls]
        complaints = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            return subprocess.Popen(
                self._command(arguments, low_port=low_port),
                cwd=self.home,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=complaints,
                stderr=complaints,
                start_new_session=True,
                umask=0o077,
            )
        except OSError as error:
            raise SlapdFailed(f"slapd could not be started: {error.strerror} (setpriv)") from error
        finally:
            os.close(complaints)

    def lay_out(self) -> None:
        """Make the directories: what slapd writes belongs to slapd's user, all else to the product's.

        Who may come as far as here is decided by the mode of the state directory. Raises SlapdFailed.
        """
        self.home.chmod(0o755)
        for name, mode in (("tls", 0o755), ("config", 0o700), ("data", 0o700), ("run", 0o700)):
            directory = self.home / name
            directory.mkdir(exist_ok=True)
            if name != "tls" and directory.stat().st_uid != self.user.uid:
                _give_away(directory, self.user)
            directory.chmod(mode)

    def end_orphan(self) -> None:
        """End a slapd that a supervisor left behind; only if `owns` says so, whatever the pid file says."""
        try:
            descriptor = os.open(self.home / PID_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            return
        try:
            text = os.read(descriptor, 20).strip()
        finally:
            os.close(descriptor)
        (self.home / PID_FILE).unlink(missing_ok=True)
        if not text.isdigit() or not self.owns(int(text)):
            return
        try:
            process = os.pidfd_open(int(text))
        except OSError:  # it ended just now
            return
        try:
            for number in (signal.SIGTERM, signal.SIGKILL):
                # Asked again, because the number may have gone to another process before we held it.
                if not self.owns(int(text)):
                    return
                log.warning("directory orphan ended", pid=int(text), signal=number.name)
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(process, number)
                if select.select([process], [], [], STOP_WITHIN)[0]:
                    return
        finally:
            os.close(process)

    def owns(self, pid: int) -> bool:
        """Say whether this process is a slapd that works in our directory.

        Arguments are relative, so the name of the configuration alone proves nothing: the working directory does.
        """
        process = Path("/proc") / str(pid)
        try:
            arguments = (process / "cmdline").read_bytes().split(b"\0")
            here = (process / "cwd").stat()
            home = self.home.stat()
        except OSError:  # it ended, or belongs to somebody else
            return False
        ours = (here.st_dev, here.st_ino) == (home.st_dev, home.st_ino)
        return ours and b"-F" in arguments and CONFIGURATION.encode() in arguments


def _give_away(directory: Path, user: Unprivileged) -> None:
    """Make a directory and what is in it slapd's: the product may have run as another user before."""
    try:
        os.chown(directory, user.uid, user.gid)
        for path, directories, files in os.walk(directory):
            for name in (*directories, *files):
                os.chown(Path(path, name), user.uid, user.gid, follow_symlinks=False)
    except PermissionError as error:
        raise SlapdFailed(f"{directory} belongs to another user; as root: chown -R {user.uid} {directory}") from error


def _first_free_port() -> int:
    try:
        return int(_FIRST_FREE_PORT.read_text())
    except (OSError, ValueError):
        return 1024


def last_words(complaint: bytes) -> str:
    """Return the last lines of what a program wrote, safe to show: printable, at most 300 characters."""
    lines = [line for line in complaint.decode("utf-8", "replace").splitlines() if line.strip()]
    text = " / ".join(lines[-3:])
    return "".join(character if character.isprintable() else "?" for character in text)[-300:]
