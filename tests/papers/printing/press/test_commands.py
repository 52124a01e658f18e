"""`flask statement donors`, as contract.md has it; and the names of its files."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from grants import create_app
from grants.config import Settings
from grants.papers.printing.press.order import Item
from grants.papers.printing.press.run import Works

Run = Callable[..., Result]
YEAR = ("--from", "2026-01-01", "--to", "2026-12-31")


@pytest.fixture
def run(works: Works, settings: Settings) -> Run:
    runner = create_app(settings, works.database).test_cli_runner()
    return lambda *words: runner.invoke(args=["statement", "donors", *words])


def test_all_donors_on_the_command_line(run: Run, donors: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    answer = run(*YEAR, "--out", str(out), "--workers", "1")
    assert answer.exit_code == 0, answer.output
    assert "5 of 5" in answer.stdout
    assert f"5 statements in {out}, 5 of them newly produced." in answer.stdout
    assert len(list(out.glob("*.pdf"))) == 5
    again = run(*YEAR, "--out", str(out))
    assert again.exit_code == 0
    assert f"Nothing to do: the 5 statements in {out} are up to date." in again.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "2026-02-01", "--to", "2026-01-01"),
        (*YEAR, "--fund", "NONE"),
        (*YEAR, "--out", "/proc/none"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_2(
    run: Run, tmp_path: Path, words: list[str]
) -> None:
    out = () if "--out" in words else ("--out", str(tmp_path / "out"))
    answer = run(*words, *out)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert len(answer.stderr.strip().splitlines()) == 1


CODES = [
    "AUT",
    "aut",
    "Aut",
    "A.UT",
    "A/UT",
    "A UT",
    "..",
    "../AUT",
    "AUT-",
    "",
    "Ö",
    "O" * 90,
    "LPT1",
]


def test_each_donor_has_a_file_name_of_its_own_that_every_system_takes() -> None:
    names = [Item(code, "en").file for code in CODES]
    assert names[0] == "donor-statement-AUT.pdf"
    assert len({name.lower() for name in names}) == len(CODES)
    for name in names:
        assert re.fullmatch(r"donor-statement-[A-Za-z0-9-]+(_[0-9a-f]{10})?\.pdf", name)
        assert len(name) < 120
