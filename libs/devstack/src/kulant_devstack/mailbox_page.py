"""The mailbox's page: the list of mails, and each one as its reader would see it, as text, and as it came."""

import base64
import email
import json
import re
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from html import escape
from pathlib import Path
from typing import cast
from urllib.parse import quote

from kulant_devstack.webpage import PageHandler

SHOWN = 500
# A mail is foreign HTML: no script, no form, nothing from elsewhere; links open in a window of their own.
MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_NAME = re.compile(r"[0-9A-Za-z_-]{1,80}\.eml")
_LINK = re.compile(r"https?://(?:[^\s<>&]|&amp;)+(?<![.,;:)])")
"""In escaped text; what ends a sentence is not part of it."""
_VIEWS = {"html": "Mail", "phone": "On a phone", "text": "Text", "source": "Source"}


def mail_page(folder: Path) -> type[PageHandler]:
    """The page of this folder of mails."""

    class MailPage(PageHandler):
        title = "Mailbox"

        def page(self, path: str, query: dict[str, str]) -> None:
            parts = [part for part in path.split("/") if part]
            if not parts:
                self._list(query)
            elif parts == ["mails.json"]:
                body = json.dumps([_summary(mail) for mail in _newest_first(folder)])
                self.reply(body.encode(), "application/json")
            elif len(parts) in {2, 3} and parts[0] == "mails":
                self._show(parts[1], parts[2] if len(parts) == 3 else "", query.get("view", "html"))
            else:
                self.refuse(404, "There is no such page.")

        def _list(self, query: dict[str, str]) -> None:
            heading, mails = _chosen(folder, query)
            # A list that somebody narrowed down to one reader stays as it is while it is read.
            self.reply_page(heading, _table(mails), refresh_seconds=0 if "to" in query else 5)

        def _show(self, name: str, part: str, view: str) -> None:
            file = folder / name
            if not _NAME.fullmatch(name) or not file.is_file():
                self.refuse(404, "There is no such mail.")
                return
            content = file.read_bytes()
            if part == "html":
                html = _html_of(_parse(content)) or "<p>This mail has no HTML part.</p>"
                self.reply(html.encode(), "text/html; charset=utf-8", content_policy=MAIL_POLICY)
            elif part == "source":
                self.reply(content, "text/plain; charset=utf-8")
            else:
                self.reply_page("", _mail(name, content, view if view in _VIEWS else "html"))

    return MailPage


def _newest_first(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"), reverse=True)


def _chosen(folder: Path, query: dict[str, str]) -> tuple[str, list[dict[str, str]]]:
    """The newest mails with what stands above them: all, those `to` one address, or those `at` one domain."""
    names = _newest_first(folder)
    whom = ""
    if "to" in query:
        mails = [mail for mail in map(_summary, names) if mail["to"].casefold() == query["to"].casefold()]
        whom = f" to {escape(query['to'])}"
    elif "at" in query:
        mails = [mail for mail in map(_summary, names) if mail["to"].rstrip(">").endswith(query["at"])]
        whom = f" to {escape(query['at'])}"
    else:
        mails = [_summary(name) for name in names[:SHOWN]]
    shown = f"the newest {SHOWN} of {len(mails)}" if len(mails) > SHOWN else str(len(mails))
    of = f" of {len(names)}" if len(mails) < len(names) else ""
    everything = ' · <a href="/">all</a>' if query else ""
    return f'<span class="soft">{shown}{of} mails{whom}, newest first{everything}</span>', mails[:SHOWN]


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=default)


def _summary(file: Path) -> dict[str, str]:
    with file.open("rb") as handle:
        head = handle.read(64 * 1024)
    mail = _parse(head.partition(b"\r\n\r\n")[0])
    return {"name": file.name, **{field: _header(mail, field) for field in ("from", "to", "subject", "date")}}


def _header(mail: EmailMessage, name: str) -> str:
    return " ".join(str(mail.get(name, "")).split())


def _table(mails: list[dict[str, str]]) -> str:
    if not mails:
        return '<p class="soft">No mail yet.</p>'
    rows = []
    for one in mails:
        link = f'<a href="/mails/{quote(one["name"])}">{escape(one["subject"] or "(no subject)")}</a>'
        rows.append(
            f'<tr><td>{link}</td><td><a href="/?to={quote(one["to"])}">{escape(one["to"])}</a></td>'
            f'<td class="wide soft">{escape(parseaddr(one["from"])[0] or one["from"])}</td>'
            f'<td class="wide soft tight">{escape(one["date"])}</td></tr>'
        )
    wide = "".join(f'<th class="wide">{name}</th>' for name in ("From", "Date, by this machine’s clock"))
    head = f"<tr><th>Subject</th><th>To</th>{wide}</tr>"
    return f'<div class="card"><table>{head}{"".join(rows)}</table></div>'


def _mail(name: str, content: bytes, view: str) -> str:
    mail = _parse(content)
    fields = "".join(
        f"<tr><th>{field.title()}</th><td>{escape(_header(mail, field))}</td></tr>"
        for field in ("subject", "from", "to", "date")
    )
    tabs = "".join(
        f'<a href="/mails/{quote(name)}?view={key}"{" class=here" if key == view else ""}>{label}</a>'
        for key, label in _VIEWS.items()
    )
    shown = _body(name, content, view)
    return f'<div class="card"><table>{fields}</table></div><nav>{tabs}</nav><div class="card">{shown}</div>'


def _body(name: str, content: bytes, view: str) -> str:
    if view == "source":
        return f"<pre>{escape(content.decode(errors='replace'))}</pre>"
    if view == "text":
        part = _parse(content).get_body(("plain",))
        return f"<pre>{_with_links(str(part.get_content()) if part else 'This mail has no text part.')}</pre>"
    width = ' class="phone"' if view == "phone" else ""
    sandbox = 'sandbox="allow-popups allow-popups-to-escape-sandbox"'
    return f'<iframe{width} {sandbox} title="The mail" src="/mails/{quote(name)}/html"></iframe>'


def _with_links(text: str) -> str:
    return _LINK.sub(r'<a href="\g<0>" target="_blank" rel="noopener noreferrer">\g<0></a>', escape(text))


def _html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    if part is None:
        return ""
    html = str(part.get_content())
    for image in mail.walk():
        if (mark := str(image.get("Content-ID", "")).strip("<> \t")) and image.get_content_maintype() == "image":
            data = base64.b64encode(cast(bytes, image.get_payload(decode=True))).decode()
            html = html.replace(f"cid:{mark}", f"data:{image.get_content_type()};base64,{data}")
    return '<base target="_blank">' + html
