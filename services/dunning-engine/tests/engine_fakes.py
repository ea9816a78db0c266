"""The ports of the use cases, in memory: what was taken in is known at once, what was decided is kept for the test."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from engine_builders import CUSTOMER, at, facts

from dunning_engine.domain.answers import Promise
from dunning_engine.domain.learned import AnswerLearned, HoldLearned
from dunning_engine.policyfile.reading import standard
from dunning_engine.usecases.asked import Whose
from dunning_engine.usecases.ports import Engine, Heard, Known, News
from kulant_chassis.transaction import Cause

WHOSE = Whose("acme/c-1", "acme")
NOW = at("2026-03-09")


class NoHolidays:
    def days(self, place, years):
        return frozenset()


@dataclass
class NotedTracing:
    called: list[str] = field(default_factory=list)

    @contextmanager
    def by_clock(self, decided):
        yield Cause(correlationid="the clock's")

    def call_a_person(self, decided, reminder_id):
        self.called.append(reminder_id)


def engine(tracing=None) -> Engine:
    return Engine(NoHolidays(), tracing or NotedTracing(), (standard(),))


@dataclass
class FakeWork:
    known: dict[str, Known] = field(default_factory=lambda: {"acme/c-1": Known(CUSTOMER, facts())})
    news: News = field(default_factory=News)
    moment: datetime = NOW
    is_complete: bool = True
    whole: frozenset[str] = frozenset()
    learned: list = field(default_factory=list)
    followed: list = field(default_factory=list)
    behind: list[str] = field(default_factory=list)
    looks: dict[str, datetime | None] = field(default_factory=dict)
    saved: list = field(default_factory=list)
    announced: list = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    finished: list[UUID] = field(default_factory=list)

    async def now(self, tenant):
        return self.moment

    async def take(self, learned):
        self.learned += learned
        for one in learned:
            if isinstance(one, HoldLearned):
                others = [h for h in self._facts(one.key).holds if h.hold_id != one.hold.hold_id]
                self._change(one.key, holds=(*others, one.hold))
            if isinstance(one, AnswerLearned) and isinstance(one.answer, Promise):
                self._change(one.key, promises=(*self._facts(one.key).promises, one.answer))
        return self.news

    async def follow(self, learned, *, settings_changed):
        self.followed.append((learned.slug, settings_changed))

    async def leave_behind(self, tenant):
        self.behind.append(tenant)

    async def completed(self, tenants):
        return self.whole & set(tenants)

    async def load(self, keys, now):
        return {key: self.known.get(key, Known()) for key in keys}

    def heard(self, key):
        return Heard(self._facts(key).had, self.is_complete)

    def look_at(self, key, at):
        self.looks[key] = at

    async def save(self, decided):
        self.saved += decided

    def announce(self, decided, cause):
        self.announced.append((decided, cause))

    async def decide_dispute(self, key, tenant, dispute_id, decision):
        changed = [
            replace(d, decision=decision) if d.response_id == dispute_id else d for d in self._facts(key).disputes
        ]
        self._change(key, disputes=tuple(changed))

    async def answer_question(self, key, question_id, at):
        changed = [
            replace(q, answered_at=at) if q.response_id == question_id else q for q in self._facts(key).questions
        ]
        self._change(key, questions=tuple(changed))

    async def keep_note(self, key, hold_id, note):
        self.notes[hold_id] = note

    async def finish_task(self, task_id, at):
        self.finished.append(task_id)

    def _facts(self, key):
        return self.known.get(key, Known()).facts

    def _change(self, key, **changes):
        known = self.known.get(key, Known())
        self.known[key] = replace(known, facts=replace(known.facts, **changes))


def work_with(**changes) -> FakeWork:
    """Somebody who owes one invoice that is overdue, with these facts beside."""
    tasks = changes.pop("tasks", ())
    return FakeWork({"acme/c-1": Known(CUSTOMER, facts(**changes), tasks=tasks)})


def causes(work: FakeWork) -> list[tuple[str, ...]]:
    """Why it was decided anew, each time."""
    return [decided.occasion.types for decided in work.saved]
