"""Names as one types them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory import pinyin


def forms(name, login="x"):
    return pinyin.spelled(name, login).split(" ")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("张伟", ["x", "张伟", "zhangwei", "zw"]),
        ("欧阳修文", ["x", "欧阳修文", "ouyangxiuwen", "oyxw"]),
        ("单雄", ["x", "单雄", "shanxiong", "sx", "danxiong", "dx"]),
        ("尉迟恭", ["x", "尉迟恭", "yuchigong", "ycg", "weichigong", "wcg"]),
        ("吕伟", ["x", "吕伟", "lvwei", "lw", "lyuwei"]),
        ("林〇", ["x", "林〇", "linling", "ll"]),
        ("李Tom", ["x", "李tom", "litom", "lt"]),
        ("石㐂", ["x", "石㐂", "shi", "s"]),
        ("가나다", ["x", "가나다"]),
        ("乐", ["x", "乐", "yue", "y", "le", "l"]),
    ],
)
def test_forms_of_a_name(name, wanted):
    """Login, name, pinyin and initials; a surname's own reading first; what has no reading is left out."""
    assert forms(name) == wanted


def test_surnames_are_read_as_surnames():
    """The reading that everybody knows to be the surname's comes first, and is what a login is made of."""
    names = {"仇英": "qiuying", "解晓东": "xiexiaodong", "曾涛": "zengtao", "查良": "zhaliang", "区军": "oujun"}
    names |= {"翟伟": "zhaiwei", "覃军": "qinjun", "朴勇": "piaoyong", "万俟洋": "moqiyang", "卜凡": "bufan"}
    assert {name: pinyin.login_of(name) for name in names} == names


def test_ethnic_names_with_and_without_the_dot():
    """A name with a middle dot is found without it, and by each of its parts."""
    spelled = pinyin.spelled("阿依古丽·买买提", "ayiguli")
    for typed in ("阿依古丽·买买提", "阿依古丽买买提", "买买提", "ayigulimaimaiti", "maimaiti", "ayglmmt"):
        assert any(form in spelled for form in pinyin.sought(typed))


def test_latin_names_without_accents_and_apostrophes():
    """An accent or apostrophe may be typed or not."""
    spelled = pinyin.spelled("Renée O'Connor", "rc")
    for typed in ("renée", "RENEE", "o'connor", "oconnor", "reneeoconnor", "Renée O’Connor"):
        assert any(form in spelled for form in pinyin.sought(typed))


def test_pinyin_is_found_however_it_is_typed():
    """Spaces, apostrophes, capitals, full width and ü do not matter."""
    spelled = pinyin.spelled("吕西安", "x")
    for typed in ("lvxian", "lü xi'an", "Lv Xi An", "ｌｖｘｉａｎ", "lyuxian", "LXA"):
        assert any(form in spelled for form in pinyin.sought(typed))


def test_a_long_name_has_few_spellings():
    """However many readings its characters have, a name stands under eight spellings at most."""
    assert len(forms("长" * 64)) <= 2 + 2 * 8
    assert pinyin.login_of("长" * 64) == ("zhang" * 64)[:32]


def test_a_login_is_letters_and_digits():
    """A name suggests a login of ASCII, or none."""
    assert pinyin.login_of("绿原") == "lvyuan"
    assert pinyin.login_of("Zoë O'Brien 2") == "zoeobrien2"
    assert pinyin.login_of("㐂") == ""


@given(name=st.text(max_size=64), login=st.text(max_size=10))
@settings(max_examples=300, deadline=None)
def test_any_text_has_forms(name, login):
    """Whatever a name is made of, it is found under itself, and its login is ASCII."""
    spelled = pinyin.spelled(name, login)
    assert pinyin.folded(name) in spelled
    assert pinyin.login_of(name).isascii()
    pinyin.sought(name)
