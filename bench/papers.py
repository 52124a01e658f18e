"""Every paper in every language of the United Nations: its pages, time and size beside the English.

Time of the processor alone. docs/printing.md keeps a run of it.
"""

import gc
import io

import pypdf

from bench.press import milliseconds
from grants.core.kernel.language import OFFERED, use_language
from grants.papers.statements.issuing import printed
from grants.papers.typesetting.paper import Paper
from tests.papers.statements.papers import MADE
from tests.platform.pdf_signing.keys import fund_key, sign_with

MOST = 1.35
"""How much longer than the English a paper may take, and how many more pages it may have."""
RUNS = 3


def cost_of(paper: Paper, language: str) -> tuple[int, float, float]:
    """Pages, milliseconds, kB."""
    with use_language(language):
        content = printed(paper)
        taken = milliseconds(lambda: printed(paper), RUNS)
    return len(pypdf.PdfReader(io.BytesIO(content)).pages), taken, len(content) / 1000


def main() -> None:
    """One row for each paper; what is above the limit is in bold."""
    gc.disable()
    sign_with(fund_key())
    print("| | " + " | ".join(OFFERED) + " |", "|---" * (len(OFFERED) + 1) + "|", sep="\n")
    sums = dict.fromkeys(OFFERED, 0.0)
    for name, make in MADE.items():
        cells = []
        for language in OFFERED:
            pages, taken, kilobytes = cost_of(make(), language)
            sums[language] += taken
            if language == "en":
                english = pages, taken
                cells.append(f"{pages} p., {taken:.0f} ms, {kilobytes:.0f} kB")
                continue
            ratio = taken / english[1]
            cell = f"{pages} p., × {ratio:.2f}, {kilobytes:.0f} kB"
            is_over = ratio > MOST or pages > english[0] * MOST
            cells.append(f"**{cell}**" if is_over else cell)
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
        gc.collect()
    ratios = (f"× {sums[language] / sums['en']:.2f}" for language in OFFERED)
    print("| all | " + " | ".join(ratios) + " |")


if __name__ == "__main__":
    main()
