"""Asks an owner over HTTP whether reminders may leave. Whatever is not a sound answer is no answer."""

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import httpx2
import structlog
from pydantic import ValidationError

from kulant_contracts.clearance import ClearanceItem, ClearanceQuestion, ClearanceRequest, ClearanceResponse
from kulant_contracts.money import Money
from notifier.domain.amount import Amount
from notifier.domain.decision import Answer
from notifier.domain.reminder import Reminder

_log = structlog.get_logger(__name__)

# invoice-service may hold a question for 30 seconds while it reads up to the broker's end.
_SECONDS = 35.0
_CONNECT_SECONDS = 3.0


class ClearanceClient:
    """`Gate` over the owners' `POST /v1/clearances`."""

    def __init__(
        self,
        urls: Mapping[str, str],
        token: str,
        unanswered: Callable[[str], None],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._urls = {service: f"{url.rstrip('/')}/v1/clearances" for service, url in urls.items()}
        self._unanswered = unanswered
        # No proxies: the owners are neighbours, and the question names customers.
        self._client = httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx2.Timeout(_SECONDS, connect=_CONNECT_SECONDS),
            trust_env=False,
            transport=transport,
        )

    async def ask(self, service: str, tenant: str, reminders: Sequence[Reminder]) -> Mapping[UUID, Answer]:
        """One owner's answers; those that it did not give, or could not give in time, are missing."""
        request = ClearanceRequest(reminders=tuple(_question(reminder) for reminder in reminders))
        try:
            response = await self._client.post(
                self._urls[service],
                content=request.model_dump_json(),
                headers={"Content-Type": "application/json", "Kulant-Tenant": tenant},
            )
            response.raise_for_status()
            results = ClearanceResponse.model_validate_json(response.content).results
        except (httpx2.HTTPError, ValidationError) as error:
            self._unanswered(service)
            _log.warning("no answer", action="gate.unanswered", reason=service, error=type(error).__name__)
            return {}
        asked = {str(reminder.reminder_id): reminder.reminder_id for reminder in reminders}
        return {
            asked[result.reminder_id]: Answer(result.answer, result.sequence, result.reason)
            for result in results
            if result.reminder_id in asked
        }

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


def _question(reminder: Reminder) -> ClearanceQuestion:
    return ClearanceQuestion.model_validate(
        {
            "reminder_id": str(reminder.reminder_id),
            "customer_id": reminder.customer_id,
            "kind": reminder.kind,
            "items": [
                ClearanceItem(item_id=line.item_id, invoice_id=line.invoice_id, open=_wire(line.open))
                for line in reminder.lines
            ],
            "seen": dict(reminder.seen),
        }
    )


def _wire(amount: Amount) -> Money:
    return Money.from_minor(amount.amount_minor, amount.currency)
