"""What an application itself says about a criterion: a suggestion, never the decision.

A row of the call's checklist names its rule ("rule", or its own key). Criteria without a rule, and
questions that the form does not ask, are for a person alone.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.applying.calls.models import Call
from grants.core.countries.countries import country_name
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.money import usd
from grants.core.kernel.slots import Slot
from grants.core.texts.formats import plain_day, plain_money
from grants.core.texts.marks import spaced
from grants.platform.questionnaires.form import Form
from grants.platform.questions import YesNo


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Met, not met, or unknown (None), and the facts it rests on."""

    met: bool | None
    because: str


@dataclass(frozen=True, slots=True)
class EarlierGrants:
    """The grants that an organisation was given, and their reports that are overdue, in words."""

    number: int
    overdue: Sequence[str] = ()


GRANTS: Slot[Callable[[Session, Collection[int]], Mapping[int, EarlierGrants]]] = Slot(
    "screening.suggestions.GRANTS"
)
"""How organisations stand with their grants: grants are kept by rooms above."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at: the record, the form, the answers and files that were submitted, and
    the grants that the organisation was given.
    """

    application: Application
    form: Form
    values: Mapping[str, Any]
    files: Mapping[str, int]
    grants: EarlierGrants

    @classmethod
    def of(cls, session: Session, application: Application) -> "Facts":
        return cls.of_all(session, [application])[application.id]

    @classmethod
    def of_all(cls, session: Session, applications: Sequence[Application]) -> Mapping[int, "Facts"]:
        """The facts of several applications at once, by application."""
        (grants_of,) = GRANTS
        grants = grants_of(session, {application.organisation_id for application in applications})
        return {
            application.id: cls._facts_of(application, grants[application.organisation_id])
            for application in applications
        }

    @classmethod
    def _facts_of(cls, application: Application, grants: EarlierGrants) -> "Facts":
        snapshot = application.submission.snapshot if application.submission else {}
        values = {
            key: value
            for section in snapshot.get("answers", {}).values()
            for key, value in section.items()
        }
        files = Counter(file["question"] for file in snapshot.get("files", ()))
        return cls(application, application.call.questionnaire, values, files, grants)


def suggest(criterion: Mapping[str, Any], facts: Facts) -> Suggestion | None:
    """The suggestion for one row of the checklist; None where only a person can judge."""
    rule = RULES.get(criterion.get("rule") or criterion["key"])
    return rule(facts) if rule else None


def _suggest_registered(facts: Facts) -> Suggestion:
    organisation = facts.application.organisation
    if not organisation.registration_number:
        return Suggestion(None, _("The organisation has not given a registration number."))
    text = _(
        "Registered in %(country)s under number %(number)s.",
        country=country_name(organisation.country or ""),
        number=organisation.registration_number,
    )
    return Suggestion(None, text)


def _registered_by(facts: Facts) -> Suggestion:
    latest = facts.application.call.registered_by
    registered = facts.application.organisation.registered_on
    if latest is None:
        return Suggestion(True, _("The call sets no date."))
    if registered is None:
        return Suggestion(None, _("The organisation has not given a date of registration."))
    text = _(
        "Registered on %(day)s. The call requires %(latest)s or earlier.",
        day=plain_day(registered),
        latest=plain_day(latest),
    )
    return Suggestion(registered <= latest, text)


def _suggest_limits(facts: Facts) -> Suggestion:
    """Amount, duration, start and country, each in a sentence."""
    checks = list(_each_limit(facts))
    return Suggestion(all(met for met, _text in checks), " ".join(text for _met, text in checks))


def _each_limit(facts: Facts) -> Iterator[tuple[bool, str]]:
    call, application = facts.application.call, facts.application
    requested = application.requested_minor or 0
    yield (
        call.lowest_minor <= requested <= call.highest_minor,
        _(
            "Requests %(amount)s; grants under this call range from %(lowest)s to %(highest)s.",
            amount=plain_money(usd(requested)),
            lowest=plain_money(usd(call.lowest_minor)),
            highest=plain_money(usd(call.highest_minor)),
        ),
    )
    if (months := facts.form.months(facts.values)) is not None:
        yield _lasts_as_allowed(months, call)
    starts_on = facts.form.fact("starts_on", facts.values)
    if starts_on:
        yield _starts_in_time(date.fromisoformat(starts_on), call)
    if application.country and call.countries:
        allowed = application.country in call.countries
        yield allowed, _said_of_country(application.country, allowed=allowed)


