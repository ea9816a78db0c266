"""The first line of a message: by name where one is known, never wrong about who reads it."""

import re

from notifier.domain.party import Contact, Customer
from notifier.domain.plaintext import one_line

_GERMAN = {"ms": ("Frau", "geehrte"), "mr": ("Herr", "geehrter")}
_ENGLISH = {"ms": "Ms", "mr": "Mr"}
_HOUSEHOLD = re.compile(r"(?:Familie|Family)\s+(.+)|(?:The\s+)?(.+?)\s+family", re.IGNORECASE)
# Names that are no person's, for customers of whom it is not told whether they are a business.
_LEGAL_FORM = re.compile(
    r"(?:^|\s)(?:g?GmbH|AG|SE|KG|KGaA|OHG|GbR|UG|e\.\s?K\.|eG|e\.\s?V\.|mbH|Ltd|Limited|LLP|LLC|PLC|Inc|Corp|S\.?A\.?|"
    r"B\.?V\.?|N\.?V\.?|S\.?r\.?l\.?|Sp\.\s?z\s?o\.?o|Stiftung|Verein|Stadt|Gemeinde)(?=$|[\s.,)])"
)


def greet(customer: Customer, contact: Contact, language: str, *, is_warm: bool) -> str:
    """A greeting in that language (`de`; anything else is English), with its comma.

    The ERP's own words are used as they stand. A person is greeted by family name with Ms or Mr and title where
    both are known, else by the whole name without guessing. A household is greeted as such; a company without a
    person is wished a good day, since it cannot be "dear" and nobody there is a "Sir or Madam".
    """
    if contact.greeting and (verbatim := one_line(contact.greeting)):
        return verbatim
    title = one_line(contact.title or "")
    given, family = one_line(contact.given_name or ""), one_line(contact.family_name or "")
    is_german = language == "de"
    if given or family:
        salutation = contact.salutation or ""
        return (
            _german(salutation, title, given, family, is_warm=is_warm)
            if is_german
            else _english(salutation, title, given, family)
        ) + ","
    return _unnamed(customer, is_german=is_german, is_warm=is_warm) + ","


def _german(salutation: str, title: str, given: str, family: str, *, is_warm: bool) -> str:
    if family and salutation in _GERMAN:
        word, dear = _GERMAN[salutation]
        named = _joined(word, title, family)
        if is_warm:
            return f"Guten Tag {named}"
        # The one word of the greeting that is declined: "Sehr geehrter Herr", and "Sehr geehrte Frau".
        return f"Sehr {dear} {named}"
    if not given and not title:
        return f"Guten Tag Frau oder Herr {family}"
    return f"Guten Tag {_joined(title, given, family)}"


def _english(salutation: str, title: str, given: str, family: str) -> str:
    title = "Professor" if title.lower().startswith("prof") else title.replace(".", "")
    if family and title:
        return f"Dear {title} {family}"
    if family and salutation in _ENGLISH:
        return f"Dear {_ENGLISH[salutation]} {family}"
    return f"Dear {_joined(given, family)}" if given else f"Dear Ms or Mr {family}"


def _unnamed(customer: Customer, *, is_german: bool, is_warm: bool) -> str:
    name = one_line(customer.name)
    household = _HOUSEHOLD.fullmatch(name)
    if household:
        family = household[1] or household[2]
        if not is_german:
            return f"Dear {family} family"
        return f"{'Guten Tag' if is_warm else 'Sehr geehrte'} Familie {family}"
    is_person = customer.kind in ("consumer", "unknown") and not _LEGAL_FORM.search(name)
    if name and is_person:
        return f"{'Guten Tag' if is_german else 'Dear'} {name}"
    return "Guten Tag" if is_german else "Good day"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
