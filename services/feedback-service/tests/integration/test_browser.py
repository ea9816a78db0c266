"""The page in a real browser, where there is one: without script, on a phone, by keyboard, for everybody."""

import asyncio
import re
import shutil
import socket
import subprocess
import threading

import pytest
import uvicorn
from feedback_builders import REMINDER_ID
from feedback_events import case_handed_over, credit_changed, customer_erased, everything, item, item_settled

from feedback_service.web.tongue import GERMAN

from .conftest import page_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: the page was not looked at")
PAGE = page_of(REMINDER_ID)


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


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """One browser process for all tests here: starting it costs more than what they do with it."""
    assert CHROMIUM is not None
    profile = tmp_path_factory.mktemp("chromium")
    flags = (
        *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-startup-window", "--hide-scrollbars"),
        *("--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *("--disable-component-extensions-with-background-pages", "--remote-debugging-port=0"),
    )
    with subprocess.Popen(
        [CHROMIUM, *flags, f"--user-data-dir={profile}"], stderr=subprocess.PIPE, text=True
    ) as process:
        said = next((line for line in process.stderr if "DevTools listening on " in line), "")
        drain = threading.Thread(target=process.stderr.read, daemon=True)
        drain.start()
        yield said.strip().removeprefix("DevTools listening on ")
        process.terminate()


@pytest.fixture
async def browser(chromium):
    playwright_api = pytest.importorskip("playwright.async_api")
    async with playwright_api.async_playwright() as playwright:
        yield await playwright.chromium.connect_over_cdp(chromium)


@pytest.fixture
async def phone(browser):
    """A phone-sized window without script; whatever the browser complains about fails the test."""
    complaints, requests = [], []
    context = await browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("request", lambda request: requests.append(request.url))
    page.set_default_timeout(30_000)
    yield page
    await context.close()
    assert [one for one in complaints if "422" not in one] == []
    assert len({re.match(r"https?://[^/]+", url)[0] for url in requests}) == 1


async def test_a_promise_is_made_by_keyboard_on_a_phone_without_script(address, phone, feedback):
    await phone.goto(address + PAGE)
    await phone.locator("summary").nth(1).focus()
    await phone.keyboard.press("Enter")
    await phone.get_by_label("On which day will you pay?").fill("2026-05-29")
    await phone.get_by_label("How much will you pay, in EUR?").fill("1.00")
    await phone.keyboard.press("Enter")

    await phone.get_by_text("Thank you, we have recorded your answer").wait_for()
    assert await feedback.rows("SELECT intent, amount_minor FROM response") == [("promise_made", 100)]


async def test_a_form_with_a_flaw_comes_back_open_with_a_summary(address, phone, feedback):
    await phone.goto(address + PAGE)
    await phone.get_by_text("I have paid").first.click()
    for box in await phone.locator("details[open]").get_by_role("checkbox").all():
        await box.uncheck()
    await phone.get_by_role("button", name="Yes, I have paid").click()

    await phone.get_by_role("alert").get_by_text("Please choose an invoice.").wait_for()
    assert await phone.get_by_role("button", name="Yes, I have paid").is_visible()
    assert await feedback.rows("SELECT * FROM response") == []


async def test_another_address_is_given_in_german_and_only_what_it_needs_is_asked_for(address, phone, feedback):
    await phone.goto(address + PAGE)
    await phone.get_by_role("link", name="Deutsch").click()
    await phone.get_by_text(GERMAN.words["contact"]).click()
    assert not await phone.get_by_label(GERMAN.words["contact_address"]).is_visible()

    await phone.get_by_label(GERMAN.words["contact_correct"]).check()
    await phone.get_by_label(GERMAN.words["contact_channel"]).select_option("email")
    await phone.get_by_label(GERMAN.words["contact_address"]).fill("neu@example.org")
    await phone.locator("#form-contact").get_by_role("button").click()

    await phone.get_by_text(GERMAN.words["recorded"]).wait_for()
    await phone.get_by_label("5", exact=True).check(force=True)
    await phone.get_by_role("button", name=GERMAN.words["rating_send"]).click()
    await phone.get_by_text("Sie haben uns 5 von 5 gegeben.").wait_for()
    said = await feedback.rows("SELECT intent, details ->> 'address' FROM response ORDER BY sequence")
    assert said == [("contact_corrected", "neu@example.org"), ("rated", None)]


async def test_the_page_fits_a_phone_and_wears_its_own_style(address, phone):
    await phone.goto(address + PAGE)
    width = (await phone.locator("main").bounding_box())["width"]
    heading = await phone.locator("h1").bounding_box()

    assert width == 390
    assert heading["x"] == 20


async def answered(page):
    await page.locator("summary").nth(1).click()
    await page.get_by_label("On which day will you pay?").fill("2026-05-29")
    await page.get_by_role("button", name="Promise to pay").click()
    await page.locator("#recorded").wait_for()


async def flawed(page):
    await page.get_by_text("Something is wrong with an invoice").click()
    await page.get_by_role("button", name="Send to us").first.click()
    await page.get_by_role("alert").wait_for()


async def unfolded(page):
    await page.evaluate("document.querySelectorAll('details').forEach(one => { one.name = ''; one.open = true })")
    for choice in ("extension", "correct"):
        await page.locator(f"input[value={choice}]").check()


async def nothing(page):
    return None


STATES = {
    "open": ([], nothing),
    "unfolded": ([credit_changed(1, "19.00")], unfolded),
    "answered": ([], answered),
    "with flaws": ([], flawed),
    "nothing due": ([item_settled(), item_settled("RE-2")], nothing),
    "handed over": ([case_handed_over()], nothing),
    "erased": ([customer_erased()], nothing),
}


@pytest.mark.parametrize("state", STATES)
async def test_everybody_can_use_the_page(address, browser, feedback, state):
    """WCAG 2.2 A and AA as far as axe-core can tell; nothing to scroll sideways at 320 px; targets of 24 px."""
    axe = pytest.importorskip("axe_playwright_python.async_playwright").Axe()
    facts, act = STATES[state]
    await feedback.read(*facts)
    context = await browser.new_context(viewport={"width": 320, "height": 800}, bypass_csp=True)
    page = await context.new_page()
    await page.goto(address + PAGE)
    await act(page)

    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        found = await axe.run(page, options={"runOnly": {"type": "tag", "values": tags}})
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    small = await page.evaluate(
        "[...document.querySelectorAll('main a, main button, main summary, main select, main label.choice, .switch')]"
        ".filter(one => one.checkVisibility() && !one.closest('p, li'))"
        ".map(one => one.getBoundingClientRect()).filter(box => box.height < 24 || box.width < 24).length"
    )
    assert small == 0
    await context.close()
