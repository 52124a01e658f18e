"""Marks between values stand as the language of the reader writes them."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.rules.source import ROOT, faults, planted

END = r"(?:(?<!number )\}\}|%\}|</(?:a|b|bdi|em|span|strong)>|hidden\">)"
"""Where a value or a piece of text ends in a template; the number of a chapter keeps its stop."""
BETWEEN = re.compile(
    END + r"(?:[:;](?= |<|\{)|,(?= (?:<|\{))|\.(?= ?<| \{\{))"
    r"|'[:;,.] ' (?:~|if)"
    r"|hidden\"> (?:\(|<bdi>)?(?=\{\{ (?![_'\"]))"
)
WITHIN = re.compile(r"\{% trans .*?\{% endtrans %\}|\{#.*?#\}", re.DOTALL)
"""A mark inside a message stands as its translation has it."""


def unspaced(sources: Iterable[str]) -> list[str]:
    """Places in templates with a mark that stands as in English whatever the language."""
    return [match[0] for source in sources for match in BETWEEN.finditer(WITHIN.sub("", source))]


def test_marks_between_values_stand_as_in_the_language_of_the_reader() -> None:
    found = {
        str(path.relative_to(ROOT)): odd
        for path in (ROOT / "templates").rglob("*.*")
        if (odd := unspaced([path.read_text("utf-8")]))
    }
    assert found == {}, "write {{ ':' | spaced }} or {{ title | spoken }} (core/texts/marks.py)"


def test_an_english_mark_between_values_is_told() -> None:
    assert unspaced(
        [
            "{{ one.name }}: {{ one.text }}",
            "{{ ', ' if not loop.last }}",
            "<bdi>{{ name }}</bdi>: {{ text }}",
            '<span class="govuk-visually-hidden">: {{ name }}</span>',
            "{% if reason %}; {{ reason }}{% endif %}",
            "{{ one.label }}.</li>",
            '<span class="govuk-visually-hidden"> ({{ title }})</span>',
            'Delete<span class="govuk-visually-hidden"> <bdi>{{ title }}</bdi></span>',
            '<span class="govuk-visually-hidden">{{ _("Error:") }}</span>',
            "{% trans name=name %}{{ name }}: paid{% endtrans %}",
            "{{ loop.index | number }}. {{ clause.heading }}",
        ]
    ) == ["}}:", "', ' if", "</bdi>:", 'hidden">:', "%};", "}}.", 'hidden"> (', 'hidden"> <bdi>']


TERMINAL = re.compile(
    r"grants/(core/(kernel|database|texts/tabular)|machine|operations|platform/web|serving)|/commands\.py$"
)
"""Modules that speak to those who run the service, in English."""
RECORDED = frozenset(
    {
        "grants/applying/form_parts/columns.py",  # what is typed into one box and read back
        "grants/banking/bank/importing.py",  # names of files and what is wrong in them
        "grants/desk/fund_setup/description.py",  # what the command line prints
        "grants/desk/moving_in/history/memory.py",  # cells compared with those of a workbook
        "grants/granting/findings/recovery.py",  # a reason, in the language of the record
        "grants/integrity/sanctions/reading.py",  # names as the list has them
        "grants/papers/certification/views.py",  # checksums
        "grants/papers/printing/press/run.py",  # the log of a run
        "grants/platform/profiles/facts.py",  # a fault in the code
        "grants/platform/questionnaires/repeated.py",  # a fault in the file of a form
    }
)


def unspaced_in_code(path: str, tree: ast.Module) -> Iterator[str]:
    """Colons and semicolons that code puts between two texts as English does."""
    if TERMINAL.search(path) or path in RECORDED:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=": " | "; "), attr="join")):
                yield f"{path}:{node.lineno}"
            case ast.JoinedStr(values=values) if any(
                isinstance(part, ast.Constant) and part.value in {": ", "; ", ". "}
                for part in values[1:-1]
            ):
                yield f"{path}:{node.lineno}"


def test_marks_that_code_writes_stand_as_in_the_language_of_the_reader() -> None:
    assert faults(unspaced_in_code) == [], "write spaced(':') (grants/core/texts/marks.py)"


def test_an_english_mark_written_by_code_is_told() -> None:
    source = 'a = "; ".join(names)\nb = f"{label}: {text}"\nc = f"{label}{spaced(chr(58))}{text}"'
    assert [place.rpartition(":")[2] for place in planted(unspaced_in_code, source)] == ["1", "2"]


ALONE = re.compile(r"(?:block (?:caption|lead) %\}|<(?:p|strong)[^>]*>)\{\{ [\w.]*fund\.title \}\}")


def test_the_name_of_a_fund_that_stands_by_itself_says_its_language() -> None:
    unmarked = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if ALONE.search(path.read_text("utf-8"))
    ]
    assert unmarked == [], "write {{ words_of(fund.name) }}: a fund may have no name in a language"


def test_the_unmarked_name_of_a_fund_is_told() -> None:
    assert ALONE.search("{% block caption %}{{ pledge.fund.title }}{% endblock %}")
    assert not ALONE.search("{% block caption %}{{ words_of(fund.name) }}{% endblock %}")
