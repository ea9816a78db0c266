"""The import rules bite: on a copy of the sources with bad files planted, the import check of `make lint` fails."""

import os
import shutil
import subprocess

import pytest

from tools.lint.__main__ import ROOT, checks, packages

PLANTED = {
    "services/dunning-engine/src/dunning_engine/domain/planted_table.py": "import sqlalchemy",
    "services/notifier/src/notifier/usecases/planted_neighbour.py": "import dunning_engine.domain",
    "services/feedback-service/src/feedback_service/store/planted_room.py": "import feedback_service.web",
    "services/invoice-service/src/invoice_service/domain/planted_story.py": "import invoice_service.usecases",
    "libs/devstack/src/kulant_devstack/planted_guest.py": "import invoice_service",
    "libs/chassis/src/kulant_chassis/planted_noun.py": "import kulant_contracts.invoice",
}


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> subprocess.CompletedProcess[str]:
    copy = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", copy)
    sources = []
    for folder in packages():
        source = copy / folder.relative_to(ROOT) / "src"
        shutil.copytree(folder / "src", source, ignore=shutil.ignore_patterns("__pycache__"))
        sources.append(str(source))
    for file, line in PLANTED.items():
        (copy / file).write_text(line + "\n")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sources), "NO_COLOR": "1", "COLUMNS": "200"}
    command = next(check for check in checks() if check.name == "imports").commands[0]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("module", "contract"),
    [
        pytest.param("planted_table", "A domain imports", id="a domain that imports SQLAlchemy"),
        pytest.param("planted_neighbour", "Services never import", id="a service that imports another"),
        pytest.param("planted_room", "Inside a service", id="a middle room that imports its neighbour"),
        pytest.param("planted_story", "Inside a service", id="a domain that imports its use cases"),
        pytest.param("planted_guest", "The embedded stack", id="the stack that imports a service"),
        pytest.param("planted_noun", "The chassis knows", id="the chassis that imports an event"),
    ],
)
def test_a_planted_import_fails_the_check(
    verdict: subprocess.CompletedProcess[str], module: str, contract: str
) -> None:
    assert verdict.returncode == 1
    assert any(line.startswith(contract) and line.endswith("BROKEN") for line in verdict.stdout.splitlines())
    assert f".{module} ->" in verdict.stdout
