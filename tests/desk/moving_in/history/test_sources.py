"""A history comes as a folder, a ZIP or a workbook; the figures and the faults are the same."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook

from grants.core.kernel.errors import InvalidInput
from grants.core.texts.tabular import Unreadable
from grants.core.texts.workbook import text_of
from grants.desk.moving_in.history import templates
from grants.desk.moving_in.history.files import FILES as KINDS
from grants.desk.moving_in.history.sources import given_by
from tests.desk.moving_in.history.folders import EVERYTHING, FILES, flask, run
from tests.desk.moving_in.history.packing import packed, workbook


def imported(app: Flask, at: Path, content: bytes) -> Any:
    at.write_bytes(content)
    return run(app, at)


def told(app: Flask) -> dict[str, str]:
    figures = json.loads(flask(app, "ledger", "balances", "--json").stdout)
    return {name: figures[name] for name in EVERYTHING}


def test_a_workbook_gives_the_figures_of_the_files(app: Flask, tmp_path: Path) -> None:
    done = imported(app, tmp_path / "history.xlsx", workbook())
    assert (done.exit_code, done.stderr) == (0, "")
    assert told(app) == EVERYTHING


@pytest.mark.parametrize("within", ["", "moving/in/"])
def test_a_zip_gives_the_figures_of_the_files(app: Flask, tmp_path: Path, within: str) -> None:
    entries = {f"{within}{name}.csv": text for name, text in FILES.items()}
    more = {"__MACOSX/deposits.csv": "junk", "readme.txt": "Hello"}
    done = imported(app, tmp_path / "history.zip", packed(**entries, **more))
    assert (done.exit_code, done.stderr) == (0, "")
    assert told(app) == EVERYTHING


def test_files_and_workbook_tell_of_the_same_rows(app: Flask, tmp_path: Path) -> None:
    imported(app, tmp_path / "history.xlsx", workbook())
    entries = {f"{name}.csv": text for name, text in FILES.items()}
    again = imported(app, tmp_path / "history.zip", packed(**entries))
    assert again.exit_code == 0
    assert all(line.endswith(" 0 new.") for line in again.stdout.splitlines())


CELLS: list[tuple[Any, str]] = [
    (None, ""),
    ("  Casa ", "  Casa "),
    (0.1 + 0.2, "0.3"),
    (1234.5, "1234.5"),
    (1500.0, "1500"),
    (1e-7, "0.0000001"),
    (100000000000000.0, "100000000000000"),
    (2500, "2500"),
    (date(2024, 2, 29), "2024-02-29"),
    (datetime.fromisoformat("2024-02-29T00:00"), "2024-02-29"),
    (True, "yes"),
]


@pytest.mark.parametrize(("value", "text"), CELLS)
def test_a_typed_cell_reads_as_it_is_shown(value: Any, text: str) -> None:
    assert text_of(cell(value)) == text
    assert not isinstance(text_of(cell(value)), Unreadable)


def cell(value: Any) -> Any:
    sheet = Workbook().create_sheet("x")
    sheet["A1"] = value
    return sheet["A1"]


@pytest.mark.parametrize(
    ("place", "value", "why"),
    [
        ("deposits_E2", "=900+90", "it contains a formula"),
        ("deposits_E2", "#REF!", "it contains the error #REF!"),
        ("deposits_C2", datetime.fromisoformat("2024-03-02T14:30"), "it contains a time of day"),
        ("deposits_A2", 12345678901234567890, "more than 15 digits"),
        ("deposits_E2", 990.001, "too many decimals"),
        ("pledges_G2", "maybe", "is not an answer"),
    ],
)
def test_a_cell_without_a_plain_value_is_told_at_its_place(
    app: Flask, tmp_path: Path, place: str, value: Any, why: str
) -> None:
    refused = imported(app, tmp_path / "history.xlsx", workbook(**{place: value}))
    assert refused.exit_code == 2
    [line] = refused.stderr.splitlines()
    assert line.startswith(f"{place.partition('_')[0]}.csv:2: ")
    assert why in line


def test_rows_keep_their_numbers_after_empty_ones(app: Flask, tmp_path: Path) -> None:
    wrong = {"other_A4": "gift", "other_B4": date(2024, 7, 1), "other_C4": "USD"}
    more = {"other_D4": 5, "other_E4": "X"}
    refused = imported(app, tmp_path / "history.xlsx", workbook(**wrong, **more))
    assert refused.stderr.startswith("other.csv:4: kind: “gift”")


def bomb() -> bytes:
    return packed(**{"deposits.csv": b"0" * (101 * 1024 * 1024)})


HOSTILE = {
    "a bomb": ("h.zip", bomb),
    "a path out of it": ("h.zip", lambda: packed(**{"../deposits.csv": FILES["deposits"]})),
    "an absolute path": ("h.zip", lambda: packed(**{"/etc/deposits.csv": FILES["deposits"]})),
    "a file twice": (
        "h.zip",
        lambda: packed(**{"a/deposits.csv": "", "b/deposits.csv": ""}),
    ),
    "none of these files": ("h.zip", lambda: packed(**{"letter.txt": "Hello"})),
    "no ZIP at all": ("h.zip", lambda: b"PK\x03\x04 nothing"),
    "a macro": ("h.xlsx", lambda: packed(**{"xl/vbaProject.bin": "x", "xl/workbook.xml": "<a/>"})),
    "no workbook": ("h.xlsx", lambda: packed(**{"deposits.csv": FILES["deposits"]})),
    "a workbook of nothing": (
        "h.xlsx",
        lambda: packed(**{"xl/workbook.xml": "<a/>", "[Content_Types].xml": "<a/>"}),
    ),
    "another ending": ("h.ods", lambda: b""),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_history_is_refused_in_one_line(app: Flask, tmp_path: Path, what: str) -> None:
    name, content = HOSTILE[what]
    refused = imported(app, tmp_path / name, content())
    assert refused.exit_code == 2, refused.output
    assert len(refused.stderr.splitlines()) == 1


def test_a_sheet_that_goes_on_for_ever_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more than 100000 rows"):
        given_by("history.xlsx", workbook(deposits_A100002="B2"))


def test_the_examples_of_the_templates_are_a_history(app: Flask, tmp_path: Path) -> None:
    assert flask(app, "import", "template", "--out", str(tmp_path / "t")).exit_code == 0
    done = run(app, tmp_path / "t" / "examples")
    assert (done.exit_code, done.stderr) == (0, "")
    assert all(line.endswith(": 1 rows read, 1 new.") for line in done.stdout.splitlines())


def test_templates_can_be_imported_as_they_are(app: Flask, tmp_path: Path) -> None:
    flask(app, "import", "template", "--out", str(tmp_path / "t"))
    for source in (tmp_path / "t", tmp_path / "t" / "history.xlsx"):
        done = run(app, source)
        assert (done.exit_code, done.stderr) == (0, ""), source
        assert len(done.stdout.splitlines()) == len(KINDS)


def test_a_filled_in_archive_of_the_templates_is_read_without_its_examples(
    app: Flask, tmp_path: Path
) -> None:
    given = given_by(templates.ARCHIVE, templates.archive())
    assert set(given) == set(KINDS)
    packed_again = packed(**{"t/donors.csv": FILES["donors"], "t/examples/other.csv": "mine"})
    assert set(given_by(templates.ARCHIVE, packed_again)) == {"donors.csv"}
    done = imported(app, tmp_path / templates.ARCHIVE, templates.archive())
    assert (done.exit_code, done.stderr) == (0, "")
    assert all(line.endswith(": 0 rows read, 0 new.") for line in done.stdout.splitlines())


def test_templates_never_overwrite_what_somebody_filled_in(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "deposits.csv").write_text("mine", encoding="utf-8")
    refused = flask(app, "import", "template", "--out", str(tmp_path))
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (2, 1)
    assert not (tmp_path / "donors.csv").exists()


def test_every_column_is_explained_with_an_example_that_can_be_read() -> None:
    for name, kind in KINDS.items():
        for title, column in kind.columns.items():
            assert str(column.note), (name, title)
            column.read(column.example)
    explained = {(file, column) for file, column, *_rest in templates.notes()[1:]}
    assert explained == {(name, title) for name, kind in KINDS.items() for title in kind.columns}


def test_the_page_about_moving_in_names_every_column() -> None:
    page = (Path(__file__).parents[4] / "docs" / "moving-in.md").read_text(encoding="utf-8")
    for name, kind in KINDS.items():
        [line] = [row for row in page.splitlines() if row.startswith(f"| {name} |")]
        for title in kind.columns:
            assert title in line
