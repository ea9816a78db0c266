import json

import pytest
from pydantic_settings import SettingsConfigDict

from kulant_chassis.auth import Tokens
from kulant_chassis.settings import ServiceSettings, SettingsMissing, read_secret


class ToySettings(ServiceSettings):
    """As a service defines its own."""

    model_config = SettingsConfigDict(env_prefix="KULANT_TOY_", frozen=True, extra="ignore")


def given(monkeypatch, **environment):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def test_settings_come_from_the_environment(monkeypatch, tmp_path):
    given(
        monkeypatch,
        KULANT_TOY_DATABASE_URL="postgresql://u:p@localhost/x",
        KULANT_KAFKA_BOOTSTRAP="localhost:9092",
        KULANT_TOKENS_FILE=str(tmp_path / "tokens"),
        KULANT_TOY_HTTP_PORT="8123",
    )

    settings = ToySettings.load()

    assert (settings.http_port, settings.kafka_bootstrap) == (8123, "localhost:9092")


def test_what_is_missing_or_wrong_is_said_in_words_with_the_name_to_set(monkeypatch):
    given(monkeypatch, KULANT_TOY_DATABASE_URL="mysql://u:secret@host/x", KULANT_TOY_HTTP_PORT="99999999")

    with pytest.raises(SettingsMissing) as missing:
        ToySettings.load()

    message = str(missing.value)
    assert "Set the environment variable KULANT_KAFKA_BOOTSTRAP: it is missing." in message
    assert "KULANT_TOY_DATABASE_URL cannot be used" in message
    assert "KULANT_TOY_HTTP_PORT cannot be used" in message
    assert "secret" not in message


def test_a_secret_is_the_files_content_without_its_line_break(tmp_path):
    (tmp_path / "secret").write_bytes(b"s3cret\n")

    assert read_secret(tmp_path / "secret") == b"s3cret"


@pytest.mark.parametrize("content", [None, b"", b"\n"])
def test_a_missing_or_empty_secret_is_said_in_words(tmp_path, content):
    if content is not None:
        (tmp_path / "secret").write_bytes(content)

    with pytest.raises(SettingsMissing):
        read_secret(tmp_path / "secret")


@pytest.mark.parametrize(
    "content", ["", "{}", "[1]", json.dumps([{"sha256": "short", "tenants": ["*"], "roles": ["x"]}])]
)
def test_a_tokens_file_that_cannot_be_used_is_said_in_words(tmp_path, content):
    (tmp_path / "tokens").write_text(content)

    with pytest.raises(SettingsMissing, match="tokens file"):
        Tokens.read(tmp_path / "tokens")
