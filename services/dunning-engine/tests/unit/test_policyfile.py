"""Policy files: the standard one says what the rules of the house are; faults are said in words, with their line."""

from datetime import time
from importlib.resources import files

import pytest

from dunning_engine.policyfile.lint import lint
from dunning_engine.policyfile.reading import PolicyUnreadable, policies, read, standard

TEXT = files("dunning_engine.policyfile").joinpath("standard.yaml").read_text(encoding="utf-8")


def faults(text):
    with pytest.raises(PolicyUnreadable) as unreadable:
        read(text, "x.yaml")
    return list(unreadable.value.faults)


def line_of(part):
    return next(n for n, line in enumerate(TEXT.splitlines(), start=1) if part in line)


def test_the_standard_policy_is_the_ladder_of_the_house():
    policy = standard()

    assert [(s.number, s.code, s.offset_days, s.tone, s.legal_effect, s.deadline_days) for s in policy.stages] == [
        (1, "friendly", 5, "friendly", "notice", 7),
        (2, "reminder", 14, "factual", "demand", 7),
        (3, "firm", 28, "firm", "demand", 7),
        (4, "last", 42, "final", "final", 7),
    ]
    assert [s.carries_from for s in policy.stages] == [1, 1, 3, 3]
    assert (policy.pause_working_days, policy.delivered_after_hours) == (3, 72)
    assert policy.notices.offsets == ((-3, "due_soon"), (0, "due_today"))
    assert (policy.budget.per_day, policy.budget.per_seven_days) == (1, 3)
    assert (policy.freshness.from_stage, policy.freshness.working_days) == (2, 2)
    assert (policy.rests.claim_bank_days, policy.rests.claim_most_days, policy.rests.question_working_days) == (3, 7, 5)
    assert (policy.window.opens_at, policy.window.closes_at, len(policy.window.weekdays)) == (time(8), time(20), 6)
    assert policy.minimum_minor["EUR"] == 100


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        pytest.param("offset_days: 14", "offset_days: 5", "ladder:", "stage 2 has to begin later", id="no later"),
        pytest.param("number: 2", "number: 3", "ladder:", "stages are numbered 1, 2, 3", id="a gap"),
        pytest.param("code: reminder", "code: friendly", "ladder:", "two stages have the same code", id="one code"),
        pytest.param("tone: factual", "tone: service", "ladder:", "must not be gentler", id="gentler again"),
        pytest.param(
            "number: 1, code",
            "carries_from: 2, number: 1, code",
            "ladder:",
            "stage 1 has to carry",
            id="carries others",
        ),
        pytest.param("per_day: 1", "per_day: 0", "per_day", "budget.per_day", id="a number too small"),
        pytest.param("per_day: 1", "per_day: one", "per_day", "budget.per_day", id="a number in words"),
        pytest.param("per_day: 1", "per_year: 1", "budget:", "budget.per_day: Field required", id="a missing name"),
        pytest.param('EUR: "1.00"', 'EUR: "1.001"', "minimum", "minor digits", id="half a cent"),
        pytest.param('EUR: "1.00"', 'EUX: "1.00"', "minimum", "minimum", id="no currency"),
        pytest.param('opens_at: "08:00"', 'opens_at: "20:00"', "window:", "open before it closes", id="closed all day"),
        pytest.param("[email]", "[pigeon]", "channels", "channels.0", id="no channel"),
        pytest.param(
            "offset_days: 0, code: due_today", "offset_days: -3, code: due_today", "notices:", "same day", id="x"
        ),
    ],
)
def test_a_fault_is_said_with_its_line(old, new, at, said):
    found = faults(TEXT.replace(old, new, 1))

    assert found[0].startswith(f"x.yaml:{line_of(at)}: ")
    assert any(said in fault for fault in found)


def test_unknown_and_repeated_names_are_refused():
    assert faults(TEXT + "patience: 3\n")[0].startswith(f"x.yaml:{len(TEXT.splitlines()) + 1}: patience: ")
    assert faults(TEXT.replace("  per_day: 1\n", "  per_day: 1\n  per_day: 2\n")) == [
        f"x.yaml:{line_of('per_day') + 1}: per_day is said twice"
    ]


@pytest.mark.parametrize("text", ["", "- 1", "3", "a: [", "a: b: c", "!!python/object:os.system {}", "\tx"])
def test_what_is_no_policy_at_all_is_refused_in_words(text):
    assert faults(text)[0].startswith("x.yaml:1: ")


def test_a_folders_policies_come_after_the_standard_one_or_take_its_place(tmp_path):
    (tmp_path / "b.yaml").write_text(TEXT.replace("code: standard", "code: patient", 1), encoding="utf-8")
    assert [policy.code for policy in policies(tmp_path)] == ["standard", "patient"]

    (tmp_path / "a.yaml").write_text(TEXT.replace("version: 2", "version: 9", 1), encoding="utf-8")
    assert [(policy.code, policy.version) for policy in policies(tmp_path)] == [("standard", 9), ("patient", 2)]


def test_all_faults_of_a_folder_are_said_together(tmp_path):
    (tmp_path / "a.yaml").write_text("[", encoding="utf-8")
    (tmp_path / "b.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "c.yaml").write_text(TEXT, encoding="utf-8")

    with pytest.raises(PolicyUnreadable) as unreadable:
        policies(tmp_path)

    assert [fault.split(":")[0] for fault in unreadable.value.faults] == ["a.yaml", "c.yaml"]


def test_without_a_folder_there_is_the_standard_policy():
    assert policies(None) == (standard(),)


def test_lint_says_one_line_per_fault(tmp_path, capsys):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(TEXT, encoding="utf-8")
    bad.write_text("[", encoding="utf-8")

    assert lint([str(good)]) == 0
    assert lint([str(good), str(bad), str(tmp_path / "none.yaml")]) == 1
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == ["bad.yaml", "none.yaml"]
    assert lint([]) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            "code: a\nversion: \x00", "f.yaml:2: this is no YAML: special characters are not allowed", id="NUL"
        ),
        pytest.param("? [a, b]\n: c\n", "f.yaml:1: this is no YAML: found unhashable key", id="a list as a name"),
    ],
)
def test_what_is_no_text_at_all_is_said_in_words_too(text, fault):
    with pytest.raises(PolicyUnreadable) as unreadable:
        read(text, "f.yaml")

    assert unreadable.value.faults == (fault,)
