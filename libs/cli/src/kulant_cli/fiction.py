"""The words of which the demo ledger's names are made: each says in its own language that it is made up."""

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
PLACES_OF = {
    "DE": PLACES,
    "AT": (Place("Wien", "1010", "AT", "9", "Europe/Vienna"), Place("Graz", "8010", "AT", "6", "Europe/Vienna")),
    "CH": (Place("Zürich", "8001", "CH", "ZH", "Europe/Zurich"), Place("Bern", "3011", "CH", "BE", "Europe/Zurich")),
    "NL": (
        Place("Amsterdam", "1012 AB", "NL", None, "Europe/Amsterdam"),
        Place("Utrecht", "3511 AA", "NL", None, "Europe/Amsterdam"),
    ),
    "GB": (
        Place("London", "EC1A 1AA", "GB", "ENG", "Europe/London"),
        Place("Edinburgh", "EH1 1AA", "GB", "SCT", "Europe/London"),
    ),
}
"""Where customers live, by country."""

_ADDITIONS = (
    "Nordlicht", "Sonnental", "Silberbach", "Lindenhof", "Morgenrot", "Wolkenstein",
    "Apfelgrund", "Kieselweg", "Sternwarte", "Windmühle", "Federleicht", "Regenbogen",
)  # fmt: skip
_GERMAN = tuple(
    f"{prefix}{trade} {addition}"
    for prefix in ("Beispiel", "Muster", "Phantasie", "Probe")
    for trade in ("bau", "druck", "holz", "garten", "technik", "logistik", "möbel", "papier", "licht", "wasser")
    for addition in _ADDITIONS
)
_DUTCH = tuple(
    f"{prefix} {trade} {addition}"
    for prefix in ("Voorbeeld", "Verzonnen", "Proef", "Denkbeeldig")
    for trade in ("Fietsen", "Drukkerij", "Tuinen", "Papier", "Verlichting", "Bakkerij", "Hout", "Logistiek")
    for addition in ("Nergenshuizen", "Verzonnenkerk", "Proefdam")
)
_BRITISH = tuple(
    f"{prefix} {trade} of {addition}"
    for prefix in ("Example", "Sample", "Placeholder", "Fictional")
    for trade in ("Tea Rooms", "Bicycles", "Books", "Garden Tools", "Print Works", "Lighting", "Timber", "Paper Mill")
    for addition in ("Nowhereham", "Sampleton", "Exampleford")
)
_STEMS = {"DE": _GERMAN, "AT": _GERMAN, "CH": _GERMAN, "NL": _DUTCH, "GB": _BRITISH}
_FORMS = {
    "DE": ("GmbH", "AG", "KG", "OHG", "eG"), "AT": ("GmbH", "AG", "KG"), "CH": ("AG", "GmbH"),
    "NL": ("B.V.", "V.O.F."), "GB": ("Ltd", "plc", "LLP"),
}  # fmt: skip
_OFFICES = {
    "DE": ("Stadtwerke Musterstadt", "Schulamt Musterstadt", "Stadtbücherei Beispielhausen", "Bauhof Probeheim"),
    "AT": ("Gemeindeamt Musterdorf", "Stadtwerke Beispielegg", "Volksschule Probental"),
    "CH": ("Gemeinde Musterwil", "Stadtwerke Beispielikon", "Schule Probelingen"),
    "NL": ("Gemeente Verzonnenkerk", "Bibliotheek Proefdam", "Waterbedrijf Nergenshuizen"),
    "GB": ("Sampleton Town Council", "Nowhereham Library", "Exampleford School"),
}

_WOMEN = {
    "DE": ("Frida", "Greta", "Ida", "Lotte", "Mathilda", "Paula", "Rosa", "Wilma"),
    "NL": ("Anouk", "Femke", "Saskia", "Willemijn"),
    "GB": ("Alice", "Beatrice", "Florence", "Harriet"),
}
_MEN = {
    "DE": ("Anton", "Bruno", "Emil", "Gustav", "Hugo", "Konrad", "Oskar", "Theo"),
    "NL": ("Daan", "Joris", "Sjoerd", "Wouter"),
    "GB": ("Albert", "Cuthbert", "Humphrey", "Percival"),
}
_FAMILIES = {
    "DE": ("Mustermann", "Beispiel", "Erdacht", "Phantasie", "Probst-Muster", "Niemand", "Platzhalter", "Ausgedacht"),
    "NL": ("Voorbeeld", "Verzonnen", "Niemand", "Denkbeeld"),
    "GB": ("Example", "Sample", "Placeholder", "Nobody"),
}
_NAMES_OF = {"DE": "DE", "AT": "DE", "CH": "DE", "NL": "NL", "GB": "GB"}

SUBJECTS = ("Sample goods", "Maintenance", "Consulting", "Spare parts", "Hire of machines", "Printed matter")

CREDITOR = Creditor(
    legal_name="Beispielhaus Großhandel GmbH",
    street="Musterkai 1",
    place=HAMBURG,
    accounts=(
        BankAccount("eur", "DE89370400440532013000", "COBADEFFXXX", "Musterbank", "EUR"),
        BankAccount("chf", "CH9300762011623852957", "POFICHBEXXX", "Beispielbank", "CHF"),
    ),
    register="Amtsgericht Musterstadt, HRB 000000",
    director="Erika Beispiel",
    vat_id="DE999999999",
    clerk="Clara Muster",
    phone="+49 40 66969 000",
    domain="beispielhaus.example.com",
)

BRITISH_CREDITOR = Creditor(
    legal_name="Example Trading Company Ltd",
    street="1 Example Street",
    place=PLACES_OF["GB"][0],
    accounts=(
        BankAccount("gbp", "GB29NWBK60161331926819", "NWBKGB2LXXX", "Placeholder Bank", "GBP"),
        BankAccount("eur", "GB29NWBK60161331926819", "NWBKGB2LXXX", "Placeholder Bank", "EUR"),
    ),
    register="Companies House Nowhereham, 00000000",
    director="Rosalind Example",
    vat_id="GB999999973",
    clerk="Humphrey Sample",
    phone="+44 20 7946 0000",
    domain="exampletrading.example.com",
    creditor_id="british",
)


def persons(country: str) -> tuple[Person, ...]:
    """Every person of a country that the lists can name, in a fixed order."""
    of = _NAMES_OF[country]
    by_salutation: tuple[tuple[Salutation, tuple[str, ...]], ...] = (("ms", _WOMEN[of]), ("mr", _MEN[of]))
    return tuple(
        Person(salutation, given, family)
        for family in _FAMILIES[of]
        for salutation, names in by_salutation
        for given in names
    )


def companies(country: str) -> tuple[str, ...]:
    """Every company's name of a country that the lists can make, in a fixed order."""
    forms = _FORMS[country]
    return tuple(f"{stem} {forms[number % len(forms)]}" for number, stem in enumerate(_STEMS[country]))


def offices(country: str) -> tuple[str, ...]:
    """Public bodies of a country, in a fixed order."""
    return _OFFICES[country]
