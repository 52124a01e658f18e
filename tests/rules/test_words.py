"""Words for people: all there, in each language, and in plain English."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from grants.core.kernel.language import OFFERED, TRANSLATIONS
from grants.core.kernel.workflow import Workflow
from grants.giving.pledges.workflow import PLEDGE
from grants.platform.trail.words import ACTS
from grants.platform.web.steps import all_workflows
from tests.rules.source import ROOT, faults, modules, planted

HISTORIES = {
    "allegation": "templates/granting/allegations/allegation.html",
    "account_change": "templates/banking/accounts/show.html",
    "application": "grants/deciding/decisions/case.py",
    "appointment": "templates/platform/staff/appointment.html",
    "award": "grants/granting/agreements/history.py",
    "bank_details": "grants/granting/bank_details/views.py",
    "call": "grants/applying/call_pages/views.py",
    "campaign": "templates/giving/outreach/parts.html",
    "due_diligence": "grants/integrity/diligence/workflow.py",
    "erasure_request": "grants/desk/data_protection/views.py",
    "purge": "grants/desk/retention/views.py",
    "finding": "templates/granting/findings/finding.html",
    "grant_change": "grants/granting/changes/views.py",
    "history_import": "templates/desk/moving_in/show.html",
    "instalment": "grants/granting/agreements/history.py",
    "monitoring": "templates/granting/monitoring/activity.html",
    "organisation_merge": "grants/desk/merging/views.py",
    "organisation_verification": "grants/applying/organisations/verification_views.py",
    "outside_contribution": "grants/giving/outside/views.py",
    "payment_run": "templates/granting/payment_runs/show.html",
    "pledge": "grants/giving/pledges/timeline.py",
    "pledge change": "templates/giving/pledges/changes/show.html",
    "preparation": "grants/granting/preparing/views.py",
    "refund_request": "grants/granting/recovery/views.py",
    "set_off": "grants/granting/set_offs/views.py",
    "report": "grants/granting/agreements/history.py",
    "signing": "grants/granting/signing/views.py",
    "statement_run": "templates/papers/printing/show.html",
}
"""The file that says what each act of a workflow is called once it is done."""
BY_LABEL = {
    "audit_certificate",
    "forced_closing",
    "clarification",
    "allowance_run",
    "bank_line",
    "card_mandate",
    "card_payment",
    "card_return",
    "board_session",
    "flag",
    "organisation_hold",
    "new date",
    "earmark proposal",
    "agreement signing",
    "review",
    "sanctions_hit",
    "setting_change",
    "visit",
}
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


LETTER = re.compile(r"""["']([a-z_]+(?:/[a-z_]+)+)/([a-z_]+)["']""")
TO_DONORS = re.compile(r"""tell_donor\([^"')]*["']([a-z_]+)["']""")


def missing_letters(sources: Iterable[str]) -> set[str]:
    """E-mails that a source names and that are not there."""
    named = set()
    for source in sources:
        named |= {
            (room, name)
            for room, name in LETTER.findall(source)
            if (ROOT / "templates" / room / "email").is_dir()
        }
        named |= {("giving/pledges", name) for name in TO_DONORS.findall(source)}
    paths = {f"{room}/email/{name}.txt" for room, name in named}
    return {path for path in paths if not (ROOT / "templates" / path).is_file()}


def test_every_email_that_is_named_is_there() -> None:
    sources = [(ROOT / path).read_text("utf-8") for path in modules()]
    assert missing_letters(sources) == set(), "write them in templates/<wing>/<room>/email/"


def test_an_email_that_is_not_there_is_told() -> None:
    assert missing_letters(['tell_donor(session, pledge, "on_hold", act)']) == {
        "giving/pledges/email/on_hold.txt"
    }
    assert missing_letters(['send(session, who, "platform/staff/on_leave")']) == {
        "platform/staff/email/on_leave.txt"
    }


KEYWORDS = ("_", "_l", "_n:1,2", "ngettext:1,2", "pgettext:1c,2", "_p:1c,2")


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
        "|".join(filter(None, (message.context, *_forms(message.id))))
        for message in found
        if message.id and (message.string or not translated)
    }


