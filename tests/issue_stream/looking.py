"""What every page is looked at for: nothing for axe to find, nothing wider than the window."""

import os

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

SHOTS = os.environ.get("ISSUE_STREAM_SHOTS", "")
"""A folder for pictures of every page, to be looked at; none are made without it."""


async def faults_of(page: Page, name: str) -> list[str]:
    """Everything wrong with an open page, all its folds opened; empty when it is as it should be."""
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    found = await Axe().run(page)
    faults = [f"{name}: {fault['id']} {fault['nodes'][0]['target']}" for fault in found.response["violations"]]
    return faults + ([f"{name}: wider than the window"] if wide else [])
