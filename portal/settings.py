"""The section [portal] of truename.toml."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class PortalSettings:
    """The doors for people: captive pages, my account, and the console."""

    listen: str = field(
        default="0.0.0.0:8080",
        metadata={
            "says": "address:port (HTTP) to which switches redirect. Beyond loopback it answers with the way to `url` "
            "only. Empty: no portal."
        },
    )
    tls_listen: str = field(
        default="0.0.0.0:8443",
        metadata={"says": "address:port (HTTPS) of the portal and of my account. Empty: loopback without TLS only."},
    )
    url: str = field(
        default="",
        metadata={"says": "Address of the portal as people's devices reach it: https://portal.city.internal:8443"},
    )
    console_listen: str = field(
        default="127.0.0.1:8444",
        metadata={"says": "address:port of the console and of its API. Empty: no console."},
    )
    console_url: str = field(
        default="",
        metadata={"says": "Address of the console as administrators reach it: https://console.city.internal:8444"},
    )
    certificate: str = field(
        default="",
        metadata={"says": "PEM file of the certificate and its chain. Empty: one of the product's own authority."},
    )
    key: str = field(default="", metadata={"says": "PEM file (mode 0400) of the certificate's key."})
    title: str = field(default="", metadata={"says": "Who runs the network, as the login page names it."})
    help: str = field(default="", metadata={"says": "Whom to call when a login fails: name, telephone."})
    announcement: str = field(default="", metadata={"says": "A sentence above the login form."})
    binding_hours: float = field(
        default=12.0,
        metadata={"says": "Hours for which a login at the portal holds for a device.", "range": (0.1, 720.0)},
    )
    console_idle: float = field(
        default=1800.0,
        metadata={
            "says": "Seconds without a click after which an administrator is logged out.",
            "range": (60.0, 28800.0),
        },
    )
    console_hours: float = field(
        default=10.0,
        metadata={"says": "Hours after which an administrator logs in anew in any case.", "range": (0.5, 24.0)},
    )
