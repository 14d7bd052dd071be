"""Reading settings, and naming the line at fault."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operate.settings import SECTIONS, Settings
from operate.settings_file import SettingsError, line_of, read


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("\n[radius]\nauth_prot = 1812\n", 3, "Did you mean auth_port?"),
        ("[raduis]\n", 1, "Did you mean radius?"),
        ("# x\n\n[radius]\n# y\nauth_port = 70000\n", 5, "from 0 to 65535"),
        ('[radius]\nauth_port = "1812"\n', 2, "a whole number"),
        ("[radius]\nauth_port = true\n", 2, "a whole number"),
        ("[radius]\nauth_port = 1.5\n", 2, "a whole number"),
        ("[radius]\nreject_delay = nan\n", 2, "from 0.0 to 10.0"),
        ("[radius]\nreject_delay = inf\n", 2, "from 0.0 to 10.0"),
        ('[radius]\nlisten = "::"\n', 2, "a list of texts"),
        ('[radius]\nlisten = [\n  "::",\n  1,\n]\n', 2, "a list of texts"),
        ('[directory]\nkind = "ad"\n', 2, '"embedded", "openldap", "389ds"'),
        ("radius.workers = -1\n", 1, "from 0 to 31"),
        ("store = { url = 1 }\n", 1, "a text in quotes"),
        ("[store]\nurl = \n", 2, "not TOML"),
        ("[store]\n[store]\n", 2, "not TOML"),
        ("store = 1\n", 1, "Write [store]"),
        ('[store]\nurl = """\nx\n"""\n[radius]\nworkers = 999\n', 6, "from 0 to 31"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path, text, line, says):
    """Unknown names, wrong types and impossible values stop with file, line, and what is allowed."""
    path = tmp_path / "truename.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(SettingsError) as caught:
        read(path, SECTIONS)

    assert caught.value.line == line
    assert says in str(caught.value) or says in caught.value.says.english
    assert f"{path}, line {line}" in str(caught.value)
    assert f"第 {line} 行" in caught.value.says.chinese


def test_what_is_no_text_is_refused(tmp_path):
    """TOML is UTF-8; a file that cannot be read is said to be so."""
    path = tmp_path / "truename.toml"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(SettingsError, match="not UTF-8"):
        read(path, SECTIONS)
    with pytest.raises(SettingsError, match="cannot be read"):
        read(tmp_path, SECTIONS)


def test_a_whole_number_serves_as_a_number(tmp_path):
    """10 seconds need no point; the field has one type all the same."""
    path = tmp_path / "truename.toml"
    path.write_text("[radius]\nreject_delay = 1\n", "utf-8")

    assert type(Settings.load(path).radius.reject_delay) is float


_VALUES = st.one_of(
    st.integers(-5, 10), st.booleans(), st.text(max_size=5), st.floats(), st.lists(st.integers(), max_size=2)
)


def _toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\u{ord(one):04x}" if ord(one) < 0xD800 else "x" for one in value) + '"'
    return str(value)


@given(
    st.sampled_from([(section, name) for section, kind in SECTIONS.items() for name in kind.__dataclass_fields__]),
    _VALUES,
)
@settings(max_examples=150, deadline=None)
def test_any_value_is_accepted_or_named(tmp_path_factory, key, value):
    """Settings, or SettingsError with the line, and nothing else."""
    path = tmp_path_factory.getbasetemp() / "any.toml"
    path.write_text(f"# first\n[{key[0]}]\n{key[1]} = {_toml(value)}\n", "utf-8")
    try:
        lines = [3 if isinstance(Settings.load(path), Settings) else 0]
    except SettingsError as error:
        lines = [error.line]
    assert lines == [3]


@given(
    st.lists(st.sampled_from(["a = 1", "b = '''\nx\n'''", "c = [\n1,\n2]", "# c", ""]), unique=True), st.integers(0, 4)
)
@settings(max_examples=100, deadline=None)
def test_a_line_is_found_however_values_are_broken(parts, before):
    """The line of a key is where it is written, whatever values over several lines stand before it."""
    text = "\n" * before + "[s]\n" + "\n".join(parts) + "\nwanted = 1\n"
    assert tomllib.loads(text)["s"]["wanted"] == 1

    assert text.splitlines()[line_of(text, "s", "wanted") - 1] == "wanted = 1"
