"""Every partner page in a real browser: nothing for axe to find, nothing wider than the window, light and dark."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, ViewportSize
from pydantic import SecretStr

from issue_stream.web.settings import WebSettings
from tests.issue_stream.looking import SHOTS, faults_of
from tests.issue_stream.web.conftest import HOST, IDA, KEY, open_booth, path
from tests.issue_stream.web.scenes import every_page, served

pytestmark = pytest.mark.services

WIDTHS = (390, 1280)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(tmp_path: Path, browser: Browser, scheme: str) -> None:
    faults = []
    settings = WebSettings(secret_keys=(SecretStr(KEY),), address_requests_per_minute=100_000)
    async with open_booth(tmp_path, settings) as booth, served(booth) as host:
        pages = await every_page(booth)
        for width in WIDTHS:
            context = await browser.new_context(
                viewport=ViewportSize(width=width, height=800),
                color_scheme="dark" if scheme == "dark" else "light",
                bypass_csp=True,  # axe is a script that our policy of contents rightly refuses
            )
            page = await context.new_page()
            for name, place in pages.items():
                await page.goto(host + place)
                faults += await faults_of(page, f"{name} at {width}")
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/partner_{name}_{width}_{scheme}.png", full_page=True)
            await context.close()

    assert faults == []


async def test_an_issue_can_be_raised_with_the_keyboard_and_without_scripts(tmp_path: Path, browser: Browser) -> None:
    async with open_booth(tmp_path, WebSettings(secret_keys=(SecretStr(KEY),))) as booth, served(booth) as host:
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(host + path(booth.web.links.form(IDA)))
        await page.focus("#what")
        await page.keyboard.type("Our claim is not paid.")
        for _ in range(30):
            await page.keyboard.press("Tab")
            if await page.locator("button.large:focus").count():
                break
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/a/**")
        receipt = await page.inner_text("main")
        await page.get_by_role("link", name="Follow this issue").press("Enter")
        await page.wait_for_url("**/s/**")
        status = await page.inner_text("h1")

    assert HOST not in page.url
    assert "PIR-1001" in receipt
    assert status == "Our claim is not paid."
