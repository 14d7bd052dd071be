"""Who may do what in the console, as a table. Pure.

System, security and audit administrator are three people (GB/T 22239-2019 §8.1.5, separation of administration): the
first runs the network, the second decides about rights, the third watches both. A unit's administrator looks after
the own subtree.
"""

from enum import StrEnum

from portal.language import Text


class Role(StrEnum):
    """What an administrator is; nobody is two of them."""

    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"
    UNIT = "unit"


class Right(StrEnum):
    """What a page asks for. The value is also the scope of an API token."""

    TODAY = "today"
    PEOPLE_SEE = "people:see"
    PEOPLE_CHANGE = "people:change"
    IDENTITY_SEE = "identity:see"  # an identity number in full, with a reason that is recorded
    UNITS_SEE = "units:see"
    UNITS_CHANGE = "units:change"
    ENDPOINTS_SEE = "endpoints:see"
    ENDPOINTS_CHANGE = "endpoints:change"
    DEVICES_SEE = "devices:see"
    DEVICES_CHANGE = "devices:change"
    RULES_SEE = "rules:see"
    RULES_CHANGE = "rules:change"
    ONLINE_SEE = "online:see"
    ONLINE_ORDER = "online:order"  # end or move a session
    LOGINS_SEE = "logins:see"
    AUDIT_SEE = "audit:see"
    AUDIT_EXPORT = "audit:export"
    ADMINISTRATORS_SEE = "administrators:see"
    ADMINISTRATORS_CHANGE = "administrators:change"
    OWN = "own"  # the own account: every administrator


_PEOPLE = {
    Right.PEOPLE_SEE, Right.PEOPLE_CHANGE, Right.UNITS_SEE, Right.ENDPOINTS_SEE, Right.ENDPOINTS_CHANGE,
    Right.ONLINE_SEE, Right.ONLINE_ORDER, Right.LOGINS_SEE, Right.TODAY, Right.OWN,
}  # fmt: skip

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.SYSTEM: frozenset(
        _PEOPLE | {Right.IDENTITY_SEE, Right.UNITS_CHANGE, Right.DEVICES_SEE, Right.DEVICES_CHANGE, Right.RULES_SEE,
                   Right.ADMINISTRATORS_SEE}
    ),
    Role.SECURITY: frozenset({
        Right.TODAY, Right.PEOPLE_SEE, Right.UNITS_SEE, Right.ENDPOINTS_SEE, Right.DEVICES_SEE, Right.RULES_SEE,
        Right.RULES_CHANGE, Right.ONLINE_SEE, Right.LOGINS_SEE, Right.ADMINISTRATORS_SEE,
        Right.ADMINISTRATORS_CHANGE, Right.OWN,
    }),
    Role.AUDIT: frozenset({
        Right.TODAY, Right.LOGINS_SEE, Right.AUDIT_SEE, Right.AUDIT_EXPORT, Right.ADMINISTRATORS_SEE, Right.OWN,
    }),
    Role.UNIT: frozenset(_PEOPLE),
}  # fmt: skip

NAMES: dict[Role, Text] = {
    Role.SYSTEM: Text("系统管理员", "System administrator"),
    Role.SECURITY: Text("安全管理员", "Security administrator"),
    Role.AUDIT: Text("审计管理员", "Audit administrator"),
    Role.UNIT: Text("单位管理员", "Unit administrator"),
}


def may(role: Role, right: Right) -> bool:
    """Return whether a role has a right."""
    return right in RIGHTS[role]


def may_invite(inviter: Role, role: Role, *, present: frozenset[Role]) -> bool:
    """Return whether an administrator may make another one; `present` are the roles that somebody holds.

    Only security grants roles. The first one of all is a system administrator, who therefore invites the first
    security and the first audit administrator.
    """
    if inviter is Role.SECURITY:
        return True
    return inviter is Role.SYSTEM and role in (Role.SECURITY, Role.AUDIT) and role not in present
