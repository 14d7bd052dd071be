"""Separation of administration."""

from portal.console.roles import NAMES, RIGHTS, Right, Role, may, may_invite


def test_no_role_changes_both_rights_and_the_record_of_changes():
    """Who grants does not run the network, who watches changes nothing."""
    assert not may(Role.SYSTEM, Right.RULES_CHANGE)
    assert not may(Role.SYSTEM, Right.ADMINISTRATORS_CHANGE)
    assert not may(Role.SECURITY, Right.PEOPLE_CHANGE)
    assert not any(may(Role.AUDIT, right) for right in Right if right.value.endswith((":change", ":order")))
    assert [role for role in Role if may(role, Right.AUDIT_SEE)] == [Role.AUDIT]


def test_a_units_administrator_has_less_than_the_citys():
    """Nothing that concerns the network as a whole."""
    assert RIGHTS[Role.UNIT] < RIGHTS[Role.SYSTEM]


def test_every_role_has_a_name_and_its_own_account():
    """In both languages."""
    assert set(NAMES) == set(RIGHTS) == set(Role)
    assert all(Right.OWN in rights for rights in RIGHTS.values())


def test_system_invites_the_first_of_the_others_only():
    """From then on only security grants roles."""
    assert may_invite(Role.SYSTEM, Role.SECURITY, present=frozenset({Role.SYSTEM}))
    assert not may_invite(Role.SYSTEM, Role.SECURITY, present=frozenset({Role.SYSTEM, Role.SECURITY}))
    assert not may_invite(Role.SYSTEM, Role.SYSTEM, present=frozenset({Role.SYSTEM}))
    assert not may_invite(Role.SYSTEM, Role.UNIT, present=frozenset({Role.SYSTEM}))
    assert may_invite(Role.SECURITY, Role.UNIT, present=frozenset(Role))
    assert not may_invite(Role.AUDIT, Role.AUDIT, present=frozenset())
