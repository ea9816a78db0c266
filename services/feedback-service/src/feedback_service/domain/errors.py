"""Expected refusals, each with its own name."""


class PageNotReady(Exception):
    """The link is genuine, but the facts that its page needs have not been read yet."""


class PageClosed(Exception):
    """The link was genuine once; it is revoked or too old."""


class NothingToAnswer(Exception):
    """What the form is about is no longer there: paid, handed over, or erased."""


class TooManyAnswers(Exception):
    """More answers than a person gives in a day."""


class ReminderUnknown(Exception):
    """No reminder of that id belongs to the tenant."""
