"""The section [radius]."""

from dataclasses import fields

from radius.settings import RadiusSettings


def test_absent_means_safe():
    """Refusals are delayed, signatures are learnt, the ports are those of the RFCs."""
    settings = RadiusSettings()

    assert (settings.auth_port, settings.acct_port) == (1812, 1813)
    assert settings.reject_delay >= 0.5
    assert settings.require_message_authenticator == "auto"


def test_every_field_is_explained_and_numbers_are_bounded():
    """`init` writes the explanation; impossible values stop the start."""
    for one in fields(RadiusSettings):
        assert one.metadata.get("says")
        if isinstance(one.default, (int, float)):
            low, high = one.metadata["range"]

            assert low <= one.default <= high
