"""Documents stay true: every file that one names or links to exists."""

import re
from pathlib import Path

import pytest

from tools.lint.own_rules import ROOT, listed

LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"`((?:libs|services|docs|tools|tests|examples|bench|deploy|\.ci)/[^`\s*<>…]*)`")
PAGES = [path for path in listed(ROOT) if path.endswith(".md") and not path.startswith("docs/events/")]


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    targets = [target for target in LINK.findall((ROOT / page).read_text()) if "://" not in target]
    missing = [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_files_named_in_a_text_exist(page: str) -> None:
    """Named from the repository's root, or, in a page of a package, from that package."""
    named = NAMED.findall((ROOT / page).read_text())
    folders = [ROOT, *(ROOT / parent for parent in Path(page).parents)]
    assert [name for name in named if not any((folder / name).exists() for folder in folders)] == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    pages = [page.name for page in sorted(folder.glob("[0-9]*.md"))]
    assert [page for page in pages if f"({page})" not in index] == []
    numbers = [page[:4] for page in pages]  # several people take numbers at once: gaps are no mistake, twins are
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")), ids=lambda page: page.name)
def test_every_decision_says_the_same_four_things(page: Path) -> None:
    headings = re.findall(r"^## (.+)$", page.read_text(), re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences", "Alternatives"]