def _lasts_as_allowed(months: int, call: Call) -> tuple[bool, str]:
    least = call.least_months or 1
    text = _("Lasts %(months)s months; at most %(most)s.", months=months, most=call.months)
    if least > 1:
        text = _(
            "Lasts %(months)s months; %(least)s to %(most)s.",
            months=months,
            least=least,
            most=call.months,
        )
    return least <= months <= call.months, text


def _starts_in_time(starts_on: date, call: Call) -> tuple[bool, str]:
    days = {"day": plain_day(starts_on), "latest": plain_day(call.latest_start_on)}
    if call.earliest_start_on is None:
        return starts_on <= call.latest_start_on, _(
            "Starts on %(day)s; not after %(latest)s.", **days
        )
    earliest = plain_day(call.earliest_start_on)
    return call.earliest_start_on <= starts_on <= call.latest_start_on, _(
        "Starts on %(day)s; not before %(earliest)s and not after %(latest)s.",
        earliest=earliest,
        **days,
    )


def _said_of_country(country: str, *, allowed: bool) -> str:
    if allowed:
        return _("%(country)s is one of the call’s countries.", country=country_name(country))
    return _("%(country)s is not one of the call’s countries.", country=country_name(country))


def _suggest_reports(facts: Facts) -> Suggestion:
    """No report on an earlier grant is overdue: the fund's own records say so."""
    if facts.grants.overdue:
        reports = spaced(";").join(facts.grants.overdue)
        return Suggestion(False, _("Overdue: %(reports)s.", reports=reports))
    if not facts.grants.number:
        return Suggestion(True, _("The organisation has had no grant from the fund so far."))
    text = ngettext(
        "No report is overdue on the %(num)s grant of this organisation.",
        "No report is overdue on the %(num)s grants of this organisation.",
        facts.grants.number,
    )
    return Suggestion(True, text)


def _suggest_documents(facts: Facts) -> Suggestion:
    files = [question for section in facts.form.sections for question in section.files]
    missing = [
        question.title for question in files if question.required and not facts.files[question.key]
    ]
    if missing:
        return Suggestion(False, _("Missing: %(documents)s.", documents=spaced(",").join(missing)))
    return Suggestion(True, _("All documents required by the form have been provided."))


def _papers_rule(key: str, needed: int) -> Callable[[Facts], Suggestion]:
    """A rule that asks for so many files of one question. Fewer, but some: two papers may be in one
    file.
    """

    def rule(facts: Facts) -> Suggestion:
        number = facts.files[key]
        text = ngettext("%(num)s file uploaded.", "%(num)s files uploaded.", number)
        if number >= needed:
            return Suggestion(True, text)
        return Suggestion(None if number else False, text)

    return rule


def _answer_rule(key: str) -> Callable[[Facts], Suggestion | None]:
    """What was answered to a question; yes or no settles it."""

    def rule(facts: Facts) -> Suggestion | None:
        question = next(
            (candidate for candidate in facts.form.questions if candidate.key == key), None
        )
        if question is None or (value := facts.values.get(key)) is None:
            return None
        yes_no = isinstance(question, YesNo)
        answer = (_("Yes") if value else _("No")) if yes_no else value
        text = _("“%(question)s” – %(answer)s", question=question.title, answer=answer)
        return Suggestion(bool(value) if yes_no else None, text)

    return rule


RULES: Mapping[str, Callable[[Facts], Suggestion | None]] = {
    "registered": _suggest_registered,
    "registered_by": _registered_by,
    "limits": _suggest_limits,
    "documents": _suggest_documents,
    "reports": _suggest_reports,
    "accounts": _papers_rule("audited_accounts", 1),
    "references": _papers_rule("reference_letters", 2),
    "direct": _answer_rule("direct"),
    "account": _answer_rule("own_account"),
    "safeguarding": _answer_rule("psea_policy"),
    "experience": _answer_rule("experience_years"),
}
ALWAYS_KNOWN = frozenset({"registered_by", "limits", "documents", "reports"})
"""Rules that leave nothing for a person to judge, as far as the organisation has answered."""
