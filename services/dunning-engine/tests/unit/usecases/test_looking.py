"""What people look at: cases page by page, their journal, what would be decided now, a customer at once."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from engine_builders import CUSTOMER, facts, reminder, uid
from engine_fakes import NOW, engine

from dunning_engine.usecases.asked import NotThere
from dunning_engine.usecases.case_views import CaseFile, CaseView, DecisionView, Wanted
from dunning_engine.usecases.list_cases import list_cases
from dunning_engine.usecases.ports import Heard, Known
from dunning_engine.usecases.show_case import CaseUnknown, explain_case, show_case, show_journal
from dunning_engine.usecases.show_customer import show_customer
from dunning_engine.usecases.views import Looked

CASE = CaseView(uid(1), "c-1", "main", "EUR", datetime(2026, 3, 3, tzinfo=UTC), None, stage=2, open_minor=11900)
KINDS: list[list[object]] = [["promise"], ["dispute"], ["question"]]
FILE = CaseFile(CASE, None, [], [], [])


def decision(number):
    return DecisionView(NOW, {}, "standard", 1, "nothing", {}, [], {}, decision_id=number)


class Reader:
    def __init__(self, count=3):
        self.wanted = None
        self.count = count

    async def cases(self, wanted):
        self.wanted = wanted
        return [CASE] * min(self.count, wanted.limit)

    async def case(self, tenant, case_id):
        return FILE if (tenant, case_id) == ("acme", uid(1)) else None

    async def journal(self, tenant, case_id, after, limit):
        if (tenant, case_id) != ("acme", uid(1)):
            return None
        return [decision(n) for n in range(1, 4) if n > after][:limit]

    async def messages(self, tenant, customer_id, limit):
        return []

    async def decisions(self, tenant, customer_id, limit):
        return [decision(1)]


class Readings:
    def __init__(self, given=None):
        self.given = given

    async def look(self, tenant, customer_id):
        return Looked(Known(CUSTOMER, self.given), Heard(self.given.had), NOW) if self.given else None

    async def holds(self, asked):
        return []

    async def tasks(self, asked):
        return []

    async def answers(self, kind, asked):
        return [kind]


@pytest.mark.parametrize(
    ("sort", "place"), [("opened_at", 0), ("-stage", 2), ("stage", 2), ("open", 11900), ("-open", 11900)]
)
async def test_a_page_says_where_the_next_one_begins(sort, place):
    reader = Reader()

    page = await list_cases(reader, Wanted("acme", 2, sort=sort))

    assert (len(page.cases), page.next_after, reader.wanted.limit) == (2, (place, uid(1)), 3)


async def test_the_last_page_says_so():
    assert (await list_cases(Reader(2), Wanted("acme", 2))).next_after is None


@pytest.mark.parametrize(("tenant", "case_id"), [("other", str(uid(1))), ("acme", str(uid(2))), ("acme", "nonsense")])
async def test_a_case_of_another_tenant_is_like_one_that_is_not_there(tenant, case_id):
    with pytest.raises(CaseUnknown):
        await show_case(Reader(), tenant, case_id)
    with pytest.raises(CaseUnknown):
        await show_journal(Reader(), tenant, case_id, 0, 10)


async def test_a_journal_has_pages():
    first, behind = await show_journal(Reader(), "acme", str(uid(1)), 0, 2)
    last, end = await show_journal(Reader(), "acme", str(uid(1)), behind, 2)

    assert ([d.decision_id for d in first], behind, [d.decision_id for d in last], end) == ([1, 2], 2, [3], None)


async def test_an_explanation_is_the_present_decision_about_that_case():
    explained = await explain_case(Reader(), Readings(facts()), engine(), "acme", str(uid(1)))

    assert [reason.rule for reason in explained.reasons] == ["due"]
    assert explained.decided.now == NOW
    assert explained.decided.decision.requests[0].case == ("main", "EUR")


async def test_a_case_whose_customer_is_gone_cannot_be_explained():
    with pytest.raises(CaseUnknown):
        await explain_case(Reader(), Readings(), engine(), "acme", str(uid(1)))


async def test_a_customer_at_once():
    told = reminder(number=5, is_noted=True)
    given = facts(reminders=(told, reminder(number=6)))

    file = await show_customer(Reader(), Readings(given), engine(), "acme", "c-1")

    assert file.stages == {("inv-1", "1"): 1}
    assert [list(one) for one in (file.promises, file.disputes, file.questions)] == KINDS
    assert isinstance(file.decided.known.customer.version, int)
    assert file.cases[0].case_id == UUID(int=1)


async def test_a_customer_of_whom_nothing_was_heard_is_not_there():
    with pytest.raises(NotThere):
        await show_customer(Reader(), Readings(), engine(), "acme", "c-1")
