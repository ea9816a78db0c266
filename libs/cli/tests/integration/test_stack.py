"""The whole stack as separate processes: started, split by roles, killed, replicated, stopped."""

import http.client
import json
import signal
from pathlib import Path

import pytest

from kulant_cli.fleet import is_ready
from kulant_cli.stack import Stack
from kulant_cli.stack_info import load_info
from kulant_contracts import topics
from kulant_devstack.errors import StackBusy, StackFailed


def test_every_service_is_a_process_of_its_own_and_ready(running):
    assert set(running.processes) == {
        "invoice-service",
        "dunning-engine",
        "notifier",
        "feedback-service.api+consume",
        "feedback-service.relay",
    }
    assert all(map(is_ready, running.info.services.values()))
    assert load_info(running.servers.state) == running.info
    assert running.already_running() == running.info


def test_all_topics_exist_with_twelve_partitions(running):
    from aiokafka.admin import AIOKafkaAdminClient

    from kulant_devstack.topics import run_apart

    found = {}

    async def look() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=running.info.kafka)
        await admin.start()
        for described in await admin.describe_topics():
            found[described["topic"]] = len(described["partitions"])
        await admin.close()

    run_apart(look())
    expected = {*topics.TO_CREATE, *map(topics.dead_letter, running.info.services)}
    assert {name: found[name] for name in expected} == dict.fromkeys(expected, 12)


def test_the_operators_token_opens_and_no_token_does_not(running):
    url = running.info.services["invoice-service"].removeprefix("http://")
    for token, expected in ((running.info.token(), 200), ("guessed", 401)):
        connection = http.client.HTTPConnection(url, timeout=10)
        headers = {"Authorization": f"Bearer {token}", "Kulant-Tenant": "acme"}
        connection.request("GET", "/v1/quiescence", headers=headers)
        assert connection.getresponse().status == expected
        connection.close()


def test_a_killed_service_comes_back_at_the_same_address(running):
    url = running.info.services["dunning-engine"]
    running.kill_process("dunning-engine")
    assert not is_ready(url)
    running.start_process("dunning-engine")
    assert is_ready(url)


def test_single_roles_can_be_stopped_and_frozen(running):
    running.stop_process("feedback-service.relay")
    assert is_ready(running.info.services["feedback-service"])
    running.start_process("feedback-service.relay")
    running.signal_process("feedback-service.relay", signal.SIGSTOP)
    running.signal_process("feedback-service.relay", signal.SIGCONT)
    with pytest.raises(StackFailed, match="There is no process nobody"):
        running.kill_process("nobody")


def test_a_replica_runs_beside_the_first(running):
    name = running.add_replica("invoice-service", ("api", "consume", "relay", "timers"))
    assert is_ready(running.url_of(name))
    assert running.url_of(name) != running.info.services["invoice-service"]
    running.stop_process(name)


def test_servers_restart_on_the_same_addresses(running):
    running.servers.kafka.kill()
    running.servers.postgres.kill()
    running.servers.kafka.start()
    running.servers.postgres.start()
    assert running.servers.kafka.address == running.info.kafka
    assert running.servers.line == running.info.line


def test_a_second_stack_on_the_same_state_is_refused_and_the_first_goes_on(running):
    with pytest.raises(StackBusy):
        Stack(running.servers.state).start()
    assert is_ready(running.info.services["notifier"])


def test_what_is_told_to_clients_is_complete_and_secrets_are_private(running):
    public = running.info.public()
    assert list(public) == ["kafka", "services", "mailbox_dir", "mailbox_url", "traces_url", "token_file"]
    assert json.loads(json.dumps(public)) == public
    for file in (running.servers.state / "secrets").iterdir():
        assert not file.stat().st_mode & 0o077
    assert Path(public["mailbox_dir"]).is_dir()


def test_down_stops_a_stack_that_was_left_running(running, beside):
    running.leave_running()
    code, printed, told = beside.type("down")
    assert code == 0, told
    assert "invoice-service" in printed
    assert beside.processes == []
    assert beside.type("status")[0] == 1
    assert beside.type("down")[1] == "Nothing was running.\n"
