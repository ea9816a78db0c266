from itertools import permutations

from feedback_builders import an_item

from feedback_service.domain.fact import newest


def test_the_highest_version_wins_in_any_order():
    versions = [an_item(version=0), an_item(version=7, open_minor=5), an_item(version=3)]

    for order in permutations(versions):
        assert newest(order, lambda item: item.item_id) == [versions[1]]
