"""The section [portal]."""

from dataclasses import fields

from portal.settings import PortalSettings


def test_console_is_not_offered_to_the_world_by_itself():
    """Who wants it beyond loopback says so."""
    assert PortalSettings().console_listen.startswith("127.0.0.1:")


def test_every_setting_says_what_it_is():
    """The sentence goes into the template and the manual."""
    assert all(field.metadata["says"] for field in fields(PortalSettings))
