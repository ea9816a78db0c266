"""Topics, keys and the registry of events."""

from kulant_contracts import topics
from kulant_contracts.registry import ALL, EVENTS, of_topic


def test_the_key_is_the_customers_or_the_tenants():
    assert topics.partition_key("example", "C/1") == "example/C/1"
    assert topics.partition_key("example") == "example"


def test_each_service_parks_in_a_topic_of_its_own():
    assert topics.dead_letter("notifier") == "kulant.notifier.dead-letter.v1"


def test_every_event_has_a_type_of_its_own_on_one_of_the_topics():
    assert len(EVENTS) == len(ALL)
    assert {event.TOPIC for event in ALL} == set(topics.ALL)
    assert sum(len(of_topic(topic)) for topic in topics.ALL) == len(ALL)


def test_the_name_of_a_class_the_type_and_the_topic_name_one_version():
    for event in ALL:
        version = event.TYPE.rpartition(".v")[2]

        assert event.__name__.endswith(f"V{version}")
        assert event.TOPIC.endswith(f".v{version}")
