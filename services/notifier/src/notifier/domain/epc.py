"""The payload of the EPC QR code (EPC069-12, "GiroCode") that fills in a SEPA transfer in a banking app."""

import re
from dataclasses import dataclass

from notifier.domain.amount import Amount

MAX_BYTES = 331
_NAME_CHARACTERS = 70
_TEXT_CHARACTERS = 140
_MAX_MINOR = 99_999_999_999
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_CREDITOR_REFERENCE = re.compile(r"RF\d{2}[A-Z0-9]{1,21}")


@dataclass(frozen=True, slots=True)
class Reference:
    """What the payer writes into the transfer; `structured` by ISO 11649 where the creditor gave such a one."""

    text: str
    is_structured: bool = False


def is_iban(iban: str) -> bool:
    """Is the check sum of ISO 13616 right?"""
    return bool(_IBAN.fullmatch(iban)) and _mod97(iban) == 1


def is_creditor_reference(text: str) -> bool:
    """Is it a creditor reference of ISO 11649 (`RF…`) with the right check sum?"""
    return bool(_CREDITOR_REFERENCE.fullmatch(text)) and _mod97(text) == 1


def compact(code: str) -> str:
    """An IBAN, BIC or reference as machines write it: no spaces, capitals."""
    return "".join(code.split()).upper()


def epc_payload(holder: str, iban: str, bic: str | None, total: Amount, reference: Reference) -> str | None:
    """The text inside the QR code, or None where the standard cannot carry this payment.

    The holder's name is never cut: a shortened name makes the payer's bank warn of fraud.
    """
    account, bank = compact(iban), compact(bic or "")
    if total.currency != "EUR" or not 1 <= total.amount_minor <= _MAX_MINOR:
        return None
    if not is_iban(account) or (bank and not _BIC.fullmatch(bank)):
        return None
    if not 1 <= len(holder) <= _NAME_CHARACTERS or not 1 <= len(reference.text) <= _TEXT_CHARACTERS:
        return None
    euros, cents = divmod(total.amount_minor, 100)
    lines = ["BCD", "002", "1", "SCT", bank, holder, account, f"EUR{euros}.{cents:02d}", ""]
    lines += [reference.text] if reference.is_structured else ["", reference.text]
    if any("\n" in line or "\r" in line for line in lines):
        return None
    payload = "\n".join(lines)
    return payload if len(payload.encode()) <= MAX_BYTES else None


def _mod97(code: str) -> int:
    """The remainder of ISO 7064: first four characters to the end, letters as 10 to 35."""
    return int("".join(str(int(character, 36)) for character in code[4:] + code[:4])) % 97
