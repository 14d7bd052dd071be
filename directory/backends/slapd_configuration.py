"""Render the configuration and the first entries of the embedded slapd from directory/schema/.

The configuration is derived from the settings alone and made anew at each start, so that it always fits the version
of the product; nothing in it is worth keeping. Format: LDIF (RFC 2849) for `slapd -T add`.
"""

import base64
import re
import shutil
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from directory.backends.slapd_child import CONFIGURATION, SlapdChild
from directory.backends.slapd_program import SlapdProgram

SCHEMA = Path(__file__).parent.parent / "schema"
REQUIRED_MODULES = ("back_mdb", "argon2", "syncprov", "ppolicy", "unique", "refint", "constraint")
# They only check hashes that were taken over from elsewhere; Debian has them in slapd-contrib.
OPTIONAL_MODULES = ("pw-pbkdf2", "pw-sha2")
# Parameters (KiB, passes, lanes) only guard hashes that slapd makes itself (RFC 3062 by strangers).
_MODULE_ARGUMENTS = {"argon2": " m=19456 t=2 p=1"}
_FOREIGN_SCHEMA = ("core", "cosine", "inetorgperson", "nis")
_NAME_PART = re.compile(r"(?:dc|o|ou|l|st|c)=\w(?:[\w .-]*\w)?", re.IGNORECASE)


class SuffixRefused(ValueError):  # noqa: N818 - the name is the sentence
    """The naming context of the settings is not one that the embedded directory can carry."""


class TlsFiles(NamedTuple):
    """PEM files of the listener for outside applications, relative to slapd's directory."""

    certificate: str
    key: str
    authority: str


def check_suffix(suffix: str) -> None:
    """Raise SuffixRefused unless this is a plain distinguished name that begins with dc= or o=.

    It goes into access rules, patterns and LDIF, therefore nothing in it may need quoting (RFC 4514 §2.4).
    """
    parts = suffix.split(",")
    if not all(_NAME_PART.fullmatch(part) for part in parts):
        raise SuffixRefused("[directory] suffix: write it like dc=city,dc=example, without spaces around the commas")
    if not parts[0].lower().startswith(("dc=", "o=")):
        raise SuffixRefused("[directory] suffix: the first part must be dc= or o=")


def ldif_line(attribute: str, value: str | bytes) -> str:
    """Return one LDIF line; base64 where the value is not a SAFE-STRING (RFC 2849)."""
    octets = value.encode() if isinstance(value, str) else value
    safe = re.fullmatch(
        rb"(?:[\x01-\x09\x0b\x0c\x0e-\x1f\x21-\x39\x3b\x3d-\x7f][\x01-\x09\x0b\x0c\x0e-\x7f]*)?", octets
    )
    if safe and not octets.endswith(b" "):
        return f"{attribute}: {octets.decode()}"
    return f"{attribute}:: {base64.b64encode(octets).decode()}"


def access_rules(suffix: str) -> list[str]:
    """Return the rules of access.txt, each as one line, in their order (the first match wins)."""
    rules: list[str] = []
    for line in (SCHEMA / "access.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0].isspace():
            rules[-1] += " " + line.strip()
        else:
            rules.append(line.strip())
    return [rule.replace("@SUFFIX@", suffix) for rule in rules]


def render(program: SlapdProgram, suffix: str, *, product: tuple[int, int], tls: TlsFiles | None) -> str:
    """Return cn=config as LDIF.

    `product` is uid and gid of the processes that may write as uid=app, `tls` the files of the ldaps:// listener.
    Raises SuffixRefused; OSError when a schema file of OpenLDAP is missing.
    """
    check_suffix(suffix)
    modules = [
        name for name in (*REQUIRED_MODULES, *OPTIONAL_MODULES) if name in program.modules or name in REQUIRED_MODULES
    ]
    encryption = "# no listener beyond the local socket"
    if tls is not None:
        encryption = "\n".join(
            (
                f"olcTLSCACertificateFile: {tls.authority}",
                f"olcTLSCertificateFile: {tls.certificate}",
                f"olcTLSCertificateKeyFile: {tls.key}",
                "olcTLSProtocolMin: 3.3",  # 3.3 is TLS 1.2, by the number on the wire
            )
        )
    fillings = {
        "@UID@": str(product[0]),
        "@GID@": str(product[1]),
        "@TLS@": encryption,
        "@MODULES@": program.module_directory,
        "@MODULE_LOADS@": "\n".join(f"olcModuleLoad: {name}{_MODULE_ARGUMENTS.get(name, '')}" for name in modules),
        "@RULES@": "\n".join(
            ldif_line("olcAccess", f"{{{number}}}{rule}") for number, rule in enumerate(access_rules(suffix))
        ),
        "@SUFFIX_IN_URL@": quote(suffix, safe="=,"),
        "@SUFFIX@": suffix,
    }
    parts = [
        (SCHEMA / "config-first.ldif").read_text("utf-8"),
        *((program.schema_directory / f"{name}.ldif").read_text("utf-8") for name in _FOREIGN_SCHEMA),
        (SCHEMA / "rnaccess.ldif").read_text("utf-8"),
        (SCHEMA / "config-last.ldif").read_text("utf-8"),
    ]
    return "\n\n".join(_fill(part, fillings).strip("\n") for part in parts) + "\n"


def base_entries(suffix: str, city: str) -> str:
    """Return the entries above the first person as LDIF. Raises SuffixRefused."""
    check_suffix(suffix)
    kind, _, label = suffix.partition(",")[0].partition("=")
    if kind.lower() == "dc":
        top = "\n".join(("objectClass: dcObject", ldif_line("dc", label), ldif_line("o", city)))
    else:
        top = ldif_line("o", label)
    return _fill((SCHEMA / "base.ldif").read_text("utf-8"), {"@TOP@": top, "@SUFFIX@": suffix})


def account_entry(dn: str, suffix: str, hashed: bytes) -> str:
    """Return one service account as LDIF: it has a password, and no lock that a stranger could trip."""
    attributes = account_attributes(dn, suffix, hashed)
    return "\n".join(
        [f"dn: {dn}", *(ldif_line(name, value) for name, values in attributes.items() for value in values)]
    )


def account_attributes(dn: str, suffix: str, hashed: bytes) -> dict[str, list[bytes]]:
    """Return the attributes of such an account, as an LDAP add wants them."""
    return {
        "objectClass": [b"account", b"simpleSecurityObject"],
        "uid": [dn.partition(",")[0].removeprefix("uid=").encode()],
        "userPassword": [hashed],
        "pwdPolicySubentry": [f"cn=services,ou=policies,{suffix}".encode()],
    }


def build(child: SlapdChild, configuration: str) -> None:
    """Write cn=config anew, in place of what was there. Raises SlapdFailed."""
    directory = child.home / CONFIGURATION
    for entry in directory.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    child.tool("add", ["-n0"], configuration.encode())


def _fill(text: str, fillings: dict[str, str]) -> str:
    return re.sub("|".join(re.escape(name) for name in fillings), lambda found: fillings[found[0]], text)
