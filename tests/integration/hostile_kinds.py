"""The kinds of hostility: each takes a sound event, spoils it, and says what must become of it."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, Final

from kulant_contracts.registry import EVENTS
from tests.integration.hostility import (
    ABSURD_BUS,
    ABSURD_ERP,
    CUSTOMERS,
    FOREIGN,
    SPOILT,
    Message,
    Sender,
    Words,
    get,
    places,
    put,
    with_headers,
)

NO_JSON: Final = r"(value|data): json_invalid"
IN_DATA: Final = r"data\.[a-z_0-9.*]+: "
OVERFLOW: Final = "what it leads to is larger than an event may be"
ANYWHERE: Final = r"data[a-z_0-9.*]*: "
DATED: Final = '_(on|at)": "'
HUGE: Final = 400_000
COMPRESSIBLE: Final = 3_000_000

_OTHER_CODES: Final = ("utf-16", "utf-32", "utf-16-le", "utf-16-be", "cp037", "latin-1")
_NOT_NUMBERS: Final = (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1E400", b"0x10", b"1" * 5_000, b"+1", b"01")
_NO_AMOUNTS: Final = (
    "1e9", "0x10", "119,00", "1.1", "1.1900000", "9" * 16, "9" * 400, "-0.000", "NaN", "Infinity", " 119.00", "+119.00",
    "119.00\n", "١١٩.٠٠", "１１９.００", "1_190.00", "00119.00", "", "1.190,00", "--1.00", "119.00\u200b", 119, 119.0,
    -1e300, None, True, ["119.00"],
)  # fmt: skip
_NO_CURRENCIES: Final = ("XXX", "EURO", "eur", "€", "BTC", "", "EUR ", "ЕUR", "E\u200bUR", "XAU", 978, None)
_NO_DAYS: Final = (
    "2026-02-30", "2026-13-01", "2026-00-10", "0000-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "10000-01-01",
    "2026-2-3", "02.03.2026", "2026-02-29", "2026-03-02T00:00:00Z", "tomorrow", "", 1_772_000_000, "２０２６-03-02",
)  # fmt: skip
_NO_INSTANTS: Final = (
    "2026-03-02T09:15:00", "2026-03-02", "2026-02-30T09:15:00Z", "2026-03-02T25:00:00Z", "2026-03-02T09:15:00+99:00",
    "1899-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "yesterday", "", 1_772_000_000, "2026-03-02T09:15:00Z\n",
)  # fmt: skip
_UNSPEAKABLE: Final = (
    "a\x00b",
    "line\nbreak",
    "\x1b[2Jx",
    "a\u2028b",
    "\x85",
    "x" * 201,
    "",
    7,
    None,
    {},
    "a\rb",
    "\x7f",
)
_TRICKY: Final = (
    "\u200bC1", "C1\u200b", "\u202e1C", "C\u0301", "Ḉ", "Ｃ１", "С1", "🧾" * 100, "../../etc/passwd", "%00", "a/b/c",
    "/", "'; DROP TABLE item; --", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "\ufeffC1", "\u00adC1",
    "null", "NaN", "-1", " ", " C1 ", "\U0010ffff", "\ufdd0", "İ", "ß", "x" * 200, "ﷺ" * 66, "\u0f3b" * 200, "a\\b",
    '"', "%s",
)  # fmt: skip
_TOO_DEEP: Final = (300, 5_000, 100_000)
_SPOILT_HEAD: Final[tuple[tuple[str, tuple[Any, ...]], ...]] = (
    ("id", ("", "x" * 201, "a\nb", "\x00")),
    ("source", ("", "a b", "ü", "x" * 501)),
    ("type", ("", "kulant erp", "külant.erp", "x" * 201, "kulant.item.due.v1\n")),
    ("time", _NO_INSTANTS),
    ("tenantid", ("ACME", "\u0430cme", "a" * 41, "a/b", "../x", "", "acme\n", "ａｃｍｅ", "acme\x00")),
    ("specversion", ("0.3", "1.1", "", "1.0\n", "１.0")),
)
_ELSEWHERE: Final = (
    b"application/cloudevents+avro",
    b"application/cloudevents-batch+json",
    b"application/cloudevents+xml; charset=UTF-8",
    b"Application/CloudEvents+Protobuf",
)
_STRANGE_TYPES: Final = (
    "kulant.erp.nonsense.v1", "kulant.erp.invoice.issued.v2", "com.example.thing", "x",
    "KULANT.ERP.PAYMENT.RECEIVED.V1", "..", "-", "kulant.erp.",
)  # fmt: skip

Spoil = Callable[[Random, Words], Message]


def _truncated(random: Random, words: Words) -> Message:
    value = words.value()
    return words.message("truncated", value[: random.randrange(1, len(value))], NO_JSON)


def _otherwise_encoded(random: Random, words: Words) -> Message:
    words.data["remark"] = "Grüße"
    value = words.value(is_ascii=False).decode()
    coded = [value.encode(code) for code in _OTHER_CODES] + [gzip.compress(value.encode(), mtime=0)]
    return words.message("other encoding", random.choice([*coded, random.randbytes(random.randrange(1, 400))]), NO_JSON)


def _nothing(random: Random, words: Words) -> Message:
    value = random.choice([None, b"", b" ", b"null", b"[]", b"[{}]", b"42", b'"text"', b"true", b"\x00"])
    return words.message("nothing", value, r"(value|data): (json_invalid|model_type)")


def _deep(random: Random, words: Words) -> Message:
    depth = random.choice(_TOO_DEEP)
    opened, closed = random.choice([(b"[", b"]"), (b'{"data":', b"}")])
    nested = opened * depth + b"1" + closed * depth
    whole = random.choice([nested, b'{"deep":' + nested + b"," + words.value()[1:]])
    return words.message("deep", whole, NO_JSON)


def _wrong_type(random: Random, words: Words) -> Message:
    put(words.data, random.choice(list(places(words.data))), random.choice([{"not": ["this"]}, [[]], {}]))
    return words.message("wrong type", words.value(), IN_DATA)


def _incomplete(random: Random, words: Words) -> Message:
    fields = EVENTS[words.document["type"]].model_fields
    name = random.choice([name for name, one in fields.items() if one.is_required() and name in words.data])
    del words.data[name]
    return words.message("incomplete", words.value(), rf"data\.{name}: missing")


def _spoilt_head(random: Random, words: Words) -> Message:
    name, entries = random.choice(_SPOILT_HEAD)
    if name == "specversion":
        words.is_binary = False
    words.document[name] = random.choice([one for one in entries if isinstance(one, str) or not words.is_binary])
    return words.message("spoilt envelope", words.value(), rf"{name}(\.\*)?: ")


def _no_head(random: Random, words: Words) -> Message:
    name = random.choice([name for name, _ in _SPOILT_HEAD])
    words.is_binary &= name != "specversion"
    del words.document[name]
    return words.message("spoilt envelope", words.value(), rf"{name}: missing")


def _wrong_number(random: Random, words: Words) -> Message:
    words.is_binary = False
    words.document["sequence"] = random.choice([0, -1, 1.5, "7", 2**63, 10**40, True, [], {}])
    if random.random() < 0.2 and words.topic not in FOREIGN:
        del words.document["sequence"]
    return words.message("wrong sequence", words.value(), "sequence: ")


def _no_number(random: Random, words: Words) -> Message:
    put(words.data, random.choice(list(places(words.data))), "@@")
    value = words.value().replace(b'"@@"', random.choice(_NOT_NUMBERS))
    return words.message("not a number", value, rf"{NO_JSON}|{IN_DATA}")


def _no_amount(random: Random, words: Words) -> Message:
    path = random.choice([path for path in places(words.data) if path[-1] == "amount"])
    put(words.data, path, random.choice(_NO_AMOUNTS))
    return words.message("absurd money", words.value(), IN_DATA + "(amount_malformed|string_type)")


def _no_currency(random: Random, words: Words) -> Message:
    path = random.choice([path for path in places(words.data) if path[-1] == "amount"])
    put(words.data, (*path[:-1], "currency"), random.choice(_NO_CURRENCIES))
    return words.message("unknown currency", words.value(), IN_DATA + "literal_error")


def _no_day(random: Random, words: Words) -> Message:
    path = random.choice(
        [path for path in places(words.data) if str(path[-1]).endswith(("_on", "_at")) and get(words.data, path)]
    )
    put(words.data, path, random.choice(_NO_DAYS if str(path[-1]).endswith("_on") else _NO_INSTANTS))
    return words.message("impossible date", words.value(), IN_DATA)


def _unspeakable_id(random: Random, words: Words) -> Message:
    name = random.choice(_ids_of(words))
    fields = EVENTS[words.document["type"]].model_fields
    words.data[name] = random.choice([one for one in _UNSPEAKABLE if one is not None or fields[name].is_required()])
    return words.message("unspeakable id", words.value(), rf"data\.{name}: string_")


def _ids_of(words: Words) -> list[str]:
    """Fields that are ids of ours or of the ERP; what a provider of mails calls its own may be longer."""
    told = words.data.items()
    return [name for name, one in told if name.endswith("_id") and name != "provider_id" and isinstance(one, str)]


def _half_a_character(random: Random, words: Words) -> Message:
    put(words.data, random.choice(list(places(words.data))), "@@")
    value = words.value().replace(b'"@@"', random.choice([rb'"\ud800"', rb'"\udfff x"', rb'"\u12"', b'"\xed\xa0\x80"']))
    return words.message("half a character", value, NO_JSON)


def _elsewhere(random: Random, words: Words) -> Message:
    told = words.message("other content type", words.value(), "content-type: not JSON")
    return with_headers(told, {"content-type": random.choice(_ELSEWHERE)})


def _bad_header(random: Random, words: Words) -> Message:
    words.is_binary = True
    told = words.message("bad header", words.value(), "header: not UTF-8")
    return with_headers(told, {random.choice(["ce_id", "ce_source", "ce_note"]): b"\xff\xfe\x00"})


def _last_is_spoilt(random: Random, words: Words) -> Message:
    name = random.choice(["id", "tenantid", "time"])
    words.is_binary = False
    value = words.value()[:-1] + b', "%s": 7}' % name.encode()
    return words.message("duplicate keys", value, rf"{name}: string_type")


def _last_is_sound(random: Random, words: Words) -> Message:
    words.is_binary = False
    names = random.choice(
        [b'"id": 7', b'"tenantid": "other"', b'"data": {"customer_id": 7}', b'"type": [], "id": null']
    )
    return words.message("duplicate keys", b"{" + names + b", " + words.value()[1:], None)


def _of_another(random: Random, words: Words) -> Message:
    if words.topic in FOREIGN:
        words.key = random.choice([b"hostile-other/H1", b"\xff/H1", b"/H1", b"hostile-spoil/t"])
        return words.message("key of another", words.value(), "the key names another tenant than the event")
    words.document["partitionkey"] = random.choice([f"{SPOILT}/another", "hostile-other/H1", "", "x" * 300])
    return words.message("key of another", words.value(), "partitionkey: (not that of the data|missing)")


def _odd_key(random: Random, words: Words) -> Message:
    words.key = random.choice([None, b"", b"\xff\xfe", b"k" * 5_000, words.document["tenantid"].encode() + b"/another"])
    return words.message("odd key", words.value(), None)


def _strange_type(random: Random, words: Words) -> Message:
    words.document["type"] = random.choice(_STRANGE_TYPES)
    return words.message("unknown type", words.value(), None)


def _odd_headers(random: Random, words: Words) -> Message:
    told = words.message("odd headers", words.value(), None)
    return with_headers(told, {"a\x00b": b"\x00", "": b"", "ü" * 300: None, "traceparent": b"00-" + b"z" * 99})


def _bad_and_odd_headers(random: Random, words: Words) -> Message:
    words.is_binary = False
    told = words.message("odd headers", words.value()[: -random.randrange(1, 9)], NO_JSON)
    return with_headers(told, {"a\x00b": b"\x00", "": b"", "ü" * 300: None, "ce_note": b"\xff"})


def _huge(random: Random, words: Words) -> Message:
    filler = random.choice(["x" * HUGE, ["y"] * (HUGE // 8), {f"k{n}": n for n in range(HUGE // 40)}])
    words.data["filler"] = filler
    return words.message("huge", words.value(), None)


def _huge_id(random: Random, words: Words) -> Message:
    name = random.choice(_ids_of(words))
    words.data[name] = "i" * HUGE
    return words.message("huge", words.value(), rf"data\.{name}: string_")


def _absurd(random: Random, words: Words) -> Message:
    """Amounts, days, numbers and texts at the very edge of what is allowed; together they may contradict each other."""
    for path in places(words.data):
        if random.random() < 0.3:
            put(words.data, path, _edge_of(random, str(path[-1]), get(words.data, path)))
    _agree(words)
    allowed = rf"{ANYWHERE}|the invoice belongs to another customer|{OVERFLOW}|hold ids of this form|a tenant never"
    return words.message("absurd", words.value(), allowed, may_be_taken=True)


def _edge_of(random: Random, name: str, entry: Any) -> Any:
    if name == "amount":
        return "".join(
            ("-" if entry.startswith("-") else "", "9" * (15 - len(_part(entry))), _part(entry)[:0], _cents(entry))
        )
    if name.endswith("_on") and entry is not None:
        return random.choice(["1900-01-01", "2199-12-31", "2024-02-29", "1999-12-31", "2026-03-29"])
    if name.endswith("_at") and entry is not None:
        return random.choice(
            ["1900-01-01T00:00:00Z", "2199-12-30T23:59:59.999999999-23:59", "2026-10-25T02:30:00+02:00"]
        )
    if name in ("version", "sequence"):
        return random.choice([0, 1, 2**63 - 1, 2**53 + 1])
    if name == "customer_id":
        return entry
    if name.endswith("_id") and isinstance(entry, str) and not _is_uuid(entry):
        return random.choice(_TRICKY)
    return entry


def _part(amount: str) -> str:
    return amount.partition(".")[2]


def _cents(amount: str) -> str:
    return f".{'9' * len(_part(amount))}" if "." in amount else ""


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4


def _agree(words: Words) -> None:
    """An invoice's items sum to its total, so that more than its form is met."""
    items = words.data.get("items")
    if words.document["type"] == "kulant.erp.invoice.issued.v1" and items:
        del items[1:]
        items[0].pop("discount", None)
        words.data["total"] = dict(items[0]["amount"])


