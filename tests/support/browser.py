"""Debian's Chromium, driven by playwright; tests that want it are skipped by name where it is missing."""

import os
import shutil
from collections.abc import Iterator

import pytest

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """A running Chromium; each test opens contexts of its own in it.

    For one module: while playwright is there, its event loop is, and no test beside it can run one.
    """
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("chromium is not installed, and CI tests pages in a browser")
        pytest.skip("chromium is not installed: apt install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()
