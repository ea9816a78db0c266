"""How the broker is called."""

from pathlib import Path

from kulant_devstack.java import Java
from kulant_devstack.kafka import _cluster_id
from kulant_devstack.kafka_command import KafkaCommand


def test_a_cluster_id_never_begins_with_a_dash():
    assert not any(_cluster_id().startswith("-") for _ in range(1_000))


def test_the_configuration_stays_on_this_machine_and_in_its_folder(tmp_path):
    command = KafkaCommand(Java(Path("/java"), 25, "mark"), tmp_path, tmp_path)
    command.write_configuration(1234, 5678)
    lines = dict(line.split("=", 1) for line in command.properties.read_text().splitlines() if "=" in line)
    assert lines["listeners"] == "PLAINTEXT://127.0.0.1:1234,CONTROLLER://127.0.0.1:5678"
    assert lines["log.dirs"] == str(tmp_path / "data")
    assert lines["auto.create.topics.enable"] == "false"
    assert f"-Djava.io.tmpdir={tmp_path / 'tmp'}" in command.broker()


def test_a_flag_that_older_javas_do_not_know_is_left_out(tmp_path):
    old = KafkaCommand(Java(Path("/java"), 17, "mark"), tmp_path, tmp_path)
    new = KafkaCommand(Java(Path("/java"), 25, "mark"), tmp_path, tmp_path)
    assert "--sun-misc-unsafe-memory-access=allow" not in old.broker()
    assert "--sun-misc-unsafe-memory-access=allow" in new.broker()
