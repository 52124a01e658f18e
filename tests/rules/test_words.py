"""Words for people are all there: of each act in its history, of each message in each language."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from grants.core.kernel.language import OFFERED, TRANSLATIONS
from grants.core.kernel.workflow import Workflow
from grants.giving.pledges.workflow import PLEDGE
from grants.platform.web.steps import all_workflows
from tests.rules.source import ROOT, modules

HISTORIES = {
    "application": "grants/deciding/awards/decision.py",
    "award": "grants/granting/agreements/history.py",
    "call": "grants/applying/calls/views.py",
    "campaign": "templates/giving/outreach/parts.html",
    "due_diligence": "grants/integrity/diligence/workflow.py",
    "history_import": "templates/desk/moving_in/show.html",
    "instalment": "grants/granting/agreements/history.py",
    "pledge": "grants/giving/pledges/timeline.py",
    "pledge change": "templates/giving/pledges/changes/show.html",
    "report": "grants/granting/agreements/history.py",
    "statement_run": "templates/papers/printing/show.html",
}
"""The file that says what each act of a workflow is called once it is done."""
BY_LABEL = {"allowance_run", "bank_line", "new date", "review", "sanctions_hit", "setting_change"}
"""Workflows whose history takes the words of the step or of the state."""


def unworded(workflow: Workflow, source: str) -> list[str]:
    """Acts that the history in this source has no words for."""
    return [
        step.action
        for step in workflow.steps
        if not re.search(rf"""["']{step.action}["']:|yield "{step.action}",""", source)
    ]


@pytest.mark.usefixtures("app")
def test_every_act_has_its_words_in_the_history() -> None:
    workflows = {workflow.subject: workflow for workflow in all_workflows()}
    assert workflows.keys() == HISTORIES.keys() | BY_LABEL, "add the workflow to HISTORIES here"
    for subject, path in HISTORIES.items():
        lost = unworded(workflows[subject], (ROOT / path).read_text("utf-8"))
        assert lost == [], f"say in {path} what they are called once they are done"


def test_an_act_without_words_is_told() -> None:
    words = "".join(f"'{step.action}': 1," for step in PLEDGE.steps if step.action != "decline")
    assert unworded(PLEDGE, words) == ["decline"]


NAMED = re.compile(r"""["']([\w/-]+\.html)["']""")


def missing_templates(sources: Iterable[str]) -> set[str]:
    """Templates that a source names and that are not there."""
    named = {name for source in sources for name in NAMED.findall(source)}
    return {name for name in named if not (ROOT / "templates" / name).is_file()}


def test_every_template_that_is_named_is_there() -> None:
    sources = [(ROOT / path).read_text("utf-8") for path in modules()]
    sources += [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")]
    assert missing_templates(sources) == set(), "write them in templates/<wing>/<room>/"


def test_a_template_that_is_not_there_is_told() -> None:
    assert missing_templates(['render_template("giving/pledges/hold.html")']) == {
        "giving/pledges/hold.html"
    }


KEYWORDS = ("_", "_l", "_n:1,2", "ngettext:1,2", "pgettext:1c,2")


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every message of the source, as `make messages` gathers them."""
    to = tmp_path_factory.mktemp("messages") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "--no-location"]
    command += ["-F", "grants/translations/sources.ini", "-o", str(to)]
    command += [part for keyword in KEYWORDS for part in ("-k", keyword)]
    subprocess.run([*command, "."], cwd=ROOT, check=True)
    return _ids(to)


def _ids(path: Path, *, translated: bool = False) -> set[str]:
    with path.open("rb") as written:
        found = read_po(written)
    return {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in found
        if message.id and (message.string or not translated)
    }


def untranslated(messages: set[str], language: str) -> set[str]:
    """Messages without a text in the catalogue of a language."""
    return messages - _ids(TRANSLATIONS / language / "LC_MESSAGES" / "messages.po", translated=True)


@pytest.mark.parametrize("language", [code for code in OFFERED if code != "en"])
def test_every_message_is_translated(messages: set[str], language: str) -> None:
    assert len(messages) > 3000
    lost = untranslated(messages, language)
    assert lost == set(), "run `make messages` and translate them in messages.po"


def test_a_message_without_a_translation_is_told() -> None:
    assert untranslated({"Withdraw", "A text of nobody"}, "ar") == {"A text of nobody"}
