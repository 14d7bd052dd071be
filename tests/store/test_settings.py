"""The section [store]."""

from dataclasses import fields

from store.settings import StoreSettings


def test_an_absent_section_means_sqlite_in_the_state_directory():
    """Nothing has to be written to start; every field says what it is for."""
    assert StoreSettings().url == ""
    for each in fields(StoreSettings):
        assert each.metadata["says"].endswith(".")
