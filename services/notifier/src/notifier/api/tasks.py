"""Routes about what is left for people: the list, one task, and how it was finished."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from kulant_chassis.auth import Principal
from kulant_chassis.etags import MatchDescribed, etag_of, require_match
from kulant_chassis.http import require
from kulant_chassis.idempotency import Write, Written, once, writes
from kulant_chassis.ids import uuid7
from kulant_chassis.keyset import STORABLE, Cursor, Limit, Name, cursor_of, place_of
from kulant_chassis.problem import Problem, problems
from kulant_chassis.transaction import Transaction
from kulant_contracts.wire import Id
from notifier.api.reminders import unknown
from notifier.api.schemas import TaskResponse, TasksResponse
from notifier.usecases.finish_task import Decision, OutcomeUnfit, TaskDone, finish_task
from notifier.usecases.ports import Work
from notifier.usecases.views import TaskFilter, Views

OpenRequests = Callable[[], AbstractAsyncContextManager[tuple[Transaction, Work]]]


class FinishRequest(BaseModel):
    """How a person finished a task."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["sent", "not_sent", "closed", "done"] = Field(
        description="unknown: sent or not_sent; no_contact: closed, or done in another way."
    )
    note: str | None = Field(
        default=None, max_length=2000, pattern=STORABLE, description="For colleagues; never sent to anybody."
    )
    channel: Literal["phone", "post"] = Field(default="phone", description="With done: how the customer was reached.")
    contact_id: Id | None = Field(default=None, description="With done: which contact.")


class FinishResponse(BaseModel):
    """What was taken down."""

    task_id: UUID
    state: str
    outcome: str


def tasks_router(
    open_views: Callable[[], AbstractAsyncContextManager[Views]], open_requests: OpenRequests
) -> APIRouter:
    """`/v1/tasks`, `/v1/tasks/{id}` and its end."""
    router = APIRouter(tags=["tasks"])

    @router.get("/v1/tasks")
    async def tasks(
        principal: Annotated[Principal, require("reader", "agent")],
        state: Annotated[Literal["open", "done", "all"], Query()] = "open",
        kind: Annotated[Literal["unknown", "no_contact"] | None, Query()] = None,
        customer_id: Name | None = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> TasksResponse:
        """Tasks, oldest first; the open ones unless asked otherwise."""
        wanted = TaskFilter(None if state == "all" else state, kind, customer_id)
        after = place_of(cursor, UUID)
        async with open_views() as views:
            found = await views.tasks(principal.tenant, wanted, after[0] if after else None, limit + 1)
        page = [TaskResponse.of(one) for one in found[:limit]]
        return TasksResponse(items=page, next=cursor_of([page[-1].task_id] if len(found) > limit else None))

    @router.get("/v1/tasks/{task_id}")
    async def show(
        task_id: UUID, response: Response, principal: Annotated[Principal, require("reader", "agent")]
    ) -> TaskResponse:
        """One task; its ETag is what `If-Match` wants when it is finished."""
        async with open_views() as views:
            found = await views.task(principal.tenant, task_id)
        if found is None:
            raise unknown()
        response.headers["ETag"] = etag_of(str(found.task_id), found.state, found.finished_at)
        return TaskResponse.of(found)

    @router.post("/v1/tasks/{task_id}/finish", response_model=FinishResponse, responses=problems(409, 412, 428))
    async def finish(
        task_id: UUID,
        told: FinishRequest,
        write: Annotated[Write, writes("agent")],
        match_named: MatchDescribed = None,  # noqa: ARG001 -- describes
    ) -> Response:
        """Finish a task; the delivery fact that follows is published in the same transaction."""
        async with open_requests() as (transaction, work):

            async def act() -> Written:
                return await _finish(work, task_id, told, write)

            return await once(transaction, write, act)

    return router


async def _finish(work: Work, task_id: UUID, told: FinishRequest, write: Write) -> Written:
    key = await work.tasks.key_of(write.tenant, task_id)
    if key is None:
        raise unknown()
    await work.lock({key})
    task = await work.tasks.find(write.tenant, task_id)
    if task is None:
        raise unknown()
    require_match(write.if_match, etag_of(*task.etag_parts))
    by = write.principal.token_name
    decision = Decision(told.outcome, by, told.note, told.channel, told.contact_id)
    try:
        await finish_task(work, task, decision, uuid7)
    except OutcomeUnfit as unfit:
        raise Problem(422, "outcome-unfit", str(unfit)) from unfit
    except TaskDone as done:
        raise Problem(409, "task-done", "It is done already.") from done
    body = FinishResponse(task_id=task_id, state="done", outcome=told.outcome)
    return Written("task.finished", {"task_id": str(task_id), "outcome": told.outcome}, body)
