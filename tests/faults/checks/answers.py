"""What a customer said once on its page is on the topic once, however often its browser had to send it."""

from collections import Counter
from collections.abc import Iterator

from kulant_cli.judge import Violation
from kulant_cli.judge.story import Story
from tests.faults.checks.harmed import Harmed


def each_answer_is_taken_down_once(story: Story, _harmed: Harmed) -> Iterator[Violation]:
    """The load says each kind of answer once about one mail, and the page takes it down once for each item of the mail.

    That it is there at all is the judge's to see.
    """
    for customer_id, told in story.answered.items():
        for heard in told:
            items = Counter(
                (getattr(one, "invoice_id", None), getattr(one, "item_id", None)) for one in heard.responses
            )
            for (_, item_id), times in items.items():
                if times > 1:
                    yield Violation(
                        "answer_twice",
                        f"{heard.answer.kind} of {customer_id} on the page of {heard.answer.message_id}"
                        f" was taken down {times} times about {item_id or 'all of it'}",
                    )
