"""What was said is said once, also where the sender does not know that it was."""

from collections.abc import Iterator
from dataclasses import replace

from kulant_cli.judge import Violation, post
from kulant_cli.judge.story import Story
from kulant_contracts.delivery import DeliverySentV1
from tests.faults.checks.gate import in_doubt
from tests.faults.checks.harmed import Harmed


def doubtful_mails_are_not_repeated(story: Story, _harmed: Harmed) -> Iterator[Violation]:
    """The judge's check of repeated steps, with mails in doubt among those that were sent."""
    doubtful = in_doubt(story)
    if doubtful:
        told = (*story.sent(), *doubtful)
        yield from post.one_mail_per_item_and_stage(replace(story, by_kind={**story.by_kind, DeliverySentV1: told}))
