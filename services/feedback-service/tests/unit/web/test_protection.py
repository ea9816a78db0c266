from uuid import UUID

from feedback_service.web.protection import Pace


def test_the_pace_of_one_page_does_not_slow_another():
    pace = Pace(most=2)

    assert [pace.allows(UUID(int=1)) for _ in range(3)] == [True, True, False]
    assert pace.allows(UUID(int=2))


def test_a_page_may_be_answered_again_after_a_while():
    pace = Pace(most=1, seconds=-1)

    assert pace.allows(UUID(int=1))
    assert pace.allows(UUID(int=1))


def test_only_so_many_pages_are_remembered():
    pace = Pace(most=1, pages=2)
    for number in range(3):
        pace.allows(UUID(int=number))

    assert pace.allows(UUID(int=0))
    assert not pace.allows(UUID(int=2))
