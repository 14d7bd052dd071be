"""The section [directory]."""

from dataclasses import fields

from directory.settings import DirectorySettings


def test_absent_means_safe():
    """An empty section is the embedded directory on its local socket, and old knowledge lets nobody in."""
    settings = DirectorySettings()

    assert (settings.kind, settings.listen, settings.verify) == ("embedded", "", "mirror")
    assert settings.max_age <= 60


def test_every_field_is_explained():
    """`init` writes the explanation into the file."""
    assert all(one.metadata.get("says") for one in fields(DirectorySettings))
