"""The section [access]."""

from dataclasses import fields
from zoneinfo import ZoneInfo

from access.settings import AccessSettings


def test_defaults_lie_in_their_ranges():
    """What is safe when absent is also allowed when written."""
    settings = AccessSettings()
    for each in fields(settings):
        if "range" in each.metadata:
            least, most = each.metadata["range"]
            assert least <= getattr(settings, each.name) <= most
        assert each.metadata["says"].endswith(".")


def test_the_time_zone_exists():
    """The default zone of hours is one that the system knows."""
    assert ZoneInfo(AccessSettings().time_zone).key == "Asia/Shanghai"