def _forms(text: str | Iterable[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def untranslated(messages: set[str], language: str) -> set[str]:
    """Messages without a text in the catalogue of a language."""
    return messages - _ids(TRANSLATIONS / language / "LC_MESSAGES" / "messages.po", translated=True)


TANWIN = "\N{ARABIC FATHATAN}"
MANY, HUNDREDS = 5, 4
"""The places of the Arabic forms for 11 to 99, and for 100, 101 and 102."""


def swapped(forms: Sequence[str]) -> bool:
    """Does the form for hundreds hold the accusatives that belong to 11 to 99?"""
    return forms[HUNDREDS].count(TANWIN) > forms[MANY].count(TANWIN)


def test_arabic_plurals_stand_in_the_order_in_which_they_are_read() -> None:
    assert swapped(["", "", "", "", "بقي %(num)s يوماً", "بقي %(num)s يوم"])
    with (TRANSLATIONS / "ar/LC_MESSAGES/messages.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="ar") if message.pluralizable]
    assert len(messages) > 100
    assert [message.id[0] for message in messages if swapped([*(message.string or ())])] == []


ISOLATED = re.compile("\N{LEFT-TO-RIGHT ISOLATE}[^\N{POP DIRECTIONAL ISOLATE}]*.")


def turned_round(text: str) -> bool:
    """Is a date such as 2026-09-01 shown as 01-09-2026 within this Arabic text?"""
    return bool(re.search(r"\d{4}-\d\d-\d\d", ISOLATED.sub("", text)))


def test_dates_of_figures_keep_their_order_in_arabic() -> None:
    assert turned_round("تاريخاً مثل 2026-09-01")
    assert not turned_round("تاريخاً مثل \u20662026-09-01\u2069.")
    with (TRANSLATIONS / "ar/LC_MESSAGES/messages.po").open("rb") as file:
        told = [message for message in read_po(file, locale="ar") if message.id]
    texts = [text for message in told for text in _forms(message.string or "")]
    assert [text for text in texts if turned_round(text)] == []


@pytest.mark.parametrize("language", [code for code in OFFERED if code != "en"])
def test_every_message_is_translated(messages: set[str], language: str) -> None:
    assert len(messages) > 3000
    lost = untranslated(messages, language)
    assert lost == set(), "run `make messages` and translate them in messages.po"


def hidden_messages(path: str, tree: ast.Module) -> Iterator[str]:
    """Messages within an f-string: Babel finds them on some versions of Python alone."""
    names = {keyword.partition(":")[0] for keyword in KEYWORDS}
    for text in ast.walk(tree):
        for node in ast.walk(text) if isinstance(text, ast.JoinedStr) else ():
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names:
                yield f"{path}:{node.lineno}: take the message out of the f-string"


def test_no_message_hides_in_an_f_string() -> None:
    assert faults(hidden_messages) == []


def test_a_message_in_an_f_string_is_told() -> None:
    assert planted(hidden_messages, """f"{number} {_('days')}" """)


def test_a_message_without_a_translation_is_told() -> None:
    assert untranslated({"Withdraw", "A text of nobody"}, "ar") == {"A text of nobody"}


PLACE = re.compile(r"%\(\w+\)s")
PLAIN = {
    r"(some|any|every)body|someone|whoever|whom\b": "name the person: donors, another user, …",
    r"nobody|anyone else": "“no one”, or name the person",
    r"(there is|there are) no such|no such\b": "“… not found.”",
    r"no \w+ fits|(do|does) not fit": "“No … found.”, “does not match”",
    r"hand(ed|s)? (it )?in\b": "submit (an application), upload (a file)",
    r"(in|by|from) the books|the books (are|hold)|the books$": "the ledger",
    r"\bwrite (a|an|the|no) (number|amount|whole|code|date|e-mail|telephone|more|web)": "“Enter …”",
    r"\bmend": "correct",
    r"\b(is|are|be|been) told\b": "notified",
    r"\b(sent|came|comes|send) back\b": "returned (a document), refunded (money)",
    r"\bon (its|their|the) way\b": "“is being sent”, “deducted in transit”",
    r"waits? for (you|some|its)|waiting for (you|some)": "“awaiting …”",
    r"\b(is|are) not over\b|has gone\b": "“has not ended yet”, “is in the past”",
    r"pass mark": "minimum score",
    r"\banew\b|\bmeanwhile\b|\bany more\b": "again, since, no longer",
    r"\bties?\b": "reconcile (figures), conflict of interest (persons)",
    r"spo(ke|ken) for": "committed or reserved",
    r"\bpercent\b": "per cent",
    r"(?<!there )(?<!there’s )\b(is|are) no (?!longer)|\bis none of\b": "“is not a …”",
    r"(?<!not )\b(has|have) to\b": "must",
    r"steps? aside": "recuse yourself",
    r"\bat once\b|from now on": "immediately, from today",
    r"\bstands? (at|in|by|for)\b": "is shown, is valued at, its status is",
    r"reckon": "calculate",
    r"g(i|a)ven? up\b": "withdraw, no longer expected",
    r"written down|wrote down": "recorded",
    r"\b(take|taken|took|takes) in\b": "import, upload",
    r"\blook (into|again|at)\b": "check, review, see",
    r"\bexperts?\b": "reviewers",
    r"withheld on the way": "deducted in transit",
    r"\bby (signed )?agreements|by the ledger\b": "under signed agreements, according to …",
    r"\bboth sides|two sides": "both parties; in an agreement the Parties",
    r"\bneed not\b": "do not need to",
    r"[a-z]'(s|t)?\b": "the apostrophe ’",
}
"""What an ordinary good writer at the United Nations would not write, and what to write."""


def unplain(messages: Iterable[str]) -> list[str]:
    """Messages with a phrase that PLAIN replaces, each with the phrase and what to write."""
    return [
        f"{message!r}: “{found.group().strip()}” → {better}"
        for message in sorted(messages)
        for phrase, better in PLAIN.items()
        if (found := re.search(phrase, PLACE.sub("…", message), re.IGNORECASE))
    ]


def test_messages_are_plain_english(messages: set[str]) -> None:
    odd = unplain(messages)
    assert not odd, "\n".join(odd)


@pytest.mark.parametrize(
    ("odd", "better"),
    [
        ("There is no such pledge.", "“… not found.”"),
        ("The organisation is told.", "notified"),
        ("Hand it in", "submit"),
        ("Nobody stands by this pledge any more.", "“no one”"),
        ("The fund's rate", "the apostrophe ’"),
    ],
)
def test_an_odd_phrase_is_told_with_what_to_write(odd: str, better: str) -> None:
    assert any(better in told for told in unplain([odd]))
    assert unplain(["The pledge has been recorded.", "The fund’s rate"]) == []


def _recorded() -> Iterator[tuple[str, str]]:
    """Each act that the code writes on the trail by name, and where."""
    for path, tree in modules().items():
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name == "record" and len(call.args) > 2 and isinstance(call.args[2], ast.Constant):
                yield str(call.args[2].value), f"{path}:{call.lineno}"


def test_every_act_on_the_trail_has_a_name_that_people_read() -> None:
    steps = [step for workflow in all_workflows() for step in workflow.steps]
    named = {step.action for step in steps if step.label} | set(ACTS)
    acts = dict(_recorded()) | {step.action: step.act for step in steps}
    unnamed = {act: where for act, where in acts.items() if act not in named}
    assert not unnamed, "name them in grants/platform/trail/words.py"
