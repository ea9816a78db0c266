"""Makes the README's pictures from a running system: the terminal, a mail and its page, a trace.

Runs a small demo on a stack (the one that is up, else one of its own), then looks at it with a browser without a
screen. `make pictures` writes `docs/images/*.webp`.
"""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
KULANT = (sys.executable, "-m", "kulant_cli")
LEDGER = ("--customers", "50", "--weeks", "6", "--seed", "2")
COLUMNS = 132
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUALITY = 0.86
_SHEET = "font: 15px sans-serif; margin: 0; padding: 24px; background: #eef0f4; display: inline-flex; gap: 24px"


def main() -> int:
    """0 when all pictures are written."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        print(f"There is no browser on this machine ({', '.join(BROWSERS)}): no pictures.", file=sys.stderr)
        return 1
    was_up = _kulant("status").returncode == 0
    try:
        places = json.loads(_kulant("up", "--json", check=True).stdout)
        if places["traces_url"] is None:
            print("The stack that is up has no trace viewer: `kulant down` first.", file=sys.stderr)
            return 1
        told = _kulant("run", "--once", *LEDGER, check=True).stdout
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            _take_all(browser, told, places)
            browser.close()
    finally:
        if not was_up:
            _kulant("down")
    return 0


def _kulant(*words: str, check: bool = False) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    done = subprocess.run([*KULANT, *words], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if check and done.returncode != 0:
        raise SystemExit(f"kulant {' '.join(words)} ended with {done.returncode}:\n{done.stdout}")
    return done


def _take_all(browser: Browser, told: str, places: dict[str, Any]) -> None:
    summary = told[told.rindex("\n", 0, _title_at(told)) + 1 :]
    plain = Text.from_ansi(summary).plain
    terminal = _picture_of_html(browser, _as_html(summary.split("Look around")[0]))
    page_url = _found(r"(http\S+/r/\S+)", plain)
    mail = _picture(browser, f"{places['mailbox_url']}/mails/{_mail_of(places, page_url)}/html", 660, 1000)
    page = _picture(browser, page_url, 390, 1000, is_phone=True)
    trace = _picture_of_trace(browser, _found(r"(http\S+/zipkin/traces/\w+)", plain))
    pair = "".join(f'<img style="border-radius: 10px" src="{_data(one)}">' for one in (mail, page))
    pictures = {
        "terminal": terminal,
        "mail-and-page": _picture_of_html(browser, f'<body style="{_SHEET}; align-items: start">{pair}</body>'),
        "trace": trace,
    }
    for name, content in pictures.items():
        target = IMAGES / f"{name}.webp"
        target.write_bytes(_smaller(browser, content))
        print(f"{target.relative_to(ROOT)}: {target.stat().st_size // 1024} KB")


def _title_at(told: str) -> int:
    """Where the summary begins: at the last line that ends as a rule does."""
    return max(found.start() for found in re.finditer(r"weeks of .* seconds", told))


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"The summary names nothing like {pattern}.")
    return found[1]


def _as_html(ansi: str) -> str:
    """The terminal's text in its colours, on a dark ground."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    for line in ansi.splitlines():
        console.print(Text.from_ansi(line), soft_wrap=True)
    code = (
        "<body style='margin: 0; display: inline-block; background: #14171f; color: #e6e8ee'>"
        "<pre style='font: 13px/1.45 DejaVu Sans Mono, monospace; margin: 0; padding: 20px 24px'>{code}</pre></body>"
    )
    return console.export_html(inline_styles=True, code_format=code)


def _mail_of(places: dict[str, Any], page_url: str) -> str:
    """The file of the mail that links to this page."""
    token = page_url.rsplit("/", 1)[1]
    for file in sorted(Path(places["mailbox_dir"]).glob("*.eml"), reverse=True):
        if token.encode() in file.read_bytes().replace(b"=\r\n", b""):
            return file.name
    raise SystemExit("No mail links to the page that the summary names.")


def _picture(browser: Browser, url: str, width: int, height: int, *, is_phone: bool = False) -> bytes:
    page = browser.new_page(viewport={"width": width, "height": height}, is_mobile=is_phone)
    page.goto(url, wait_until="networkidle")
    return _shot(page)


def _picture_of_html(browser: Browser, html: str) -> bytes:
    page = browser.new_page(viewport={"width": 1200, "height": 600})
    page.set_content(html, wait_until="networkidle")
    content = page.locator("body").screenshot()
    page.close()
    return content


def _picture_of_trace(browser: Browser, url: str) -> bytes:
    page = browser.new_page(viewport={"width": 1280, "height": 820})
    page.goto(url, wait_until="networkidle")
    return _shot(page)


def _shot(page: Page) -> bytes:
    content = page.screenshot()
    page.close()
    return content


def _data(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _smaller(browser: Browser, png: bytes) -> bytes:
    """The same picture as WebP: a fifth of the size."""
    page = browser.new_page()
    encoded = page.evaluate(
        """async ([source, quality]) => {
            const image = new Image(); image.src = source; await image.decode();
            const canvas = document.createElement('canvas');
            canvas.width = image.width; canvas.height = image.height;
            canvas.getContext('2d').drawImage(image, 0, 0);
            return canvas.toDataURL('image/webp', quality);
        }""",
        [_data(png), QUALITY],
    )
    page.close()
    return base64.b64decode(encoded.partition(",")[2])


if __name__ == "__main__":
    sys.exit(main())
