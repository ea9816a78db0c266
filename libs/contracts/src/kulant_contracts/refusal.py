"""Why bytes are no event, in words that never repeat what they said."""

from functools import cache
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from kulant_contracts.wire import Wire

if TYPE_CHECKING:
    from kulant_contracts.envelope import Envelope

_MOST_ERRORS_TOLD: Final = 5


class Undecodable(Exception):
    """These bytes can never be read as an event. The reason names fields and kinds of error, never values.

    `key` is the partition key of the customer or tenant that it is about, where that much can be read.
    """

    def __init__(self, reason: str, key: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.key = key


class UnsupportedMediaType(Undecodable):
    """The HTTP request is of a content type that carries no events."""


class UnknownType(Exception):
    """A sound envelope of a type that is not among the readable ones; the envelope tells its sequence."""

    def __init__(self, envelope: "Envelope") -> None:
        super().__init__(envelope.type)
        self.envelope = envelope
        self.type = envelope.type

    @property
    def is_kulant_own(self) -> bool:
        """Is it a type of Kulant's own topics (stop), rather than one of an ERP (count and skip)?"""
        return self.type.startswith("kulant.") and not self.type.startswith("kulant.erp.")


@cache
def _field_names() -> frozenset[str]:
    names: set[str] = {"data"}
    models: list[type[Wire]] = [Wire]
    while models:
        model = models.pop()
        models.extend(model.__subclasses__())
        names.update(field.alias or name for name, field in model.model_fields.items())
    return frozenset(names)


def _place(location: tuple[int | str, ...]) -> str:
    known = _field_names()
    steps = [str(step) if isinstance(step, int) or step in known else "*" for step in location]
    return ".".join(steps) or "value"


def reason_of(error: ValidationError, *, within: str | None = None) -> str:
    """The fields that are wrong and how, as `data.items.0.amount: missing`; keys and values of the sender left out."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    prefix = () if within is None else (within,)
    told = [f"{_place((*prefix, *each['loc']))}: {each['type']}" for each in found[:_MOST_ERRORS_TOLD]]
    if len(found) > _MOST_ERRORS_TOLD:
        told.append(f"{len(found) - _MOST_ERRORS_TOLD} more")
    return ", ".join(told)
