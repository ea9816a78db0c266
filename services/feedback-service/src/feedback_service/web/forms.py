"""The fields of a POST as a form, and a form that comes back to its writer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from feedback_service.domain.form import (
    ContactForm,
    CopyForm,
    DisputeForm,
    Form,
    PaymentForm,
    PromiseForm,
    QuestionForm,
    RatingForm,
    RepresentedForm,
    TimeForm,
)

Fields = Mapping[str, Sequence[str]]
KINDS: Mapping[type, str] = {
    PaymentForm: "paid",
    PromiseForm: "promise",
    DisputeForm: "wrong",
    QuestionForm: "question",
    CopyForm: "copy",
    TimeForm: "time",
    ContactForm: "contact",
    RepresentedForm: "represented",
    RatingForm: "rating",
}
"""The value of the hidden field `answer` in each form."""
_SIMPLE: Mapping[str, tuple[Callable[..., Form], tuple[str, ...]]] = {
    "wrong": (DisputeForm, ("item", "reason", "amount", "words")),
    "question": (QuestionForm, ("item", "words")),
    "copy": (CopyForm, ("item", "words")),
    "time": (TimeForm, ("wish", "until", "words")),
    "contact": (ContactForm, ("wish", "channel", "address")),
    "represented": (RepresentedForm, ("by", "words")),
    "rating": (RatingForm, ("stars", "words")),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that comes back to its writer: what was typed, and what is wrong with it."""

    kind: str
    currency: str
    values: Mapping[str, str]
    items: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)


def first(fields: Fields, name: str) -> str:
    """The first value of a field; none was sent: nothing."""
    return fields.get(name, ("",))[0]


def read_fields(fields: Fields) -> Form | None:
    """The form that was filled in; None where it is none of ours."""
    kind, currency, items = first(fields, "answer"), first(fields, "currency"), tuple(fields.get("item", ()))
    if kind == "paid":
        return PaymentForm(currency, first(fields, "paid_on"), items, first(fields, "method"))
    if kind == "promise":
        return PromiseForm(currency, first(fields, "pay_on"), first(fields, "amount"), items)
    if kind in _SIMPLE:
        form, names = _SIMPLE[kind]
        return form(*(first(fields, name) for name in names))
    return None


def filled(form: Form, faults: Mapping[str, str]) -> Filled:
    """A form as it was typed, with a sentence for each field that is wrong."""
    kind = KINDS[type(form)]
    if isinstance(form, PaymentForm):
        return Filled(kind, form.currency, {"paid_on": form.paid_on, "method": form.method}, form.items, faults)
    if isinstance(form, PromiseForm):
        return Filled(kind, form.currency, {"pay_on": form.pay_on, "amount": form.amount}, form.items, faults)
    _, names = _SIMPLE[kind]
    return Filled(kind, "", {name: getattr(form, name) for name in names}, (), faults)


def anchor(form: Form, name: str) -> str:
    """The id of a field on the page, where its fault is shown."""
    field_id = name.replace("_", "-")
    if isinstance(form, PaymentForm | PromiseForm):
        return f"{KINDS[type(form)]}-{field_id}-{form.currency}"
    return f"{KINDS[type(form)]}-{field_id}"
