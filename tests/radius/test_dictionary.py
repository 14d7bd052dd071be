"""radius.dictionary: names for people."""

from radius.dictionary import FOLDER, dictionary
from radius.packet import Attribute


def test_every_attribute_that_the_product_uses_has_a_name():
    """People see names, and the names of the standards: Acct-Session-Id, not a number."""
    named = {one.code: name for name, one in dictionary().attributes.items() if not one.vendor}
    for kind in Attribute:
        if kind is not Attribute.VENDOR_SPECIFIC:
            assert named[kind].upper().replace("-", "_") == kind.name


def test_names_of_vendors():
    """Vendor attributes have names of their own, each with the vendor's number."""
    portal = dictionary().attributes["Huawei-Portal-URL"]
    assert (dictionary().vendors.GetForward(portal.vendor), portal.code) == (2011, 156)
    pair = dictionary().attributes["H3C-AV-Pair"]
    assert (dictionary().vendors.GetForward(pair.vendor), pair.code) == (25506, 210)


def test_no_number_has_two_names():
    """A name that another hides would never be shown."""
    names = [line.split()[1] for file in FOLDER.iterdir() for line in file.read_text().splitlines()
             if line.startswith("ATTRIBUTE")]  # fmt: skip
    assert len(names) == len(set(names))
    numbers = [(dictionary()[name].vendor, dictionary()[name].code) for name in names]
    assert len(numbers) == len(set(numbers))
