"""E-mail addresses: which ones can be written to, and how they are shown where nobody may read them."""

import re

# The dot-atom of RFC 5322 section 3.2.3. Quoted local parts are legal and in practice always a mistake or an attack.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_LOCAL_CHARACTERS = 64
_ADDRESS_CHARACTERS = 254


def usable_address(address: str | None) -> str | None:
    """The address as it goes on the wire, its domain in ASCII, or None where no server could take it.

    >>> usable_address("buchhaltung@Müller.example")
    'buchhaltung@xn--mller-kva.example'
    """
    local, at, domain = (address or "").strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > _LOCAL_CHARACTERS:
        return None
    try:
        ascii_domain = domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        return None
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    whole = f"{local}@{ascii_domain}"
    return whole if len(whole) <= _ADDRESS_CHARACTERS else None


def masked(address: str) -> str:
    """The address as it may stand in an event: enough to recognise one's own, too little to write to.

    >>> masked("anna.weber@example.com")
    'a***@e***.com'
    """
    local, _, domain = address.rpartition("@")
    host, _, ending = domain.rpartition(".")
    return f"{local[:1]}***@{host[:1]}***.{ending}"
