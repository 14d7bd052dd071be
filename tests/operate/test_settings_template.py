"""The commented truename.toml."""

import re

import pytest

from operate.settings import SECTIONS, Settings
from operate.settings_template import CHINESE

FIELDS = [f"{section}.{name}" for section, kind in SECTIONS.items() for name in kind.__dataclass_fields__]


@pytest.mark.parametrize("uncomment", [False, True])
def test_the_template_means_the_defaults(tmp_path, uncomment):
    """As it is written, and with every line uncommented, it says what the program assumes anyhow."""
    empty, full = tmp_path / "empty.toml", tmp_path / "full.toml"
    empty.write_text("", "utf-8")
    text = Settings.template()
    full.write_text(re.sub(r"(?m)^#(\w+ = )", r"\1", text) if uncomment else text, "utf-8")

    written, assumed = Settings.load(full), Settings.load(empty)

    assert all(getattr(written, section) == getattr(assumed, section) for section in SECTIONS)


@pytest.mark.parametrize("field", [*FIELDS, *SECTIONS])
def test_every_setting_is_explained_in_both_languages(field):
    """A new setting needs its Chinese line in operate/settings_template.py, and its English one where it stands."""
    assert CHINESE[field]
    section, _, name = field.partition(".")
    if name:
        assert SECTIONS[section].__dataclass_fields__[name].metadata["says"]
        assert f"\n#{name} = " in Settings.template()


def test_no_explanation_is_left_over():
    """An explanation of nothing misleads."""
    assert set(CHINESE) == {*FIELDS, *SECTIONS}
