"""The system's `crypt`: it knows every {CRYPT} scheme that the machine's own accounts may have.

The standard library's `crypt` module is leaving Python (PEP 594) and holds the interpreter while it works; calling
libcrypt ourselves does not.
"""

import ctypes
import functools
from collections.abc import Callable
from hmac import compare_digest

_SONAME = "libcrypt.so.1"
_WORKSPACE = 32768  # octets of struct crypt_data (crypt(3) of libxcrypt)
_LONGEST = 512  # CRYPT_MAX_PASSPHRASE_SIZE; passwords come in at most a fourth of it


@functools.cache
def _crypt() -> Callable[[bytes, bytes], bytes | None] | None:
    try:
        function = ctypes.CDLL(_SONAME).crypt_rn
    except (OSError, AttributeError):
        return None  # another C library, or one without the re-entrant call
    function.restype = ctypes.c_char_p
    function.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int]

    def call(phrase: bytes, setting: bytes) -> bytes | None:
        workspace = ctypes.create_string_buffer(_WORKSPACE)
        told: bytes | None = function(phrase, setting, workspace, _WORKSPACE)
        return told

    return call


def available() -> bool:
    """Tell whether the machine has a libcrypt that we can call."""
    return _crypt() is not None


def crypt_matches(stored: bytes, password: bytes) -> bool:
    """Tell whether `password` gives the stored crypt(5) string. False for what libcrypt does not know."""
    crypt = _crypt()
    # A NUL would end the password early, for the C library sees nothing behind it.
    if crypt is None or not stored or b"\0" in password or b"\0" in stored or len(password) >= _LONGEST:
        return False
    told = crypt(password, stored)
    return told is not None and compare_digest(told, stored)
