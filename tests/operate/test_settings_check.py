"""Values that cannot be meant."""

import pytest

from operate.settings import Settings
from operate.settings_file import SettingsError


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[truename]\nstate = " "\n', 2),
        ('[truename]\nhealth = "9812"\n', 2),
        ('[truename]\nhealth = "localhost:9812"\n', 2),
        ('[truename]\nhealth = "127.0.0.1:99999"\n', 2),
        ('[access]\ntime_zone = "Beijing"\n', 2),
        ('[access]\ntime_zone = "../etc/passwd"\n', 2),
        ('[store]\nurl = "mysql://db/x"\n', 2),
        ('[store]\nurl = "sqlite://"\n', 2),
        ('[store]\nurl = "postgresql://tn:secret@db/tn"\n', 2),
        ('[directory]\nsuffix = "city"\n', 2),
        ('[directory]\nlisten = "636"\n', 2),
        ('[directory]\nuris = ["ldap://plain"]\n', 2),
        ('[directory]\nkind = "openldap"\n', 2),
        ('[directory]\nuris = ["ldaps://a:0"]\n', 2),
        ('[directory]\nuris = ["ldaps://a/dc=x"]\n', 2),
        ('[directory]\nkind = "389ds"\nuris = ["ldaps://a"]\n', 2),
        ('[radius]\nlisten = ["any"]\n', 2),
        ("[radius]\nlisten = []\n", 2),
        ("[radius]\nauth_port = 1700\nacct_port = 1700\n", 3),
        ("[radius]\nauth_port = 1813\n", 2),
    ],
)
def test_the_impossible_is_named_with_its_line(tmp_path, text, line):
    """Each is refused before anything starts; a password never shows in the message."""
    path = tmp_path / "truename.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(SettingsError) as caught:
        Settings.load(path)

    assert caught.value.line == line
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        '[truename]\nhealth = "[::1]:0"\n',
        '[truename]\nhealth = ""\n',
        '[store]\nurl = "postgresql+psycopg://tn@db:5432/tn?sslmode=verify-full"\n',
        '[store]\nurl = "postgresql:///tn?service=city"\n',
        '[directory]\nsuffix = "dc=城,dc=internal"\n',
        """[directory]\nkind = "openldap"\nuris = ["ldaps://a.example:636", "ldaps://[2001:db8::1]"]
        bind_dn = "cn=x"\npassword_file = "p"\n""",
        "[radius]\nauth_port = 0\nacct_port = 0\n",
    ],
)
def test_the_possible_is_accepted(tmp_path, text):
    """What a city may need passes."""
    path = tmp_path / "truename.toml"
    path.write_text(text, "utf-8")

    assert Settings.load(path)
