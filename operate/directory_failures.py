"""What the refusals and silences of a directory mean to an operator: a sentence, a remedy and an exit code for each."""

from collections.abc import Callable
from typing import NamedTuple

from operate.exits import Exit, Failure
from operate.words import Text, plain, t

_DOCTOR = t("./truename doctor 可以查明。", "./truename doctor tells more.")
_ACCOUNT = t(
    "directory.bind_dn 的账号需要写权限（见 docs/install.md）；使用内置目录时，请以服务的用户身份运行命令。",
    "The account of directory.bind_dn must be allowed to write (docs/install.md); with the embedded directory run the "
    "command as the user that the service runs as.",
)
_SCHEMA = t(
    "请在目录服务器上装入 directory/schema/rnaccess.ldif。", "Load directory/schema/rnaccess.ldif into the server."
)
_PUBLISHED = t("./truename reconcile 比较登记与目录。", "./truename reconcile compares registry and directory.")
_LIMITS = t("请为 directory.bind_dn 放宽服务器的查询上限。", "Raise the server's limits for directory.bind_dn.")


class _Meaning(NamedTuple):
    exit_code: Exit
    why: Text
    remedy: Text


# Result codes (RFC 4511 appendix A.2). Those that say something about the server (51, 52) are DirectoryUnavailable.
_MEANINGS: dict[int, _Meaning] = {
    3: _Meaning(Exit.SETTINGS, t("查询超时", "the search took longer than it allows"), _LIMITS),
    4: _Meaning(Exit.SETTINGS, t("条目数超过上限", "there are more entries than it gives to us"), _LIMITS),
    10: _Meaning(
        Exit.SETTINGS,
        t("这是只读副本", "this server is a copy that takes no changes"),
        t("请把可写的服务器放在 directory.uris 首位。", "Put the server that takes changes first in directory.uris."),
    ),
    11: _Meaning(Exit.SETTINGS, t("超过管理上限", "its administrative limit is exceeded"), _LIMITS),
    17: _Meaning(Exit.SETTINGS, t("缺少属性的模式定义", "its schema does not have an attribute of ours"), _SCHEMA),
    19: _Meaning(
        Exit.REFUSED,
        t("违反目录的约束或密码策略", "a rule of the directory or its password policy forbids it"),
        t("请换一个值，或检查目录的策略。", "Take another value, or look at the directory's policy."),
    ),
    21: _Meaning(Exit.SETTINGS, t("模式不接受某个值", "its schema does not accept a value"), _SCHEMA),
    32: _Meaning(
        Exit.REFUSED, t("条目或其上级不存在", "the entry, or what should be above it, is not there"), _PUBLISHED
    ),
    50: _Meaning(Exit.SETTINGS, t("我们的账号没有写权限", "our account may not do this"), _ACCOUNT),
    53: _Meaning(
        Exit.REFUSED,
        t("服务器目前不愿执行（例如只读）", "it is unwilling at present, say because it is read-only"),
        t("请检查目录服务器是否处于只读状态。", "See whether the directory server is read-only."),
    ),
    65: _Meaning(Exit.SETTINGS, t("条目不符合其模式", "the entry does not fit its schema"), _SCHEMA),
    68: _Meaning(Exit.REFUSED, t("同名条目已存在", "an entry of this name is there already"), _PUBLISHED),
    80: _Meaning(
        Exit.UNAVAILABLE,
        t("它无法保存", "it could not store this"),
        t("请检查目录服务器的磁盘和日志。", "Look at the disk and the log of the directory server."),
    ),
}


def _refused(error: Exception) -> Failure:
    code = int(getattr(error, "code"))  # noqa: B009 - the class is not imported here; the table names it
    unknown = _Meaning(Exit.REFUSED, t("原因见结果码", "the result code says why"), _DOCTOR)
    meaning = _MEANINGS.get(code, unknown)
    says = t("目录拒绝了请求：{why}（结果码 {code}）。", "The directory refuses: {why} (result code {code}).")
    return Failure(meaning.exit_code, says.fill(why=meaning.why, code=code), meaning.remedy)


def _own_credentials(error: Exception) -> Failure:
    says = t("目录不接受我们自己的账号：{why}", "The directory refuses our own account: {why}").fill(why=error)
    remedy = t(
        "请检查 directory.bind_dn 和 directory.password_file。",
        "Look at directory.bind_dn and directory.password_file.",
    )
    return Failure(Exit.SETTINGS, says, remedy)


def _certificate(error: Exception) -> Failure:
    says = t("目录服务器的证书不可信：{why}", "The directory's certificate is refused: {why}").fill(why=error)
    remedy = t(
        "请检查 directory.ca_file，以及 directory.uris 中的名称是否与证书一致。",
        "Look at directory.ca_file, and whether the name in directory.uris is that of the certificate.",
    )
    return Failure(Exit.SETTINGS, says, remedy)


def _unavailable(error: Exception) -> Failure:
    says = t("目录服务没有应答：{why}", "The directory does not answer: {why}").fill(why=error)
    remedy = t("服务在运行吗？./truename doctor 可以查明。", "Does the service run? ./truename doctor tells.")
    return Failure(Exit.UNAVAILABLE, says, remedy)


def _reader(_error: Exception) -> Failure:
    says = t(
        "名称只能含 a-z、0-9 和 -，以字母开头，最长 63 个字符。",
        "The name of a reader is made of a-z, 0-9 and -, begins with a letter, and is at most 63 long.",
    )
    return Failure(Exit.REFUSED, says)


def _in_use(error: Exception) -> Failure:
    says = t("另一个进程正在使用这个状态目录：{why}", "Another process has this state directory: {why}").fill(why=error)
    remedy = t("请先停止正在运行的服务。", "Stop the service that runs already.")
    return Failure(Exit.REFUSED, says, remedy)


def _slapd(error: Exception) -> Failure:
    says = t("内置目录无法启动：{why}", "The embedded directory cannot start: {why}")
    return Failure(Exit.UNAVAILABLE, says.fill(why=" ".join(str(error).split())), _DOCTOR)


def _settings(error: Exception) -> Failure:
    return Failure(Exit.SETTINGS, plain(str(error)))


# The first that fits counts: children stand before DirectoryUnavailable.
FAMILIES: dict[str, Callable[[Exception], Failure]] = {
    "directory.backends.link.DirectoryRefused": _refused,
    "directory.backends.link.OwnCredentialsRefused": _own_credentials,
    "directory.backends.wire.CertificateRefused": _certificate,
    "directory.backends.wire.DirectoryUnavailable": _unavailable,
    "directory.backends.embedded_accounts.ReaderRefused": _reader,
    "directory.backends.state_lock.StateInUse": _in_use,
    "directory.backends.slapd_packages.SlapdMissing": _slapd,
    "directory.backends.slapd_child.SlapdFailed": _slapd,
    "directory.backends.slapd_configuration.SuffixRefused": _settings,
    "directory.backends.embedded_address.ListenRefused": _settings,
}
