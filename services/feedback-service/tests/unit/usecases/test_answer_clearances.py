from feedback_builders import NOW, REMINDER_ID

from feedback_service.domain.clearance import ContactWord, Known, Question, Standing
from feedback_service.usecases.answer_clearances import answer_clearances

REFUSED = Known(1, 1, (ContactWord("contact_refused", NOW, 1, "email"),))


class Recorded:
    def __init__(self, channels):
        self.channels = channels
        self.asked = []

    async def known(self, tenant, customer_ids):
        return {one: REFUSED if one == "c-1" else Known() for one in customer_ids}

    async def channels_of(self, tenant, reminder_ids):
        self.asked += reminder_ids
        return self.channels


async def test_each_question_is_answered_in_its_place_and_channels_are_read_for_calm_kinds_only():
    store = Recorded({REMINDER_ID: ("email", "post")})
    questions = [
        Question("not-a-uuid", "c-1", 1, "service"),
        Question(str(REMINDER_ID), "c-1", 1, "service"),
        Question(str(REMINDER_ID), "c-1", 0),
        Question("r-4", "c-2", 0),
    ]

    answers = await answer_clearances(store, "acme", questions)

    assert [one.reminder_id for one in answers] == [question.reminder_id for question in questions]
    assert [one.standing for one in answers] == [Standing.STOP, Standing.CLEAR, Standing.STALE, Standing.CLEAR]
    assert store.asked == [REMINDER_ID]
