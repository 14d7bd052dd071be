"""Exit codes."""

from operate.exits import MEANING, CommandFailed, Exit, refused
from operate.words import t


def test_every_code_has_its_meaning():
    """The help lists what each code means."""
    assert set(MEANING) == set(Exit)


def test_codes_are_those_of_sysexits():
    """Scripts and schedulers know EX_UNAVAILABLE, EX_SOFTWARE, EX_TEMPFAIL and EX_CONFIG."""
    assert [Exit.UNAVAILABLE, Exit.INTERNAL, Exit.TRY_AGAIN, Exit.SETTINGS] == [69, 70, 75, 78]


def test_a_refusal_carries_sentence_remedy_and_code():
    """The exception's own text is English, for logs."""
    error = refused(t("不行", "no"), t("改", "change"), "RG-1")

    assert isinstance(error, CommandFailed)
    assert (error.exit_code, str(error), error.code) == (Exit.REFUSED, "no", "RG-1")
    assert error.failure == (error.exit_code, error.says, error.remedy, error.code, ())
