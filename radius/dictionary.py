"""Names of attributes and values, for pyrad's clients (`ask`). Deciding needs none of it.

The dictionaries in radius/dictionaries are our own, in the syntax of FreeRADIUS; pyrad reads them.
"""

from functools import cache
from pathlib import Path

from pyrad.dictionary import Dictionary

FOLDER = Path(__file__).parent / "dictionaries"


@cache
def dictionary() -> Dictionary:
    """Return the dictionary for pyrad's clients."""
    return Dictionary(str(FOLDER / "dictionary.truename"))
