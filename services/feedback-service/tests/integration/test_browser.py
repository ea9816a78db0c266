"""The page in a real browser, where there is one: without script, on a phone, by keyboard."""

import asyncio
import re
import shutil
import socket

import pytest
import uvicorn
from feedback_builders import REMINDER_ID
from feedback_events import everything, item

from .conftest import page_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: the page was not looked at")


@pytest.fixture
async def address(feedback):
    """The service on a port of its own, with two open invoices."""
    await feedback.read(*everything(), item("RE-2"))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(feedback.app, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve([listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
async def phone():
    """A phone-sized window without script; whatever the browser complains about fails the test."""
    playwright_api = pytest.importorskip("playwright.async_api")
    complaints, requests = [], []
    async with playwright_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
        page = await context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("request", lambda request: requests.append(request.url))
        page.set_default_timeout(30_000)
        yield page
        await browser.close()
    assert [one for one in complaints if "422" not in one] == []
    assert len({re.match(r"https?://[^/]+", url)[0] for url in requests}) == 1


async def test_a_promise_is_made_by_keyboard_on_a_phone_without_script(address, phone, feedback):
    await phone.goto(address + page_of(REMINDER_ID))
    await phone.locator("summary").nth(1).focus()
    await phone.keyboard.press("Enter")
    await phone.get_by_label("On which day will you pay?").fill("2026-05-29")
    await phone.get_by_label("How much will you pay, in EUR?").fill("1.00")
    await phone.keyboard.press("Enter")

    await phone.get_by_text("Thank you, we have recorded your answer").wait_for()
    assert await feedback.rows("SELECT intent, amount_minor FROM response") == [("promise_made", 100)]


async def test_a_form_with_a_flaw_comes_back_open_with_a_summary(address, phone, feedback):
    await phone.goto(address + page_of(REMINDER_ID))
    await phone.get_by_text("I have paid").first.click()
    for box in await phone.get_by_role("checkbox").all():
        await box.uncheck()
    await phone.get_by_role("button", name="Yes, I have paid").click()

    await phone.get_by_role("alert").get_by_text("Please choose at least one invoice.").wait_for()
    assert await phone.get_by_role("button", name="Yes, I have paid").is_visible()
    assert await feedback.rows("SELECT * FROM response") == []


async def test_the_page_fits_a_phone_and_wears_its_own_style(address, phone):
    await phone.goto(address + page_of(REMINDER_ID))
    width = (await phone.locator("main").bounding_box())["width"]
    heading = await phone.locator("h1").bounding_box()

    assert width == 390
    assert heading["x"] == 20
