"""Every donor's statement in one run: the same as one by one, and never half done."""

import csv
import hashlib
import io
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.books.certificates.models import Certificate, Copy
from grants.config import Settings
from grants.core.audit.act import Act
from grants.core.database.db import Database
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import use_language
from grants.core.people.models import Organisation
from grants.giving.contributions.models import Deposit
from grants.giving.donors.service import welcome
from grants.papers.printing.press import folder as folders
from grants.papers.printing.press.order import Line, Order, Tally
from grants.papers.printing.press.run import Works
from grants.papers.statements.issuing import render
from grants.papers.typesetting.paper import Span
from grants.platform.documents.store import store
from tests.books.ledger.books import MARCH
from tests.factories import a_deposit
from tests.papers.printing.press.conftest import ORDER, euros

Files = Callable[[Path], dict[str, bytes]]


def manifest(out: Path) -> list[dict[str, str]]:
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_prints_what_each_statement_is_by_itself(
    works: Works, donors: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    tally = works.run(ORDER, out)
    assert (tally.total, tally.fresh, tally.failures) == (5, 5, [])
    assert [line["donor"] for line in manifest(out)] == donors
    for line in manifest(out):
        content = (out / line["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == line["sha256"]
        assert len(content) == int(line["bytes"])
        assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == int(line["pages"])
        assert line["language"] == ("ar" if line["donor"] == donors[1] else "en")
        with works.database.session() as session, use_language(line["language"]):
            assert content == render(session, "donor-statement", line["donor"], ORDER.span)[1]


def test_a_second_run_prints_only_what_is_not_there_or_no_longer_right(
    works: Works, donors: list[str], tmp_path: Path, files: Files
) -> None:
    out = tmp_path / "out"
    works.run(ORDER, out)
    before = files(out)
    assert works.run(ORDER, out).fresh == 0
    assert files(out) == before

    names = sorted(name for name in before if name.endswith(".pdf"))
    (out / names[0]).unlink()
    (out / names[1]).write_bytes(before[names[1]][:-1] + b"!")
    (out / f"{names[2]}.77{folders.UNFINISHED}").write_bytes(b"half")
    assert works.run(ORDER, out).fresh == 2
    assert files(out) == before


def test_a_statement_whose_figures_changed_is_printed_anew(
    works: Works, donors: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    works.run(ORDER, out)
    old = {line["donor"]: line["sha256"] for line in manifest(out)}
    with works.database.transaction() as session:
        pledge = session.scalars(select(Deposit).order_by(Deposit.id)).first().pledge  # type: ignore[union-attr]
        a_deposit(session, session.get_one(Fund, 1), pledge, euros("7"), value_on=MARCH)
    assert works.run(ORDER, out).fresh == 1
    new = {line["donor"]: line["sha256"] for line in manifest(out)}
    assert {code for code in donors if old[code] != new[code]} == {donors[0]}


def test_a_run_killed_on_the_way_goes_on_and_ends_as_if_nothing_had_been(
    works: Works, settings: Settings, donors: list[str], tmp_path: Path, files: Files
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    with works.database.transaction() as session:
        for number in range(12):
            organisation = Organisation(code=f"E-{number}", name=f"Étoile {number}", kind="ngo")
            session.add(organisation)
            welcome(session, organisation, Act.by_system("test"))
    works.run(ORDER, whole)
    script = [sys.executable, "-m", "tests.papers.printing.press.printing"]
    places = [works.database.url, str(settings.data_dir), str(broken)]
    process = subprocess.Popen([*script, *places])
    journal = broken / folders.JOURNAL
    deadline = time.monotonic() + 60
    while not journal.exists() or journal.read_bytes().count(b"\n") < 3:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    there = journal.read_bytes().count(b"\n") - 1
    assert 2 <= there < 17
    assert not (broken / folders.MANIFEST).exists()

    tally = works.run(ORDER, broken)
    assert tally.fresh <= 17 - there
    assert files(broken) == files(whole)


def test_half_a_line_at_the_end_of_the_journal_is_forgotten(
    works: Works, donors: list[str], tmp_path: Path, files: Files
) -> None:
    out = tmp_path / "out"
    works.run(ORDER, out)
    before = files(out)
    with (out / folders.JOURNAL).open("a") as journal:
        journal.write('{"donor": "D-1", "fi')
    assert works.run(ORDER, out).fresh == 0
    assert files(out) == before


def test_a_run_tells_one_state_of_the_books(
    works: Works, donors: list[str], tmp_path: Path
) -> None:
    out, later = tmp_path / "out", tmp_path / "later"
    booked: list[int] = []

    def book(tally: Tally) -> None:
        if tally.total and not booked:
            booked.append(tally.done)
            with works.database.transaction() as session:
                deposit = session.scalars(select(Deposit).order_by(Deposit.id.desc())).first()
                assert deposit is not None
                fund = session.get_one(Fund, 1)
                a_deposit(session, fund, deposit.pledge, euros("7"), value_on=MARCH)

    works.run(ORDER, out, book)
    assert booked == [0]
    works.run(ORDER, later)
    hashes = [{line["donor"]: line["sha256"] for line in manifest(f)} for f in (out, later)]
    assert {code for code in donors if hashes[0][code] != hashes[1][code]} == {donors[3]}


def test_two_runs_into_one_folder_at_once_are_one_too_many(
    works: Works, donors: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    refused: list[str] = []

    def again(_tally: Tally) -> None:
        if not refused:
            with pytest.raises(DomainError, match="Another batch") as refusal:
                works.run(ORDER, out)
            refused.append(refusal.value.message)

    assert works.run(ORDER, out, again).fresh == 5
    assert str(out) in refused[0]


def test_a_folder_of_another_period_is_left_alone(
    works: Works, donors: list[str], tmp_path: Path, files: Files
) -> None:
    out = tmp_path / "out"
    works.run(ORDER, out)
    before = files(out)
    year = Span(ORDER.span.since.replace(year=2025), ORDER.span.until.replace(year=2025))
    for other in (Order(year), Order(ORDER.span, fund="UNVTF"), Order(ORDER.span, language="ar")):
        with pytest.raises(DomainError, match="Choose another folder"):
            works.run(other, out)
    assert files(out) == before


def certified(session: Session, code: str, number: int, content: bytes) -> str:
    """Put a certificate of a donor's statement into the books; returns the hash of its copy."""
    donor = session.scalars(select(Organisation).where(Organisation.code == code)).one()
    sha256 = hashlib.sha256(content).hexdigest()
    certificate = Certificate(
        fund_id=1,
        year=2026,
        number=number,
        document="donor-statement",
        reference=f"{code}/UNVTF",
        period=ORDER.span.code,
        organisation_id=donor.id,
        certified_on=MARCH,
        certified_at=clock.now(),
        certified_by="An Officer",
    )
    certificate.copies.append(Copy(language="en", sha256=sha256, size=len(content), facts="{}"))
    session.add(certificate)
    return sha256


def test_the_certified_copy_is_laid_down_and_one_that_fails_does_not_stop_the_others(
    works: Works, donors: list[str], tmp_path: Path
) -> None:
    with works.database.transaction() as session:
        as_it_was = b"as it was certified"
        store().put(certified(session, donors[0], 1, as_it_was), as_it_was)
        certified(session, donors[2], 2, b"what the store has lost")
    out = tmp_path / "out"
    tally = works.run(ORDER, out)
    assert [(failed.donor, "cannot be found" in failed.why) for failed in tally.failures] == [
        ("D-2", True)
    ]
    assert [line["donor"] for line in manifest(out)] == ["D-0", "D-1", "D-3", "D-4"]
    assert (out / manifest(out)[0]["file"]).read_bytes() == as_it_was
    assert works.run(ORDER, out).fresh == 0


def test_a_run_for_a_fund_is_of_those_who_pledged_to_it(
    works: Works, donors: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    works.run(Order(ORDER.span, fund="UNVTF"), out)
    assert [line["donor"] for line in manifest(out)] == donors[:-1]
    content = (out / manifest(out)[0]["file"]).read_bytes()
    with works.database.session() as session:
        reference = f"{donors[0]}/UNVTF"
        assert content == render(session, "donor-statement", reference, ORDER.span)[1]


def test_what_ends_a_run_from_outside_leaves_it_ready_to_go_on(
    works: Works, donors: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"

    def interrupt(tally: Tally) -> None:
        if tally.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        works.run(ORDER, out, interrupt)
    assert not (out / folders.MANIFEST).exists()
    tally = works.run(ORDER, out)
    assert (len(tally.lines), tally.fresh) == (5, 3)


def test_a_folder_that_cannot_be_is_one_sentence(
    works: Works, donors: list[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DomainError, match="cannot be written"):
        works.run(ORDER, tmp_path / "file")


def test_a_place_that_is_taken_ends_the_run_in_one_sentence(
    works: Works, donors: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (out / "donor-statement-D-2.pdf").mkdir(parents=True)
    with pytest.raises(DomainError, match=r"D-2\.pdf cannot be written"):
        works.run(ORDER, out)


def test_a_manifest_lists_files_that_are_there(tmp_path: Path, real_database: Database) -> None:
    line = Line("A", "en", "a.pdf", hashlib.sha256(b"x").hexdigest(), 1, 1, "key")
    assert not folders.holds(tmp_path, line)
    (tmp_path / "a.pdf").write_bytes(b"y")
    assert not folders.holds(tmp_path, line)
    (tmp_path / "a.pdf").write_bytes(b"x")
    assert folders.holds(tmp_path, line)
