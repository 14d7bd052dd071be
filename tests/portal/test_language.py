"""Two languages, never one."""

from portal.language import Language, Text, language_named, plain


def test_text_is_said_in_the_language_asked_for():
    """A value that is a Text keeps its language."""
    greeting = Text("你好，{who}", "Hello, {who}").fill(who=Text("张伟", "Zhang Wei"))
    assert greeting.in_(Language.CHINESE) == "你好，张伟"
    assert greeting.in_(Language.ENGLISH) == "Hello, Zhang Wei"
    assert plain("TN-101").in_(Language.ENGLISH) == "TN-101"


def test_chinese_comes_first():
    """Whatever is not plainly English is Chinese."""
    assert language_named("en") is Language.ENGLISH
    assert {language_named(name) for name in (None, "", "zh", "EN", "<script>")} == {Language.CHINESE}
