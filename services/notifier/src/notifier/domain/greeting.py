"""The first line of a message: by name where one is known, never wrong about who reads it."""

from notifier.domain.party import Contact, Customer
from notifier.domain.plaintext import one_line

_BY_SALUTATION = {"ms": "Ms", "mr": "Mr"}


def greet(customer: Customer, contact: Contact) -> str:
    """A greeting in English.

    The ERP's own words are used as they stand; a title stands in the place of Ms or Mr; where only the company is
    known its accounts team is greeted, since a company cannot be "dear" and nobody there is a "Sir or Madam".
    """
    if contact.greeting and (verbatim := one_line(contact.greeting)):
        return verbatim
    family = one_line(contact.family_name or "")
    if family:
        word = one_line(contact.title or "") or _BY_SALUTATION.get(contact.salutation or "")
        given = one_line(contact.given_name or "")
        return f"Dear {word} {family}," if word else f"Dear {f'{given} {family}'.strip()},"
    if given := one_line(contact.given_name or ""):
        return f"Dear {given},"
    name = one_line(customer.name)
    if not name:
        return "Good day,"
    return f"Dear accounts team at {name}," if customer.kind in ("business", "public") else f"Dear {name},"
