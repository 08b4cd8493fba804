"""Every staff page in a real browser: nothing for axe to find, nothing wider than the window; and the keys."""

import pytest
from playwright.async_api import Browser, BrowserContext, ViewportSize

from issue_stream.store.access import open_session
from schemas import commands as c
from tests.builders import DAY, NOW
from tests.issue_stream.looking import SHOTS, faults_of
from tests.issue_stream.web.scenes import served
from tests.issue_stream.web_staff.conftest import Pub
from tests.issue_stream.web_staff.scenes import every_page, lively

pytestmark = pytest.mark.services


async def _as(pub: Pub, context: BrowserContext, who: str, host: str) -> None:
    """Sign this person in here; an empty name signs everybody out."""
    await context.clear_cookies()
    if who:
        async with pub.house.db.write() as conn:
            session = await open_session(conn, who, pub.house.now())
        await context.add_cookies([{"name": "session", "value": session.token, "url": host}])


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_staff_page(pub: Pub, browser: Browser, scheme: str, width: int) -> None:
    faults: list[str] = []
    pages = await every_page(await lively(pub))
    async with served(pub) as host:
        context = await browser.new_context(
            viewport=ViewportSize(width=width, height=900),
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=True,  # axe is a script that our policy of contents rightly refuses
        )
        page = await context.new_page()
        for name, (who, path) in pages.items():
            await _as(pub, context, who, host)
            await page.goto(host + path)
            if SHOTS:
                await page.screenshot(path=f"{SHOTS}/staff_{name}_{width}_{scheme}.png", full_page=True)
            faults += await faults_of(page, name)
        await context.close()

    assert faults == []


async def test_no_page_breaks_its_own_policy_of_contents_or_fails_in_the_console(pub: Pub, browser: Browser) -> None:
    said: list[str] = []
    pages = await every_page(await lively(pub))
    async with served(pub) as host:
        context = await browser.new_context()
        page = await context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        for name, (who, path) in pages.items():
            if name not in {"not_for_you", "nothing_here"}:
                await _as(pub, context, who, host)
                await page.goto(host + path)

    assert said == []


async def test_the_board_is_worked_by_keys_alone(pub: Pub, browser: Browser) -> None:
    numbers = [await pub.raised(f"Claim {n} is not paid.") for n in range(2)]
    for number in numbers:
        await pub.wished(number, c.OfferIssue(to="mia", team="deal_desk", accept_by=NOW + DAY), "lena")
    async with served(pub) as host:
        context = await browser.new_context()
        await _as(pub, context, "mia", host)
        page = await context.new_page()
        await page.goto(f"{host}/board")
        for key in ("j", "j", "k", "j", "a"):
            await page.keyboard.press(key)
        await page.wait_for_url("**/issues/1002#press-accept")
        await page.locator("#press-accept:focus").wait_for()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**done=accept**")
        owner = await page.inner_text(".issue-head")
        await page.goto(f"{host}/board")
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/issues/1001")

    assert "Mia Example" in owner


async def test_an_issue_is_answered_with_the_keyboard_and_without_scripts(pub: Pub, browser: Browser) -> None:
    number = await pub.raised()
    await pub.wished(number, c.Accept(), "mia")
    async with served(pub) as host:
        context = await browser.new_context(java_script_enabled=False)
        await _as(pub, context, "mia", host)
        page = await context.new_page()
        await page.goto(f"{host}/issues/{number}")
        await page.locator("summary", has_text="Reply to the partner").press("Enter")
        await page.focus("#reply-text")
        await page.keyboard.type("We found the claim.")
        await page.locator("#do-reply button").press("Enter")
        await page.get_by_role("button", name="Send it").press("Enter")
        await page.wait_for_url("**done=reply**")
        story = await page.inner_text(".timeline .seen >> nth=0")

    assert "We found the claim." in story
