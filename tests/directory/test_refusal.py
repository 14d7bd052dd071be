from directory.refusal import Flaw, RegistryRefused


def test_every_flaw_has_a_code_and_two_sentences():
    """Codes are unique, and each flaw speaks Chinese and English."""
    assert len({flaw.code for flaw in Flaw}) == len(Flaw)
    for flaw in Flaw:
        assert any(ord(character) > 0x4E00 for character in flaw.value.chinese)
        assert flaw.value.english.isascii()


def test_a_refusal_names_field_and_code():
    """What is printed says the code and the field, and not the value."""
    refused = RegistryRefused(Flaw.LOGIN_TAKEN, "login")
    assert str(refused).startswith("RG-102 login: ")
    assert (refused.flaw, refused.field) == (Flaw.LOGIN_TAKEN, "login")
