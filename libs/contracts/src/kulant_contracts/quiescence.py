"""Whether a service has worked off everything that it has been told."""

from pydantic import Field

from kulant_contracts.wire import Instant, Wire


class Quiescence(Wire):
    """The answer of `GET /v1/quiescence`: figures of the whole service, not of one replica."""

    clock_at: Instant | None = Field(description="Clock of the tenant in Kulant-Tenant; null: live, or not known yet")
    lag: int = Field(strict=True, ge=0, description="Records behind the end offsets read after the question")
    outbox: int = Field(strict=True, ge=0, description="Rows not yet acknowledged by the broker")
    due_timers: int = Field(strict=True, ge=0, description="Looks due and not yet taken")
    in_flight: int = Field(strict=True, ge=0, description="Running batches, and reminders due and not ended")
    positions: dict[str, int] = Field(description="`<topic>/<partition>` to the position stored in the database")
