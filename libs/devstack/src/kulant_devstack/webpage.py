"""What the mailbox's pages share: answers, their safety headers, and one stylesheet."""

import signal
import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, NoReturn
from urllib.parse import parse_qs, urlsplit

from kulant_devstack.ports import LOOPBACK

# Nothing is loaded from elsewhere, and no script runs at all.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)

STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1d2330, #e6e8ee); --soft: light-dark(#667085, #98a2b3);
  --line: light-dark(#e4e7ec, #333a48); --paper: light-dark(#ffffff, #171a21); --ground: light-dark(#f6f7f9, #0f1116);
  --accent: light-dark(#2457c5, #8ab0ff); --bad: light-dark(#c4320a, #ff9c66); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header, main { max-width: 1100px; margin: 0 auto; padding: 16px 20px; }
header { display: flex; gap: 16px; align-items: baseline; flex-wrap: wrap; }
h1 { font-size: 20px; margin: 0; } h1 a { color: inherit; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
.soft { color: var(--soft); } .bad { color: var(--bad); }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; overflow: auto; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: 9px 14px; border-top: 1px solid var(--line); vertical-align: top; }
tr:first-child > td, tr:first-child > th { border-top: 0; }
th { font-weight: 600; color: var(--soft); font-size: 13px; white-space: nowrap; }
td.tight { white-space: nowrap; }
nav { display: flex; gap: 4px; margin: 14px 0 10px; }
nav a { padding: 5px 12px; border-radius: 7px; } nav a.here { background: var(--accent); color: var(--paper); }
pre { margin: 0; padding: 16px; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.5 ui-monospace, monospace; }
iframe { display: block; width: 100%; height: calc(100vh - 240px); min-height: 640px; border: 0; background: #fff; }
iframe.phone { width: 392px; border: solid var(--line); border-width: 0 1px; margin: 0 auto; height: 844px; }
input { font: inherit; padding: 5px 10px; border: 1px solid var(--line); border-radius: 7px; background: var(--paper);
  color: inherit; }
@media (max-width: 640px) { td, th { padding: 7px 9px; } .wide { display: none; } header, main { padding: 12px; } }
"""


class PageHandler(BaseHTTPRequestHandler):
    """Answers requests from this machine only; a page sees its request as a path and a query."""

    protocol_version = "HTTP/1.1"
    server_version = "kulant"
    sys_version = ""
    title: ClassVar[str] = ""

    def do_GET(self) -> None:
        """Answer a request for a page."""
        # A foreign site that makes its own name point to this machine would else read along.
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        if host not in {LOOPBACK, "localhost"}:
            self.refuse(421, "Ask for this page as localhost.")
            return
        split = urlsplit(self.path)
        if split.path == "/style.css":
            self.reply(STYLE.encode(), "text/css; charset=utf-8")
            return
        self.page(split.path, {name: values[-1] for name, values in parse_qs(split.query).items()})

    def page(self, path: str, query: dict[str, str]) -> None:
        """Answer the request for this path."""
        raise NotImplementedError

    def reply_page(self, heading: str, body: str, *, refresh_seconds: int = 0) -> None:
        """Answer with a whole page; both parts are HTML already."""
        refresh = f'<meta http-equiv="refresh" content="{refresh_seconds}">' if refresh_seconds else ""
        text = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"{refresh}<title>{escape(self.title)}</title>"
            '<link rel="stylesheet" href="/style.css"></head><body>'
            f'<header><h1><a href="/">{escape(self.title)}</a></h1>{heading}</header><main>{body}</main></body></html>'
        )
        self.reply(text.encode(), "text/html; charset=utf-8")

    def reply(self, body: bytes, content_type: str, *, status: int = 200, content_policy: str = CONTENT_POLICY) -> None:
        """Answer with these bytes."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", content_policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status: int, sentence: str) -> None:
        """Answer that this cannot be had."""
        self.reply(sentence.encode(), "text/plain; charset=utf-8", status=status)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Say nothing: a page that reloads itself would fill the log."""


def serve(handler: type[PageHandler], port: int) -> None:
    """Answer requests until the process is asked to stop."""
    signal.signal(signal.SIGTERM, _leave)
    with ThreadingHTTPServer((LOOPBACK, port), handler) as server:
        server.daemon_threads = True
        server.serve_forever(poll_interval=0.1)


def _leave(_number: int, _frame: object) -> NoReturn:
    sys.exit(0)
