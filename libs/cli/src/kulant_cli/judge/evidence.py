"""What the judge is given and what it says: nothing here needs to look inside a service."""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PublishedFact:
    """One fact as the ERP handed it to the broker, with the wall clock's view of that."""

    value: bytes
    sent_at: datetime
    acked_at: datetime | None


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """One record as it lies on a topic."""

    topic: str
    key: str | None
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class MailFile:
    """One file of the mailbox."""

    name: str
    content: bytes
    accepted_at: datetime | None = None  # the wall clock
    recipients: tuple[str, ...] = ()  # those of the envelope
    data_began_at: datetime | None = None  # the wall clock: from here on nobody could take it back
    sender: str = ""  # of the envelope: where it comes back to


@dataclass(frozen=True, slots=True)
class PutOffMail:
    """A mail that the mailbox answered with 451 at the end of its DATA, on purpose."""

    recipient: str
    reminder_id: str
    began_at: datetime  # the wall clock
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """What a customer said on its page, and what came back."""

    message_id: str
    kind: str  # as in the response's type: payment_claimed | promise_made | disputed | question_asked | contact_refused
    on: date | None
    said_at: datetime  # the tenant's clock
    sent_at: datetime  # the wall clock
    acked_at: datetime | None  # the wall clock; None: refused
    status: int


@dataclass(frozen=True, slots=True)
class Unsaid:
    """What a customer wanted to say on its page, which had no form for it, or took none."""

    message_id: str
    kind: str  # as of an Answer
    invoice_ids: tuple[str, ...]  # what it would have been about
    opened_at: datetime  # the wall clock
    tried_until: datetime  # the wall clock


@dataclass(frozen=True, slots=True)
class Expected:
    """What a run must have shown besides keeping all promises."""

    each_behaviour: int = 0  # so many times each
    races: bool = False  # a payment that beat a mail at the gate


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that can be seen of one tenant from outside."""

    tenant: str
    facts: tuple[PublishedFact, ...]
    records: tuple[TopicRecord, ...]
    mails: tuple[MailFile, ...]
    answers: tuple[Answer, ...]
    clock: tuple[datetime, ...]  # every instant at which the tenant's clock stood, in order
    something_was_killed: bool = False  # only then may a delivery end as unknown
    unsaid: tuple[Unsaid, ...] = ()
    put_off: tuple[PutOffMail, ...] = ()
    expected: Expected = Expected()  # what must have happened, or the run has shown nothing


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that must not be, in words a reader can follow up, and the number of the promise that it breaks.

    None where it says that the run itself showed too little, or did not get to its end.
    """

    check: str
    message: str
    promise: int | None = None

    def __str__(self) -> str:
        return f"{self.check}: {self.message}"


@dataclass(frozen=True, slots=True)
class Counts:
    """What happened, as the run's summary counts it."""

    facts: int = 0
    reminders: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, dict[str, int]] = field(default_factory=dict)
    responses: dict[str, int] = field(default_factory=dict)
    withdrawn: int = 0
    suppressed: dict[str, int] = field(default_factory=dict)
    unknown: int = 0
    parked: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's word: everything that is wrong, and what was counted."""

    violations: tuple[Violation, ...]
    counts: Counts

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations
