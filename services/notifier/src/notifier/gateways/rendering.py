"""Turns a letter into the bytes of a mail: words and layout from templates, amounts and days by language."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, TemplateError

from notifier.domain.address import usable_address
from notifier.domain.letter import LANGUAGES, Letter
from notifier.domain.plaintext import one_line, shortened
from notifier.gateways.mime import Mail, Mailbox, Picture, write_mail
from notifier.gateways.qr import qr_png
from notifier.gateways.returns import Returns
from notifier.gateways.wording import content, facts_for_words
from notifier.usecases.ports import RenderedMail, Unwritable

_SUBJECT_CHARACTERS = 150
_TEXT_WIDTH = 72
_SPACES = re.compile(r"[ \t\r\n]+")
_QR_NAME = "transfer-qr.png"


@dataclass(frozen=True, slots=True)
class Sender:
    """The address that all mails come from; the display name is the creditor's.

    Without `returns` (no inbound domain) replies go to the creditor's own address and bounces to the sender's.
    """

    address: str
    returns: Returns | None = None

    @property
    def domain(self) -> str:
        """The part after the @, for ids of messages and pictures."""
        return self.address.rpartition("@")[2]


class MailRenderer:
    """Renders letters; one for a process, its templates are compiled once."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    @cached_property
    def _layouts(self) -> tuple[Template, Template]:
        html = _environment(autoescape=True).get_template("mail.html.j2")
        return _environment(autoescape=False).get_template("mail.txt.j2"), html

    @cached_property
    def _words(self) -> Mapping[str, Template]:
        words = _environment(autoescape=False)
        return {language: words.get_template(f"words.{language}.j2") for language in LANGUAGES}

    async def render(self, letter: Letter, delivery_id: UUID, written_at: datetime) -> RenderedMail:
        """The mail's bytes and their SHA-256; the same letter, id and moment give the same bytes.

        Raises Unwritable.
        """
        try:
            mail = self._mail(letter, str(delivery_id), written_at)
            written = write_mail(mail, boundary=str(delivery_id))
        except (TemplateError, ValueError) as error:
            raise Unwritable(type(error).__name__) from error
        returns = self._sender.returns
        comes_back_to = returns.envelope_sender(delivery_id) if returns else self._sender.address
        return RenderedMail(written, hashlib.sha256(written).hexdigest(), comes_back_to)

    def _say(self, letter: Letter, *, can_answer: bool) -> Mapping[str, str]:
        module = self._words[letter.language].make_module(facts_for_words(letter, can_answer=can_answer))
        return {name: _in_one_line(said) for name, said in vars(module).items() if isinstance(said, str)}

    def _mail(self, letter: Letter, delivery_id: str, written_at: datetime) -> Mail:
        picture = None
        if letter.epc and letter.shows_payment:
            picture = Picture(f"qr.{delivery_id}@{self._sender.domain}", _QR_NAME, qr_png(letter.epc))
        answer_to = self._answer_to(letter)
        words = self._say(letter, can_answer=answer_to is not None)
        shown = {**content(letter, words), "qr_cid": picture.content_id if picture else None}
        text, html = (layout.render(shown) for layout in self._layouts)
        return Mail(
            sender=Mailbox(one_line(letter.creditor.legal_name), self._sender.address),
            to=Mailbox(letter.recipient.contact.person or letter.customer_name, letter.recipient.address),
            reply_to=answer_to,
            subject=shortened(words["subject"], _SUBJECT_CHARACTERS),
            date=written_at,
            message_id=f"{delivery_id}@{self._sender.domain}",
            language=letter.language,
            extra=(
                ("Auto-Submitted", "auto-generated"),
                ("X-Kulant-Reminder", str(letter.reminder.reminder_id)),
                ("X-Kulant-Delivery", delivery_id),
            ),
            text=text,
            html=html,
            picture=picture,
        )

    def _answer_to(self, letter: Letter) -> Mailbox | None:
        creditor, returns = letter.creditor, self._sender.returns
        address = returns.reply_to(letter.reminder.reminder_id) if returns else usable_address(creditor.contact_email)
        return Mailbox(one_line(creditor.contact_name or creditor.legal_name), address) if address else None


@lru_cache(maxsize=1024)
def _in_one_line(said: str) -> str:
    """Kept for a thousand sentences, because most stand in all mails: nothing is written down, and names soon give way.

    Not str.split(): it parts amounts at no-break spaces.
    """
    return _SPACES.sub(" ", said).strip()


def wrapped(text: str) -> str:
    """The text in lines of at most 72 characters; only plain spaces part, so that amounts stay whole."""
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > _TEXT_WIDTH:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line])


def _environment(*, autoescape: bool) -> Environment:
    environment = Environment(
        loader=PackageLoader("notifier"),
        undefined=StrictUndefined,
        autoescape=autoescape,  # noqa: S701 -- off for plain text only; what is HTML is rendered with it on
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters["wrapped"] = wrapped
    return environment
