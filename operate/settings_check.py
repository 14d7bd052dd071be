"""Values that have the right type and still cannot be meant; pure apart from the list of time zones."""

import ipaddress
import re
import zoneinfo
from urllib.parse import urlsplit

from operate.settings_file import Source
from operate.words import Text, plain, t

_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")
_SUFFIX = re.compile(r"(dc|o|ou|c|l|st)=[^,=+<>#;\"\\]+(,(dc|o|ou|c|l|st)=[^,=+<>#;\"\\]+)*$", re.IGNORECASE)


def check(source: Source) -> None:
    """Raise SettingsError for the first value that is impossible."""
    _check_top(source)
    _check_store(source)
    _check_directory(source)
    _check_network(source)
    _check_portal(source)


def _check_top(source: Source) -> None:
    top = source.values["truename"]
    if top.get("state", "x").strip() == "":
        raise source.wrong("truename", "state", t("为空", "is empty"), t("一个目录", "a directory"))
    _endpoint(source, "truename", "health")
    zone = source.values["access"].get("time_zone")
    if zone is not None:
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            allowed = t(
                "IANA 时区库中的名称，例如 Asia/Shanghai",
                "a name of the IANA time zone database, such as Asia/Shanghai",
            )
            raise source.wrong("access", "time_zone", _impossible(zone), allowed) from error


def _check_store(source: Source) -> None:
    url = source.values["store"].get("url", "")
    if not url:
        return
    found = re.match(r"(sqlite|postgresql)(\+psycopg)?:///?", url)
    if not found or (found[1] == "sqlite" and not re.match(r"sqlite:////?[^/?]", url)):
        allowed = t(
            "postgresql://用户@主机:5432/库名、sqlite:////文件，或留空（状态目录中的 SQLite）",
            "postgresql://USER@HOST:5432/NAME, sqlite:////FILE, or empty for SQLite in the state directory",
        )
        raise source.wrong("store", "url", t("不是可用的数据库", "is no database that can be used"), allowed)
    authority = url[found.end() :].partition("/")[0]
    if "@" in authority and ":" in authority.rpartition("@")[0]:
        allowed = t("密码放在 PGPASSFILE 或服务文件中", "the password stands in PGPASSFILE or a service file")
        raise source.wrong("store", "url", t("含有密码", "holds a password"), allowed)


def _check_directory(source: Source) -> None:
    values = source.values["directory"]
    if not _SUFFIX.match(values.get("suffix", "dc=x")):
        problem = t("不是命名上下文", "is no naming context")
        raise source.wrong("directory", "suffix", problem, t("例如 dc=city,dc=internal", "such as dc=city,dc=internal"))
    _endpoint(source, "directory", "listen")
    for uri in values.get("uris", ()):
        if _is_directory(uri):
            continue
        allowed = plain("ldaps://HOST, ldaps://HOST:PORT, ldapi://PATH")
        raise source.wrong("directory", "uris", _impossible(uri), allowed)
    if values.get("kind", "embedded") == "embedded":
        return
    for name in ("uris", "bind_dn", "password_file"):
        if not values.get(name):
            problem = t("还需要 directory.{name}", "needs directory.{name} too").fill(name=name)
            allowed = t("在 [directory] 中写明 {name}", "{name} stands in [directory]").fill(name=name)
            raise source.wrong("directory", "kind", problem, allowed)


def _check_network(source: Source) -> None:
    values = source.values["radius"]
    for address in values.get("listen", ()):
        if not _is_address(address):
            allowed = t("不带端口的 IPv4 或 IPv6 地址", "IPv4 and IPv6 addresses, without port")
            raise source.wrong("radius", "listen", _impossible(address), allowed)
    if values.get("listen") == ():
        raise source.wrong("radius", "listen", t("为空", "is empty"), t("至少一个地址", "at least one address"))
    ports = values.get("auth_port", 1812), values.get("acct_port", 1813)
    if ports[0] == ports[1] != 0:
        name = "acct_port" if "acct_port" in values else "auth_port"
        problem = t("与另一个服务的端口相同", "is the port of the other service too")
        raise source.wrong("radius", name, problem, t("两个不同的端口", "two different ports"))


def _check_portal(source: Source) -> None:
    for name in ("listen", "tls_listen", "console_listen"):
        _endpoint(source, "portal", name)
    values = source.values["portal"]
    for name in ("url", "console_url"):
        value = values.get(name, "")
        if value and not _is_web_address(value):
            allowed = plain("https://HOST, https://HOST:PORT, http://127.0.0.1:PORT")
            raise source.wrong("portal", name, _impossible(value), allowed)
    if bool(values.get("certificate")) is not bool(values.get("key")):
        name = "certificate" if values.get("certificate") else "key"
        problem = t("需要证书和私钥两项", "needs its other half")
        raise source.wrong("portal", name, problem, t("certificate 和 key 一起写明", "certificate and key together"))


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username) and port != 0
    host = parts.hostname or ""
    if parts.scheme == "http":  # without TLS only where nobody can listen
        return bare and host in ("127.0.0.1", "::1", "localhost")
    return parts.scheme == "https" and bare and _is_host(host)


def _impossible(value: str) -> Text:
    return t("不能是 {value}", "cannot be {value}").fill(value=repr(value))


def _endpoint(source: Source, section: str, name: str) -> None:
    value = source.values[section].get(name, "")
    if not value:
        return
    host, _, port = value.rpartition(":")
    if not (_is_address(host.strip("[]")) and port.isascii() and port.isdigit() and int(port) <= 65535):
        allowed = t("地址:端口，例如 127.0.0.1:9812 或 [::1]:9812", "ADDRESS:PORT, as 127.0.0.1:9812 or [::1]:9812")
        raise source.wrong(section, name, _impossible(value), allowed)


def _is_directory(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        port = parts.port  # raises ValueError for what is no port
    except ValueError:
        return False
    if parts.scheme == "ldapi":
        return bool(parts.netloc)
    plain_uri = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    return parts.scheme == "ldaps" and plain_uri and port != 0 and _is_host(parts.hostname or "")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_host(text: str) -> bool:
    return _is_address(text) or _HOST.match(text) is not None
