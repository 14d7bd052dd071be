"""The closed list of reasons for which a packet is discarded without an answer.

An attacker learns nothing from silence; an operator learns everything from the counter that bears the label.
"""

from enum import Enum
from typing import NamedTuple


class Silence(NamedTuple):
    """`label` is stable, for logs and metrics; the sentence is for people."""

    label: str
    sentence: str


class Drop(Enum):
    """Why nothing was answered."""

    # The source
    UNKNOWN_SOURCE = Silence("unknown-source", "The sender is no registered network device.")
    # Framing (RFC 2865 §3, §5)
    LENGTH = Silence("length", "The Length field is below 20 or above 4096 (RFC 2865 §3).")
    TRUNCATED = Silence("truncated", "The datagram is shorter than its Length field says (RFC 2865 §3).")
    ATTRIBUTE_TYPE = Silence("attribute-type", "An attribute has type 0, which no registry assigns.")
    ATTRIBUTE_LENGTH = Silence("attribute-length", "An attribute says that it is shorter than its own header.")
    ATTRIBUTE_OVERRUN = Silence("attribute-overrun", "An attribute reaches beyond the end of the packet.")
    TOO_MANY_ATTRIBUTES = Silence("too-many-attributes", "The packet carries more than 200 attributes.")
    UNKNOWN_CODE = Silence("unknown-code", "The packet code is none that RADIUS uses here.")
    WRONG_CODE = Silence("wrong-code", "A packet of this code has no business on this port.")
    # Integrity
    AUTHENTICATOR = Silence("authenticator", "The authenticator does not fit the secret (RFC 2866 §3, RFC 5176 §2.3).")
    MESSAGE_AUTHENTICATOR = Silence(
        "message-authenticator", "Message-Authenticator does not fit the secret (RFC 3579 §3.2)."
    )
    MESSAGE_AUTHENTICATOR_LENGTH = Silence(
        "message-authenticator-length", "Message-Authenticator is not 16 octets long (RFC 3579 §3.2)."
    )
    MESSAGE_AUTHENTICATOR_DOUBLED = Silence(
        "message-authenticator-doubled", "Message-Authenticator is there more than once (RFC 3579 §3.3)."
    )
    UNSIGNED = Silence("unsigned", "Message-Authenticator is missing and this device must send it (CVE-2024-3596).")
    PROXY_STATE_UNSIGNED = Silence(
        "proxy-state-unsigned", "Proxy-State without Message-Authenticator may be a forgery (CVE-2024-3596)."
    )
    EAP_UNSIGNED = Silence("eap-unsigned", "EAP-Message without Message-Authenticator (RFC 3579 §3.1).")
    STATUS_UNSIGNED = Silence("status-unsigned", "Status-Server without a valid Message-Authenticator (RFC 5997 §3).")
    # Work
    DUPLICATE_PENDING = Silence("duplicate-pending", "The same request is being worked on (RFC 5080 §2.2.2).")
    RATE_LIMITED = Silence("rate-limited", "This device, or one client behind it, asks more often than it may.")
    QUEUE_FULL = Silence("queue-full", "Too many requests wait; the device will ask again.")
    ACCOUNTING_STATUS = Silence(
        "accounting-status", "The accounting record has no Acct-Status-Type that is known (RFC 2866 §5.1)."
    )
    NOT_DURABLE = Silence("not-durable", "The accounting record could not be made durable (RFC 2866 §2).")

    @property
    def label(self) -> str:
        """The stable short name, for logs and metrics."""
        return self.value.label

    @property
    def sentence(self) -> str:
        """The same for people."""
        return self.value.sentence
