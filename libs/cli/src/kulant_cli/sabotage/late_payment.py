"""invoice-service, answering the gate without its barrier while acknowledged payments wait to be applied.

Runs as `python -m kulant_cli.sabotage.late_payment ROLE…`. A payment of the tenant for an invoice that the gate was
asked about before waits until it is asked again; the answer takes so long that the payment was no near miss.
"""

import asyncio
import sys
from collections.abc import Sequence

from invoice_service.api import clearances
from invoice_service.bus.broker_barrier import BrokerBarrier
from invoice_service.domain.clearance import Answer, Question
from invoice_service.main import run
from invoice_service.usecases.ports import Records
from kulant_cli.sabotage import sabotaged_tenant
from kulant_cli.sabotage.holding import ACKNOWLEDGED_LONG_AGO_SECONDS, Holding
from kulant_contracts.erp import ErpPaymentReceivedV1

_answer = clearances.answer_clearances  # type: ignore[attr-defined]
AFTER_ANSWER_SECONDS = 1.5


class _LatePayments:
    """What the gate was asked about so far, and what was paid of it since and waits."""

    def __init__(self) -> None:
        self.holding = Holding(ErpPaymentReceivedV1, self._waits)
        self._asked: set[str] = set()
        self._paid: set[str] = set()

    def _waits(self, payment: ErpPaymentReceivedV1) -> bool:
        paid = {one.invoice_id for one in payment.allocations} & self._asked
        self._paid |= paid
        return bool(paid)

    async def answer(self, records: Records, tenant: str, questions: Sequence[Question]) -> list[Answer]:
        """An answer that does not know of what waits."""
        answers = await _answer(records, tenant, questions)
        if tenant == sabotaged_tenant():
            asked = {item.invoice_id for question in questions for item in question.items if item.invoice_id}
            if asked & self._asked and not self.holding.over.is_set():
                await asyncio.sleep(ACKNOWLEDGED_LONG_AGO_SECONDS)
                if asked & self._paid:
                    asyncio.get_running_loop().call_later(AFTER_ANSWER_SECONDS, self.holding.over.set)
            self._asked |= asked
        return answers


async def _stand_open(self: BrokerBarrier) -> None:
    """Wait for nothing."""


def main() -> int:
    """Run the service with its payments late."""
    late = _LatePayments()
    BrokerBarrier.pass_through = _stand_open  # type: ignore[method-assign]
    clearances.answer_clearances = late.answer  # type: ignore[attr-defined]
    late.holding.install()
    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
