"""Reads a rendered mail as a strict editor would: every fault that a machine can see, in words."""

import re
from html import unescape

from notifier.domain.letter import Letter
from notifier.gateways.mime import Mail
from notifier.gateways.tongue import TONGUES, money, short_day

FORBIDDEN = {
    "en": (
        # threats, and what neither law nor contract gives
        "legal action", "legal steps", "court", "lawyer", "solicitor", "attorney", "sue", "prosecute", "enforcement",
        "debt collection", "collection agency", "collection", "credit bureau", "credit rating", "credit score",
        "schufa", "inkasso", "consequences", "penalty", "fee", "fees", "interest", "warning", "threat",
        "immediately", "without delay", "at once or", "must", "failure to", "final notice", "blame", "fault",
        # advertising
        "offer", "discount", "newsletter", "sale", "special", "buy", "subscribe", "rate us", "recommend",
    ),
    "de": (
        "rechtliche schritte", "gericht", "gerichtlich", "gerichtliche", "mahnbescheid", "anwalt", "rechtsanwalt",
        "anwältin", "klage", "vollstreckung", "inkasso", "schufa", "auskunftei", "bonität", "konsequenzen",
        "strafe", "gebühr", "gebühren", "zinsen", "verzugszinsen", "unverzüglich", "sofort", "umgehend", "müssen",
        "androhen", "drohen", "letztmalig", "säumig", "schuldner", "schuld", "andernfalls", "ansonsten",
        "angebot", "angebote", "rabatt", "newsletter", "aktion", "kaufen", "bewerten", "empfehlen", "werbung",
    ),
}  # fmt: skip
OTHER_TONGUE = {
    "en": (
        "und",
        "sie",
        "der",
        "die",
        "das",
        "wir",
        "bitte",
        "rechnung",
        "ihre",
        "nicht",
        "ist",
        "von",
        "zu",
        "betrag",
    ),
    "de": (
        "the",
        "and",
        "you",
        "your",
        "please",
        "we",
        "is",
        "of",
        "to",
        "for",
        "with",
        "invoice",
        "amount",
        "by",
        "it",
    ),
}


_WORD = re.compile(r"\w+")
_TRACES = ("{{", "}}", "{%", "{#", "None", "undefined", "Undefined", "()", "[]", ", ,", " ,", " .", "..", "  ", "nan")
_OPENINGS = ("Ihr", "Ihnen", "Sie", "Rechnung")
_MOST_WORDS = 120


_UNSEEN = re.compile(r"(?s)<(style|title)\b.*?</\1>|<!--.*?-->")
_TAG = re.compile(r"<[^>]*>")


def visible(html: str) -> str:
    """The words of a page of ours, one line per piece of text; a parser of all HTML takes half of the tests' time."""
    told = re.sub(r"[ \r\n]+", " ", unescape(_TAG.sub("\0", _UNSEEN.sub("", html))))
    return "\n".join(piece for one in told.split("\0") if (piece := one.strip(" ")))


def faults(letter: Letter, mail: Mail) -> list[str]:
    """What is wrong with this mail; nothing, as a rule."""
    text, shown = mail.text, visible(mail.html)
    found = [f"greeting: {text.splitlines()[0]!r}"] if not _greets(letter, text) else []
    found += _length(text)
    if letter.language == "de" and not _above(text).split(",", 1)[-1].lstrip().startswith(_OPENINGS):
        found.append("the opening begins with a small word after the greeting's comma")
    for part, words in (("text", text), ("HTML", shown), ("subject", mail.subject)):
        found += [f"{fault} in the {part}" for fault in _style(letter, words)]
    for part, words in (("text", text), ("HTML", shown)):
        found += [f"no {what} in the {part}" for what in _missing(letter, words)]
    links = [text, mail.html]
    return found + ["no link to the page" for part in links if letter.page_url not in part]


def _greets(letter: Letter, text: str) -> bool:
    first = text.splitlines()[0]
    own = letter.recipient.contact.greeting
    return first == own if own else len(first) > len("Guten Tag") - 2 and first.endswith(",") and "  " not in first


def _above(text: str) -> str:
    """What stands before the first heading."""
    return re.split(r"\n\n+(?=[A-ZÄÖÜ ]+\n\n)", text, maxsplit=1)[0]


def _length(text: str) -> list[str]:
    count = len([word for word in _above(text).split() if not word.startswith("http")])
    return [f"{count} words above the table"] if count > _MOST_WORDS else []


def _style(letter: Letter, words: str) -> list[str]:
    own = _without_names(letter, words)
    unindented = re.sub(r"(?m)^ +", "", own)
    found = [f"placeholder {trace!r}" for trace in _TRACES if trace in unindented]
    spaced = f" {' '.join(_WORD.findall(own.lower()))} "
    found += [f"forbidden {word!r}" for word in FORBIDDEN[letter.language] if f" {word} " in spaced]
    found += [f"foreign {word!r}" for word in OTHER_TONGUE[letter.language] if f" {word} " in spaced]
    if "!" in own:
        found.append("an exclamation mark")
    return found


def _without_names(letter: Letter, words: str) -> str:
    """The words without what other people wrote: names, addresses, the link."""
    creditor, contact = letter.creditor, letter.recipient.contact
    told = [
        letter.page_url, creditor.legal_name, creditor.register, *creditor.directors, creditor.contact_name,
        creditor.contact_email, creditor.contact_url, creditor.imprint_url, creditor.privacy_url,
        *creditor.address.lines, creditor.address.city, letter.customer_name, contact.greeting,
        *(account.holder for account in creditor.bank_accounts),
        *(account.bank_name for account in creditor.bank_accounts),
    ]  # fmt: skip
    for name in told:
        words = words.replace(name, "X") if name else words
    return words


def _missing(letter: Letter, words: str) -> list[str]:
    reminder, creditor, tongue = letter.reminder, letter.creditor, TONGUES[letter.language]
    wanted = [(f"item {line.number}", line.number) for line in reminder.lines]
    wanted += [(f"open amount of {line.number}", money(tongue, line.open)) for line in reminder.lines]
    wanted += [(f"due day of {line.number}", short_day(tongue, line.due_on)) for line in reminder.lines]
    wanted += [(f"credit {credit.code}", money(tongue, credit.money)) for credit in reminder.credits]
    wanted += [("sum", money(tongue, reminder.total))] if reminder.lines else []
    wanted += [("payment reference", letter.reference.text)] if letter.shows_payment and letter.account else []
    legal = (creditor.legal_name, creditor.vat_id, creditor.sepa_creditor_id, creditor.register)
    wanted += [("legal details", fact) for fact in (*legal, *creditor.directors, *creditor.address.lines) if fact]
    missing = [what for what, word in wanted if word not in words]
    return missing if _names_its_day(letter, words) else [*missing, "day to pay by"]


def _names_its_day(letter: Letter, words: str) -> bool:
    """A notice names the due day; whatever demands, the last day to pay."""
    day = letter.reminder.deadline_on
    if not letter.message.demands or day is None:
        return True
    if letter.message.name in ("due_soon", "due_today"):
        day = letter.reminder.lines[0].due_on
    return f"{day.day} " in words.replace(". ", " ") and str(day.year) in words
