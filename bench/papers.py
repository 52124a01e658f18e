"""Every paper in every language of the United Nations: its pages, time and size beside the English.

Time of the processor alone, the least of some runs. docs/printing.md keeps a run of it.
"""

import io
import time

import pypdf

from grants.core.kernel.language import OFFERED, use_language
from grants.papers.statements.issuing import printed
from tests.papers.statements.papers import MADE
from tests.platform.pdf_signing.keys import fund_key, sign_with

MOST = 1.35
"""How much longer than the English a paper may take, and how many more pages it may have."""
RUNS = 6


def print_once(document: str, language: str) -> tuple[bytes, float]:
    """The PDF, and the seconds that it took of the processor."""
    paper = MADE[document]()
    with use_language(language):
        begun = time.process_time()
        content = printed(paper)
        return content, time.process_time() - begun


def cells_of(document: str) -> list[str]:
    """Pages, time and size in each language, English first; what is above the limit is in bold."""
    runs = [[print_once(document, language) for language in OFFERED] for _number in range(RUNS)]
    seconds = [min(run[place][1] for run in runs) for place in range(len(OFFERED))]
    contents = [content for content, _seconds in runs[0]]
    pages = [len(pypdf.PdfReader(io.BytesIO(content)).pages) for content in contents]
    cells = []
    for content, taken, number in zip(contents, seconds, pages, strict=True):
        ratio = taken / seconds[0]
        cell = f"{number} p., × {ratio:.2f}, {len(content) / 1000:.0f} kB"
        is_over = ratio > MOST or number > pages[0] * MOST
        cells.append(f"**{cell}**" if is_over else cell)
    return [
        f"{pages[0]} p., {seconds[0] * 1000:.0f} ms, {len(contents[0]) / 1000:.0f} kB",
        *cells[1:],
    ]


def main() -> None:
    """One row for each paper."""
    sign_with(fund_key())
    print("| | " + " | ".join(OFFERED) + " |", "|---" * (len(OFFERED) + 1) + "|", sep="\n")
    for document in MADE:
        print(f"| {document} | " + " | ".join(cells_of(document)) + " |", flush=True)


if __name__ == "__main__":
    main()
