"""New passwords: which are refused and why."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.password_policy import Objection, objections
from directory.passwords import generate_one_time_password

LOGIN, NAME = "lixiaomei", "李小梅"


def against(password: str, login: str = LOGIN, name: str = NAME) -> set[Objection]:
    return set(objections(password, login, name))


@pytest.mark.parametrize("password", ["Teal-kite 42 rows", "山高Yue-7绕三庄!水", "xK7#mvQ2pLw9", "Grün9;Tisch~Uhr"])
def test_good_passwords(password: str):
    """Mixed, long and not guessable: nothing is said against it, in any script."""
    assert against(password) == set()


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("xK7#mvQ2p", Objection.TOO_SHORT),
        ("山高水长Aa1", Objection.TOO_SHORT),  # characters count, not octets
        ("xK7#mvQ2pLw9" * 11, Objection.TOO_LONG),
        ("xK7#mvQ2pLw9\0", Objection.CHARACTERS),
        ("xK7#mvQ2pLw9\n", Objection.CHARACTERS),
        ("xK7#mvQ2pLw9\ud800", Objection.CHARACTERS),
        ("tkqmvrplwxzj", Objection.TOO_FEW_KINDS),
        ("tkqmvrplwxz7", Objection.TOO_FEW_KINDS),
        ("xK7#LiXiaoMei9q", Objection.HAS_LOGIN),
        ("xK7#iemoaixil9q", Objection.HAS_LOGIN),
        ("xK7#李小梅mvQ2p", Objection.HAS_NAME),
        ("Password2026!", Objection.GUESSED_FIRST),
        ("P@ssw0rd1234", Objection.GUESSED_FIRST),
        ("Zhongguo@2025", Objection.GUESSED_FIRST),
        ("Qwertyuiop123!", Objection.GUESSED_FIRST),
        ("Aaaaaaaaa1111!", Objection.GUESSED_FIRST),
        ("Abcdefg12345#", Objection.GUESSED_FIRST),
        ("Admin19991231$", Objection.GUESSED_FIRST),
        ("Lixiaomei@2024", Objection.GUESSED_FIRST),
    ],
)
def test_bad_passwords(password: str, expected: Objection):
    """Each rule objects to what it is there for."""
    assert expected in against(password)


def test_parts_of_a_name_with_a_middle_dot():
    """The parts of a name count one by one; very short ones do not."""
    assert Objection.HAS_NAME in against("xK7#买买提mvQ2p", name="阿依古丽·买买提")
    assert Objection.HAS_NAME in against("xK7#Batur~mvQ2p", name="Batur Li")
    assert Objection.HAS_NAME not in against("xK7#Li~~mvQ2p", name="Batur Li")


def test_one_time_passwords_pass():
    """What the product hands out itself meets its own rules."""
    for _ in range(300):
        assert against(generate_one_time_password()) == set()


def test_codes_are_unique_and_sentences_complete():
    """Every objection has a code of its own and a sentence in both languages."""
    assert len({objection.code for objection in Objection}) == len(Objection)
    for objection in Objection:
        assert objection.value.chinese.endswith("。")
        assert objection.value.english.endswith(".")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_judged_without_an_error(password: str, login: str, name: str):
    """Whatever is typed, the answer is a list of objections; a short password always has one."""
    found = objections(password, login, name)
    assert len(found) == len(set(found))
    if len(password) < 10:
        assert Objection.TOO_SHORT in found
