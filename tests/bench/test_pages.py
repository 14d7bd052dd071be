"""The measurement of pages measures pages."""

from bench import pages


def test_every_page_is_there(knowledge, monkeypatch):
    """Each is asked for, and answers 200."""
    monkeypatch.setattr(pages, "LOGINS", 50)
    named = pages.fill(knowledge, 20)
    found = pages.measure(knowledge, named, 1)
    assert set(found) == set(pages.PAGES)
    assert all(len(times) == 1 for times in found.values())