def _tricky_customer(random: Random, words: Words) -> Message:
    return words.message("tricky id", words.value(), None)


SPOILERS: Final[tuple[tuple[Spoil, str], ...]] = (
    (_truncated, ""), (_otherwise_encoded, ""), (_nothing, ""), (_deep, ""), (_wrong_type, ""), (_incomplete, ""),
    (_spoilt_head, ""), (_no_head, ""), (_wrong_number, ""), (_no_number, ""), (_no_amount, '"amount"'),
    (_no_currency, '"amount"'), (_no_day, DATED), (_unspeakable_id, '"customer_id"'), (_half_a_character, ""),
    (_elsewhere, ""), (_bad_header, ""), (_last_is_spoilt, ""), (_of_another, '"customer_id"'),
    (_bad_and_odd_headers, ""),
)  # fmt: skip
"""Each with what its event's data must have."""
TAKEN: Final[tuple[Spoil, ...]] = (
    _last_is_sound,
    _odd_key,
    _strange_type,
    _odd_headers,
    _absurd,
    _absurd,
    _tricky_customer,
)
HUGE_EVERY: Final = 300


def hostile(sender: Sender, topic: str) -> Message:
    """The next hostile message of a topic."""
    random = sender.random
    chance = random.randrange(HUGE_EVERY)
    if chance == 0:
        return _huge(random, sender.words(topic, _absurd_tenant(topic)))
    if chance % 3 == 0:
        spoil = random.choice(TAKEN)
        customer_id = random.choice(_TRICKY) if spoil is _tricky_customer else None
        if spoil is _absurd:  # amounts of theirs add up to more than an amount may be
            customer_id = f"A{random.randrange(CUSTOMERS)}"
        having = '"customer_id"' if spoil is _tricky_customer else ""
        return spoil(random, sender.words(topic, _absurd_tenant(topic), customer_id=customer_id, having=having))
    spoil, having = (_huge_id, '"customer_id"') if chance == 1 else random.choice(SPOILERS)
    words = sender.words(topic, SPOILT, having=having)
    sound = json.dumps(words.document).encode()
    return replace(spoil(random, words), sound=sound)


def compressible(sender: Sender, topic: str) -> list[Message]:
    """Two messages that only get past the broker because they shrink: one is sound, of the other the end is missing."""
    taken, cut = sender.words(topic, _absurd_tenant(topic)), sender.words(topic, SPOILT)
    for words in (taken, cut):
        words.data["filler"] = "x" * COMPRESSIBLE
    return [
        taken.message("compressed", taken.value(), None),
        cut.message("compressed", cut.value()[:-9], NO_JSON + "; too large to be kept whole"),
    ]


def _absurd_tenant(topic: str) -> str:
    return ABSURD_ERP if topic in FOREIGN else ABSURD_BUS
