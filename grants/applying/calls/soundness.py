"""What has to be corrected in a call, in words, before it can be kept or opened."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import object_session

from grants.applying.calls.ceilings import form_faults_of, row_faults
from grants.applying.calls.earlier import remembering_earlier
from grants.applying.calls.models import LONGEST_CYCLE, Call
from grants.applying.calls.purposes import FormPurpose, faults_for
from grants.applying.form_files.service import find_file
from grants.core.countries.countries import CODES
from grants.core.funds.approvals import MOST_APPROVERS
from grants.core.kernel.clock import day_of
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.texts.formats import language_name
from grants.core.texts.marks import listed_texts, spaced
from grants.platform.questionnaires.soundness import faults_in_words
from grants.platform.questionnaires.translation import lacking_languages, languages_of
from grants.platform.questions import Content

TEXTS = ("label", "help", "ask", "remedy")
"""What a criterion or a line of the checklist says."""


def faults_of(call: Call, at: datetime) -> list[str]:
    """What has to be corrected before the call can be opened at this moment."""
    faults = [
        *rule_faults(call),
        *_scoring_faults(call),
        *_translation_faults(call),
        *form_faults_of(call),
    ]
    with remembering_earlier(object_session(call), call):
        faults += faults_in_words(call.form_for(FormPurpose.APPLICATION), call.languages)
    faults += _grantee_form_faults(call)
    faults += _missing_files(call)
    if call.deadline_at <= at:
        faults.append(_("The deadline has passed. Set a later one."))
    if call.second_stage:
        faults += [
            _("Full proposals: %(fault)s", fault=fault)
            for fault in faults_of(call.second_stage, at)
        ]
    return faults


def _missing_files(call: Call) -> Iterator[str]:
    """Files between the questions that did not come with the file of the form."""
    session = object_session(call)
    for form in map(call.form_for, FormPurpose):
        for item in form.items:
            if (
                isinstance(item, Content)
                and item.file
                and session
                and not find_file(session, item.file)
            ):
                yield _("%(where)s: upload the file again.", where=item.english_title)


def _grantee_form_faults(call: Call) -> Iterator[str]:
    """What has to be corrected in the forms for those to whom the call makes a grant."""
    for purpose in FormPurpose:
        if call.grantee_forms.get(purpose.value):
            for fault in faults_for(call.form_for(purpose), purpose, call.languages):
                yield _("%(form)s: %(fault)s", form=purpose.label, fault=fault.sentence)


@dataclass(frozen=True, slots=True)
class IncompleteForm:
    """A form that is in some languages of its call in part only: how many texts each lacks."""

    call: Call
    purpose: FormPurpose
    missing: Mapping[str, int]
    complete: Sequence[str]
    """The languages of the call that it is whole in; English first."""

    @property
    def complete_names(self) -> str:
        return listed_texts([language_name(code) for code in self.complete])


def incomplete_forms(call: Call) -> Iterator[IncompleteForm]:
    """The forms of a call, and of its second stage, in which languages lack texts."""
    for purpose in FormPurpose:
        if purpose.is_for_grantees and not call.grantee_forms.get(purpose.value):
            continue
        form = call.form_for(purpose)
        if missing := lacking_languages(form, call.languages):
            spoken = [code for code in languages_of(form) if code in {"en", *call.languages}]
            whole = [code for code in spoken if code not in missing]
            yield IncompleteForm(call, purpose, missing, whole)
    if call.second_stage:
        yield from incomplete_forms(call.second_stage)


def rule_faults(call: Call) -> Iterator[str]:
    """What is wrong with the rules of any call, a draft too."""
    if not call.title.get("en", "").strip():
        yield _("Give the call a title.")
    if len(call.cycle) > LONGEST_CYCLE:
        yield _("The cycle may have at most %(most)s characters.", most=LONGEST_CYCLE)
    if not call.languages:
        yield _("Choose at least one language for the answers.")
    if set(call.countries) - CODES:
        yield _("Some of the countries are not known. Choose them from the list.")
    yield from _date_faults(call)
    yield from _sum_faults(call)
    yield from row_faults(call.ceilings or ())
    yield from _stage_faults(call)


def _stage_faults(call: Call) -> Iterator[str]:
    """What is wrong between the two stages of a call."""
    session = object_session(call)
    with session.no_autoflush if session else nullcontext():  # what is wrong is not written
        first, second = call.first_stage or call, call.second_stage or call
    if second is not call and call.board_advises:
        yield _("The Board advises on full proposals only: untick its advice in the first stage.")
    if first is not second and first.deadline_at >= second.deadline_at:
        yield _("The deadline for full proposals must be after that for concept notes.")


def _date_faults(call: Call) -> Iterator[str]:
    if call.opens_at >= call.deadline_at:
        yield _("The deadline must be after the opening.")
    if not _is_zone(call.time_zone):
        yield _("“%(zone)s” is not a time zone.", zone=call.time_zone)
    elif call.earliest_start_on and call.earliest_start_on < day_of(call.deadline_at, call.zone):
        yield _("Projects can only start after the deadline.")
    if call.years_in_a_row and call.earliest_start_on is None:
        yield _(
            "Enter the earliest day on which projects can start: years in a row "
            "are counted up to the year of that day."
        )
    if _is_zone(call.time_zone):
        yield from _question_faults(call)


def _question_faults(call: Call) -> Iterator[str]:
    """What is wrong with the days of questions and answers."""
    last, answers, deadline = (
        call.questions_until,
        call.answers_on,
        day_of(call.deadline_at, call.zone),
    )
    if answers and not last:
        yield _("Enter the last day for questions, or leave both dates empty.")
    if last and not day_of(call.opens_at, call.zone) <= last <= deadline:
        yield _("Questions can only be asked between the opening and the deadline.")
    if last and answers and not last <= answers <= deadline:
        yield _("Answers must be published after the last question, and by the deadline.")


def _sum_faults(call: Call) -> Iterator[str]:
    if not 0 < call.lowest_minor <= call.highest_minor:
        yield _("The minimum grant must be above 0 and not above the maximum grant.")
    elif call.envelope_minor < call.lowest_minor:
        yield _("The total amount available must be at least the minimum grant.")
    if call.approvers is not None and not 1 <= call.approvers <= MOST_APPROVERS:
        yield _("Enter 1 to %(most)s approving officers, and amounts in USD.", most=MOST_APPROVERS)
    if call.months < 1 or call.reviewers < 0 or not 0 <= call.pass_mark <= 100:
        yield _("Months must be 1 or more, reviews 0 or more, and the minimum score 0 to 100.")
    if call.least_months is not None and not 1 <= call.least_months <= call.months:
        yield _("The minimum duration must be 1 month or more, and not above the maximum.")
    if any(
        years is not None and years < 1 for years in (call.experience_years, call.years_in_a_row)
    ):
        yield _("Years of experience and years in a row must be 1 or more, or left empty.")
    if call.applications_per_organisation < 1:
        yield _("Each organisation must be allowed at least 1 application.")


def _scoring_faults(call: Call) -> Iterator[str]:
    weights = [criterion["weight"] for criterion in call.criteria]
    if sum(weights) != 100 or any(weight <= 0 for weight in weights):
        yield _("The weights of the criteria add up to %(sum)s, not to 100.", sum=sum(weights))
    if not call.criteria:
        yield _("Enter at least one criterion.")
    if not call.eligibility:
        yield _("Enter at least one line of the eligibility checklist.")
    for rows in (call.criteria, call.eligibility):
        times = Counter(row["key"] for row in rows)
        twice = {row["key"]: in_language(row["label"]) for row in rows if times[row["key"]] > 1}
        yield from (_("Enter “%(label)s” only once.", label=label) for label in twice.values())


def _translation_faults(call: Call) -> Iterator[str]:
    """What of the call's own text is missing in a language that it has chosen, and in which some
    of it is published.
    """
    texts: dict[str, list[Mapping[str, str]]] = {
        _("Title"): [call.title],
        _("Purpose of the call"): [call.summary],
    }
    for row in (*call.criteria, *call.eligibility):
        words = [row[part] for part in TEXTS if row.get(part, {}).get("en")]
        texts[f"“{in_language(row['label'])}”"] = words
    codes = {code for text in (call.title, call.summary) for code in text if text[code].strip()}
    for language in sorted(codes & set(call.languages) - {"en"}):
        names = [
            name
            for name, words in texts.items()
            if not all(label.get(language, "").strip() for label in words)
        ]
        if names:
            yield _(
                "Not translated into %(language)s: %(names)s",
                language=language_name(language),
                names=spaced(";").join(names),
            )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True
