"""`/v1/tasks`: what a person must look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from dunning_engine.api.access import Access, not_there
from dunning_engine.api.answers import DoneResponse
from dunning_engine.api.holds import Agent, Reader
from dunning_engine.usecases.asked import Whose
from dunning_engine.usecases.finish_task import finish_task
from dunning_engine.usecases.ports import Work
from dunning_engine.usecases.views import Asked, Readings, TaskView
from kulant_chassis.idempotency import Written
from kulant_chassis.keyset import STORABLE, Cursor, Limit, Name, cursor_of, place_of
from kulant_chassis.problem import problems


class TaskResponse(BaseModel):
    """A task; `about` is the id of what it is about: a dispute, a question, a hold, an item, a reminder."""

    task_id: UUID
    customer_id: str
    code: str
    about: str
    case_id: UUID | None
    invoice_id: str | None
    item_id: str | None
    since_at: datetime
    finished_at: datetime | None


class TaskListResponse(BaseModel):
    """One page of tasks."""

    items: Sequence[TaskResponse]
    next: str | None


def task_response(view: TaskView) -> TaskResponse:
    """A task for people."""
    return TaskResponse(
        task_id=view.task_id,
        customer_id=view.customer_id,
        code=view.code,
        about=view.about,
        case_id=view.case_id,
        invoice_id=view.invoice_id,
        item_id=view.item_id,
        since_at=view.since_at,
        finished_at=view.finished_at,
    )


def tasks_router(access: Access, readings: Readings) -> APIRouter:
    """The routes about tasks."""
    router = APIRouter(prefix="/v1/tasks", tags=["tasks"])

    @router.get("")
    async def tasks(
        principal: Reader,
        limit: Limit = 50,
        cursor: Cursor = None,
        customer_id: Name | None = None,
        code: Name | None = None,
        state: Literal["open", "finished"] = "open",
    ) -> TaskListResponse:
        """Tasks that the facts still ask for, the oldest first."""
        after = place_of(cursor, UUID)
        place = ("", str(after[0])) if after else None
        found = await readings.tasks(Asked(principal.tenant, limit + 1, place, customer_id, state, code))
        last = found[limit - 1] if len(found) > limit else None
        return TaskListResponse(
            items=[task_response(one) for one in found[:limit]], next=cursor_of([last.task_id] if last else None)
        )

    @router.post("/{task_id}/finish", response_model=DoneResponse, responses=problems(409))
    async def finish(task_id: Annotated[str, Path(max_length=100, pattern=STORABLE)], write: Agent) -> Response:
        """Finishes a task; it does not come back as long as the facts that it is about stay."""

        async def act(work: Work, whose: Whose) -> Written:
            task = await finish_task(work, access.engine, whose, UUID(task_id))
            customer_id = whose.key.split("/", 1)[1]
            body = DoneResponse(id=str(task.task_id), customer_id=customer_id, state="finished")
            return Written("task.finished", {"customer_id": customer_id, "task_id": task_id}, body)

        return await access.change_of(write, "task", task_id, act)

    return router


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise not_there() from None
