"""The gate between a released schema and the next: inside a version only optional things may be added."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_LOWER_BOUNDS: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER_BOUNDS: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FIXED: Final = ("type", "format", "default", "x-topic")
_BESIDE: Final = ("default", "description")
_NOT_ADDED: Final = ("pattern", "multipleOf", "uniqueItems", "propertyNames")


def breaks(released: Schema, current: Schema, *, is_input: bool = False) -> list[str]:
    """What a client that relies on the released schema would trip over; empty: nothing.

    `is_input`: clients write this event and Kulant reads it, so a required field may become optional.
    """
    return list(_Comparison(released, current, is_input=is_input).compare(released, current, "event", ()))


class _Comparison:
    def __init__(self, released: Schema, current: Schema, *, is_input: bool) -> None:
        self._released = released.get("$defs", {})
        self._current = current.get("$defs", {})
        self._is_input = is_input

    def compare(self, old: Schema, new: Schema, place: str, above: tuple[str, ...]) -> Iterator[str]:
        name = old.get("$ref", "")
        if name and name in above:
            return
        above = (*above, name) if name else above
        old, new = _resolved(old, self._released), _resolved(new, self._current)
        if "anyOf" in old or "anyOf" in new:
            yield from self._alternatives(old, new, place, above)
            return
        yield from _words(old, new, place)
        yield from _fixed(old, new, place)
        yield from _bounds(old, new, place)
        yield from self._fields(old, new, place, above)
        for keyword, step in (("items", "[]"), ("additionalProperties", ".*")):
            if isinstance(old.get(keyword), Mapping) and isinstance(new.get(keyword), Mapping):
                yield from self.compare(old[keyword], new[keyword], place + step, above)
            elif keyword in new and old.get(keyword, True) is not new[keyword]:
                yield f"{place}{step}: narrowed"
        old_values, new_values = old.get("patternProperties", {}), new.get("patternProperties", {})
        if new_values.keys() - old_values.keys():
            yield f"{place}.*: keys narrowed"
        for pattern in old_values.keys() & new_values.keys():
            yield from self.compare(old_values[pattern], new_values[pattern], f"{place}.*", above)

    def _alternatives(self, old: Schema, new: Schema, place: str, above: tuple[str, ...]) -> Iterator[str]:
        if old.get("default") != new.get("default"):
            yield f"{place}: default changed"
        old_forms, new_forms = _forms(old), _forms(new)
        if _NULL in old_forms and _NULL not in new_forms:
            yield f"{place}: no longer takes null"
        old_forms = [form for form in old_forms if form != _NULL]
        new_forms = [form for form in new_forms if form != _NULL]
        for old_form in old_forms:
            trials = [list(self.compare(old_form, new_form, place, above)) for new_form in new_forms]
            if not trials:
                yield f"{place}: a form was removed"
            else:
                yield from min(trials, key=len)

    def _fields(self, old: Schema, new: Schema, place: str, above: tuple[str, ...]) -> Iterator[str]:
        old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
        old_required, new_required = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(old_fields.keys() - new_fields.keys()):
            yield f"{place}.{name}: removed or renamed"
        for name in sorted(new_required - old_required):
            yield f"{place}.{name}: newly required"
        if not self._is_input:
            for name in sorted(old_required - new_required):
                yield f"{place}.{name}: no longer always there"
        for name in sorted(old_fields.keys() & new_fields.keys()):
            yield from self.compare(old_fields[name], new_fields[name], f"{place}.{name}", above)


_NULL: Final[Schema] = {"type": "null"}


def _resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    while "$ref" in schema:
        beside = {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
        schema = {**definitions[schema["$ref"].rpartition("/")[2]], **beside}
    return schema


def _forms(schema: Schema) -> list[Schema]:
    forms = schema.get("anyOf", [schema])
    return [{keyword: value for keyword, value in form.items() if keyword not in _BESIDE} for form in forms]


def _words(old: Schema, new: Schema, place: str) -> Iterator[str]:
    old_words, new_words = _closed_words(old), _closed_words(new)
    if new_words is not None and (old_words is None or old_words - new_words):
        yield f"{place}: enum narrowed"
    if set(old.get("x-open-enum", ())) - set(new.get("x-open-enum", ())) - (new_words or set()):
        yield f"{place}: a word was taken out of an open enum"


def _closed_words(schema: Schema) -> set[Any] | None:
    if "const" in schema:
        return {schema["const"]}
    return set(schema["enum"]) if "enum" in schema else None


def _fixed(old: Schema, new: Schema, place: str) -> Iterator[str]:
    for keyword in _FIXED:
        if old.get(keyword) != new.get(keyword):
            yield f"{place}: {keyword} changed"
    for keyword in _NOT_ADDED:
        if keyword in new and old.get(keyword) != new[keyword]:
            yield f"{place}: {keyword} added or changed"


def _bounds(old: Schema, new: Schema, place: str) -> Iterator[str]:
    for keyword in _LOWER_BOUNDS:
        if keyword in new and (keyword not in old or new[keyword] > old[keyword]):
            yield f"{place}: {keyword} narrowed"
    for keyword in _UPPER_BOUNDS:
        if keyword in new and (keyword not in old or new[keyword] < old[keyword]):
            yield f"{place}: {keyword} narrowed"
