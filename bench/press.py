"""What each thing done to print fast is worth: a receipt and a statement with it, and without it.

Time of the processor alone, so a busy machine changes little. docs/printing.md keeps a run of it.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from unittest import mock

import weasyprint
from weasyprint.pdf import fonts

from bench._donors import FIRST, LAST, NAMES, code, plant
from bench._stand import analyse, installation, show
from grants.core.database.db import Database
from grants.papers.statements.catalogue import paper_of, papers_of
from grants.papers.statements.issuing import print_source_of
from grants.papers.typesetting import pdf, typefaces
from grants.papers.typesetting.paper import Paper, Span

SPAN = Span(FIRST, LAST)
SCRIPTS = len(NAMES)
DONORS = 60


def milliseconds(act: Callable[[], object], times: int) -> float:
    """The median of what a call takes of the processor."""
    act()
    taken = []
    for _number in range(times):
        begun = time.process_time()
        act()
        taken.append((time.process_time() - begun) * 1000)
    return statistics.median(taken)


@contextmanager
def usual_rules() -> Iterator[None]:
    """With WeasyPrint's own sheet for any page of the web."""
    own = weasyprint.HTML._ua_stylesheets  # noqa: SLF001 - measured
    with mock.patch.object(pdf.Page, "_ua_stylesheets", own):
        yield


@contextmanager
def whole_fonts() -> Iterator[None]:
    """With the variable fonts as their packages bring them."""
    sources = {"Statement": typefaces.LATIN}
    raw = [
        replace(face, content=typefaces._read_file(sources[face.family]))  # noqa: SLF001 - measured
        if face.family in sources
        else face
        for face in pdf.cut()
    ]
    with _other_press(mock.patch.object(pdf, "cut", return_value=raw)):
        yield


@contextmanager
def no_subsetter() -> Iterator[None]:
    """On a machine that lacks libharfbuzz-subset0."""
    with mock.patch.object(fonts, "harfbuzz_subset", None):
        yield


@contextmanager
def _other_press(change: AbstractContextManager[object]) -> Iterator[None]:
    with change:
        pdf._our_press.cache_clear()  # noqa: SLF001 - measured
        yield
    pdf._our_press.cache_clear()  # noqa: SLF001 - measured


def afresh(paper: Paper) -> Callable[[], object]:
    """With fonts and style sheets read again for each document."""

    def act() -> object:
        pdf._our_press.cache_clear()  # noqa: SLF001 - measured
        pdf.cut.cache_clear()
        return print_source_of(paper).printed()

    return act


def printing(papers: list[Paper], times: int) -> list[list[str]]:
    kinds: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "as it is": nullcontext,
        "with WeasyPrint’s own style sheet": usual_rules,
        "with variable fonts, cut for each document": whole_fonts,
        "without HarfBuzz-Subset": no_subsetter,
    }
    rows = []
    for name, kind in kinds.items():
        with kind():
            rows.append([name, *(_of(paper, times) for paper in papers)])
    anew = [f"{milliseconds(afresh(paper), 2):.0f}" for paper in papers]
    return [*rows, ["with fonts and sheets read for each document", *anew]]


def _of(paper: Paper, times: int) -> str:
    return f"{milliseconds(lambda: print_source_of(paper).printed(), times):.0f}"


def reading(database: Database) -> list[list[str]]:
    """The facts of donors, one by one and together; here with the time that the database takes."""
    every = [code(number) for number in range(DONORS)]
    rows = []
    with database.session() as session:
        for name, act in (
            ("one by one", lambda: [paper_of(session, "donor-statement", c, SPAN) for c in every]),
            ("together", lambda: papers_of(session, "donor-statement", every, SPAN)),
        ):
            session.expunge_all()
            begun = time.perf_counter()
            act()
            rows.append([name, f"{(time.perf_counter() - begun) * 1000 / DONORS:.1f}"])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    with installation() as (_app, database):
        plant(database, DONORS)
        analyse(database)
        with database.session() as session:
            papers = [
                paper_of(session, "donor-statement", code(6 * SCRIPTS + place), SPAN)
                for place in range(SCRIPTS)
            ]
        gc.collect()
        gc.freeze()
        heads = ["", *(f"{script}, ms" for script in NAMES)]
        show("One statement, time of the processor", heads, printing(papers, asked.times))
        show("Facts of a donor", ["", "ms each"], reading(database))


if __name__ == "__main__":
    main()
