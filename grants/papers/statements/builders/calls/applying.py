"""An applicant's papers: the blank form of a call, and the application as it was submitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.queries import application_by_reference
from grants.applying.call_changes.conditions import conditions_of, duration_of
from grants.applying.calls.models import Call
from grants.applying.calls.purposes import FormPurpose
from grants.applying.submissions.dossier import Dossier, dossier
from grants.core.kernel.errors import DomainError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.money import Money, usd
from grants.core.kernel.reading import reading
from grants.deciding.blind_review.blinding import dossier_for_reviewers
from grants.papers.statements.records import call_called
from grants.papers.typesetting.paper import Issuer, Paper
from grants.platform.questionnaires.outcome import conditions_in_words
from grants.platform.questionnaires.repeated import times_in_words
from grants.platform.questions import (
    Question,
    Rows,
)

BLIND = "/blind"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question as the form asks it, and how its answer is bounded."""

    key: str
    kind: str
    question: str
    help: str
    required: bool
    rule: str
    """In words: how long, how many, of what kind."""
    options: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    numbered: bool = False
    """Are its rows numbered, for answers that are rows themselves?"""
    when: str = ""
    """When it is asked, in words; empty: always."""


@dataclass(frozen=True, slots=True)
class AskedSection:
    """Questions that belong together."""

    title: str
    intro: str
    questions: tuple[AskedQuestion, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """What reviewers judge, and how much of 100 it counts."""

    name: str
    help: str
    weight: int


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule of the call in words, as on its page."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class BlankForm:
    """Everything a call asks for, to be read before anybody signs up."""

    call: str
    title: str
    summary: str
    opens_at: datetime
    deadline_at: datetime
    time_zone: str
    lowest: Money
    highest: Money
    duration: str
    conditions: tuple[Condition, ...]
    eligibility: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    sections: tuple[AskedSection, ...]
    language: str = "en"
    """Of its texts, whatever the language of the paper."""


def submission(session: Session, reference: str) -> Paper:
    """The application word for word as it was submitted; there is none of a draft. Of a blind call,
    REFERENCE/blind is what its reviewers read.
    """
    application = application_by_reference(session, reference.removesuffix(BLIND))
    read = dossier_for_reviewers if reference.endswith(BLIND) else dossier
    with reading(application.call.text_languages):
        submitted: Dossier = read(session, application)
    if submitted.submitted_at is None:
        raise DomainError(_("This application has not been submitted yet."))
    return Paper(
        document="submission",
        title=_("Application"),
        reference=application.reference,
        on=application.call.fund.day_of(submitted.submitted_at),
        issuer=Issuer.of(application.call.fund),
        facts=submitted,
    )


def blank_form(session: Session, reference: str) -> Paper:
    """The form of a call, with its rules and criteria, to be printed and filled in by hand."""
    call = call_called(session, reference)
    return Paper(
        document="blank-form",
        title=_("Application form"),
        reference=call.reference,
        on=call.fund.day_of(call.opens_at),
        issuer=Issuer.of(call.fund),
        facts=_blank_form(call),
    )


def _blank_form(call: Call) -> BlankForm:
    """The texts of the call in the language in which its reader reads it; the rest as the page."""
    with reading(call.text_languages) as language:
        texts = _texts_of(call)
    return BlankForm(
        call=call.reference,
        opens_at=call.opens_at,
        deadline_at=call.deadline_at,
        time_zone=call.time_zone,
        lowest=usd(call.lowest_minor),
        highest=usd(call.highest_minor),
        duration=duration_of(call),
        conditions=tuple(Condition(about, text) for about, text in conditions_of(call)),
        language=language.code,
        **texts,
    )


def _texts_of(call: Call) -> dict[str, Any]:
    form = call.form_for(FormPurpose.APPLICATION)
    when = conditions_in_words(form)
    return {
        "title": call.name,
        "summary": in_language(call.summary),
        "eligibility": tuple(in_language(row["label"]) for row in call.eligibility),
        "criteria": tuple(
            Criterion(in_language(row["label"]), in_language(row.get("help", {})), row["weight"])
            for row in call.criteria
        ),
        "sections": tuple(
            AskedSection(
                section.name,
                " ".join(filter(None, (in_language(section.intro), times_in_words(section)))),
                tuple(_asked_question(question, when) for question in section.questions),
            )
            for section in form.sections
        ),
    }


def _asked_question(question: Question, when: Mapping[str, str]) -> AskedQuestion:
    rows = question.blank_rows()
    return AskedQuestion(
        key=question.key,
        kind=question.kind,
        question=question.title,
        help=in_language(question.help),
        required=question.required or not question.asks,
        rule=question.blank_rule(),
        when=when.get(question.key, ""),
        options=() if rows else tuple(label for _code, label in question.options),
        rows=rows,
        columns=question.blank_columns(),
        numbered=isinstance(question, Rows),
    )
