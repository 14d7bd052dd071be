"""What a directory's answers mean to an operator."""

import pytest

from directory.backends.connection import (
    CertificateRefused,
    DirectoryRefused,
    DirectorySlow,
    DirectoryUnavailable,
    OwnCredentialsRefused,
)
from directory.backends.embedded_accounts import ReaderRefused
from directory.backends.embedded_address import ListenRefused
from directory.backends.slapd_child import SlapdFailed
from directory.backends.slapd_configuration import SuffixRefused
from directory.backends.slapd_packages import SlapdMissing
from directory.backends.state_lock import StateInUse
from operate import failures
from operate.exits import Exit


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (DirectoryRefused(50), Exit.SETTINGS, "bind_dn"),
        (DirectoryRefused(10), Exit.SETTINGS, "uris"),
        (DirectoryRefused(65), Exit.SETTINGS, "rnaccess.ldif"),
        (DirectoryRefused(19), Exit.REFUSED, "policy"),
        (DirectoryRefused(80), Exit.UNAVAILABLE, "disk"),
        (DirectoryRefused(123), Exit.REFUSED, "doctor"),
        (OwnCredentialsRefused("ldaps://x: own account refused, result code 49"), Exit.SETTINGS, "password_file"),
        (CertificateRefused("ldaps://x: certificate refused"), Exit.SETTINGS, "ca_file"),
        (DirectorySlow("ldaps://x: no connection in time"), Exit.UNAVAILABLE, "doctor"),
        (DirectoryUnavailable("nobody there"), Exit.UNAVAILABLE, "doctor"),
        (StateInUse("state is in use by another process (process 7)"), Exit.REFUSED, "Stop"),
        (SlapdMissing("there is no slapd"), Exit.UNAVAILABLE, "doctor"),
        (SlapdFailed("slapd ended while starting:\nsyntax error"), Exit.UNAVAILABLE, "doctor"),
    ],
)
def test_each_has_its_code_and_remedy(error, code, words, capsys):
    """No answer of the directory is an internal error; each says what to do in both languages."""
    failure = failures.explain(error)

    assert failure.exit_code is code
    assert words in failure.remedy.english
    assert failure.remedy.chinese != failure.remedy.english
    assert "\n" not in failure.says.english
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ReaderRefused("no"), Exit.REFUSED),
        (SuffixRefused("[directory] suffix: no"), Exit.SETTINGS),
        (ListenRefused("[directory] listen: no"), Exit.SETTINGS),
    ],
)
def test_a_value_that_cannot_be_taken(error, code):
    """The sentence says what would be acceptable."""
    assert failures.explain(error).exit_code is code
