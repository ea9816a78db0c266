"""The words of which the demo ledger's obviously fictional names are made."""

from kulant_cli.book import BankAccount, Creditor, Person, Place, Salutation

HAMBURG = Place("Hamburg", "20095", "DE", "HH", "Europe/Berlin")

PLACES = (
    HAMBURG,
    Place("München", "80331", "DE", "BY", "Europe/Berlin"),
    Place("Köln", "50667", "DE", "NW", "Europe/Berlin"),
    Place("Berlin", "10117", "DE", "BE", "Europe/Berlin"),
    Place("Dresden", "01067", "DE", "SN", "Europe/Berlin"),
    Place("Stuttgart", "70173", "DE", "BW", "Europe/Berlin"),
    Place("Leipzig", "04109", "DE", "SN", "Europe/Berlin"),
    Place("Bremen", "28195", "DE", "HB", "Europe/Berlin"),
)
PLACES_ABROAD = (
    Place("Wien", "1010", "AT", "9", "Europe/Vienna"),
    Place("Zürich", "8001", "CH", "ZH", "Europe/Zurich"),
    Place("Lisboa", "1100-148", "PT", None, "Europe/Lisbon"),
)

PREFIXES = ("Beispiel", "Muster", "Phantasie", "Probe")
TRADES = ("bau", "druck", "holz", "garten", "technik", "logistik", "möbel", "papier", "licht", "wasser")
ADDITIONS = (
    "Nordlicht", "Sonnental", "Silberbach", "Lindenhof", "Morgenrot", "Wolkenstein",
    "Apfelgrund", "Kieselweg", "Sternwarte", "Windmühle", "Federleicht", "Regenbogen",
)  # fmt: skip
LEGAL_FORMS = ("GmbH", "AG", "KG", "OHG", "eG")
OFFICES = ("Stadtwerke", "Schulamt", "Stadtbücherei", "Bauhof")

WOMEN = ("Frida", "Greta", "Ida", "Lotte", "Mathilda", "Paula", "Rosa", "Wilma")
MEN = ("Anton", "Bruno", "Emil", "Gustav", "Hugo", "Konrad", "Oskar", "Theo")
FAMILIES = ("Mustermann", "Beispiel", "Erdacht", "Phantasie", "Probst-Muster", "Niemand", "Platzhalter", "Ausgedacht")

SUBJECTS = ("Sample goods", "Maintenance", "Consulting", "Spare parts", "Hire of machines", "Printed matter")

CREDITOR = Creditor(
    legal_name="Beispielhaus Großhandel GmbH",
    street="Musterkai 1",
    place=HAMBURG,
    accounts=(
        BankAccount("eur", "DE89370400440532013000", "COBADEFFXXX", "Musterbank", "EUR"),
        BankAccount("chf", "CH9300762011623852957", "POFICHBEXXX", "Beispielbank", "CHF"),
    ),
)


def persons() -> tuple[Person, ...]:
    """Every person that the lists can name, in a fixed order."""
    by_salutation: tuple[tuple[Salutation, tuple[str, ...]], ...] = (("ms", WOMEN), ("mr", MEN))
    return tuple(
        Person(salutation, given, family)
        for family in FAMILIES
        for salutation, names in by_salutation
        for given in names
    )


def companies() -> tuple[str, ...]:
    """Every company's name that the lists can make, in a fixed order."""
    return tuple(
        f"{prefix}{trade} {addition} {LEGAL_FORMS[(first + second + third) % len(LEGAL_FORMS)]}"
        for first, prefix in enumerate(PREFIXES)
        for second, trade in enumerate(TRADES)
        for third, addition in enumerate(ADDITIONS)
    )
