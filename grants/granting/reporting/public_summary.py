"""What a grantee writes for the public in its final report. The fund decides what is published."""

from sqlalchemy import ColumnElement, and_, func

from grants.core.kernel.language import gettext as _
from grants.granting.reporting.models import Report, ReportKind
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questions import LongText

SECTION = QUESTION = "public_summary"
_INPUT = f"q_{QUESTION}"
LONGEST = 1500


def with_public_summary(form: Form) -> Form:
    """What a call asks in its reports, and in a final one the summary for the public."""
    return Form(sections=(*form.sections, _section()), checks=form.checks)


def _section() -> Section:
    return Section(
        key=SECTION,
        title=_in_english(_("Summary for the public")),
        intro=_in_english(
            _(
                "Say in plain words what the project did and what has changed. The fund reads it "
                "and may publish it beside the grant, where your organisation is named. Never give "
                "names or other identifying details."
            )
        ),
        questions=(
            LongText(key=QUESTION, label=_in_english(_("Summary for the public")), limit=LONGEST),
        ),
    )


def _in_english(words: str) -> dict[str, str]:
    """Of the program, not of a call: worded in the reader's language already."""
    return {"en": words}


def summary_in(report: Report) -> str:
    """What a report says for the public; empty where it says nothing."""
    texts = report.answers.get(SECTION, {}).get(_INPUT) or [""]
    return str(texts[0]).strip()


def has_summary() -> ColumnElement[bool]:
    """An accepted final report that says something for the public."""
    text = func.coalesce(Report.answers[SECTION][_INPUT][0].astext, "")
    return and_(Report.is_accepted, Report.kind == ReportKind.FINAL, func.trim(text) != "")
