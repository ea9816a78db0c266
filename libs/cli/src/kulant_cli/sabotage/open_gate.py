"""The notifier, taking whatever the owners answer as clear. Runs as `python -m kulant_cli.sabotage.open_gate ROLE…`.

A withdrawal that would stop the same mail is held back meanwhile, so that nothing but the gate stands in its way.
"""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from uuid import UUID

from kulant_cli.sabotage import sabotaged_tenant
from kulant_cli.sabotage.holding import ACKNOWLEDGED_LONG_AGO_SECONDS, Holding
from kulant_contracts.reminder import ReminderWithdrawnV1
from notifier.domain.decision import INVOICE_SERVICE, Answer
from notifier.domain.reminder import Reminder
from notifier.gateways.clearance import ClearanceClient
from notifier.main import run

_ask = ClearanceClient.ask


async def _yes_to_everything(
    self: ClearanceClient, service: str, tenant: str, reminders: Sequence[Reminder]
) -> Mapping[UUID, Answer]:
    answers = await _ask(self, service, tenant, reminders)
    if tenant != sabotaged_tenant() or all(answer.answer == "clear" for answer in answers.values()):
        return answers
    if service == INVOICE_SERVICE:  # it is asked first: what the other two clear may not grow old
        await asyncio.sleep(ACKNOWLEDGED_LONG_AGO_SECONDS)
    return {id_: Answer("clear", answer.sequence, None) for id_, answer in answers.items()}


if __name__ == "__main__":
    ClearanceClient.ask = _yes_to_everything  # type: ignore[method-assign]
    Holding(ReminderWithdrawnV1).install()
    sys.exit(run(sys.argv[1:]))
