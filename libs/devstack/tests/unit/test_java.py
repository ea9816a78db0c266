"""Which Java is taken."""

import pytest

from kulant_devstack.errors import StackFailed
from kulant_devstack.java import find_java


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    def make(version):
        program = tmp_path / "java"
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
        program.chmod(0o755)
        monkeypatch.setenv("KULANT_JAVA", str(program))
        return program

    return make


def test_the_packaged_java_is_the_default(monkeypatch):
    monkeypatch.delenv("KULANT_JAVA", raising=False)
    java = find_java()
    assert java.path.exists()
    assert java.major >= 17


def test_a_named_java_is_taken(pretend):
    program = pretend("21.0.2")
    assert find_java().path == program
    assert find_java().major == 21


def test_a_java_that_is_too_old_is_refused_in_words(pretend):
    pretend("11.0.9")
    with pytest.raises(StackFailed, match="Java 11; Kafka needs 17"):
        find_java()


def test_a_java_that_is_not_there_is_refused_in_words(monkeypatch):
    monkeypatch.setenv("KULANT_JAVA", "/nowhere/java")
    with pytest.raises(StackFailed, match="not a program"):
        find_java()
