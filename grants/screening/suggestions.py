"""What the answers themselves say about a criterion: a suggestion, never the decision.

A row of the call's checklist names its rule ("rule", or its own key); criteria without a rule are
for a person alone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from grants.applications.models import Application
from grants.kernel.countries import country_name
from grants.kernel.formats import plain_day, plain_money
from grants.kernel.language import gettext as _
from grants.kernel.language import in_language
from grants.kernel.money import usd


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Met, not met, or cannot be told (None), and the facts it rests on."""

    met: bool | None
    because: str


def suggest(criterion: dict[str, Any], application: Application) -> Suggestion | None:
    """The suggestion for one row of the checklist; None where only a person can tell."""
    rule = RULES.get(criterion.get("rule") or criterion["key"])
    return rule(application) if rule else None


def _registered_in_time(application: Application) -> Suggestion:
    latest = application.call.registered_by
    registered = application.organisation.registered_on
    if registered is None:
        return Suggestion(None, _("The organisation gave no date of registration."))
    facts = _("Registered on %(day)s.", day=plain_day(registered))
    if latest is None:
        return Suggestion(True, facts)
    limit = _("The call asks for %(day)s or earlier.", day=plain_day(latest))
    return Suggestion(registered <= latest, f"{facts} {limit}")


def _amount_within_limits(application: Application) -> Suggestion:
    call = application.call
    if application.requested_minor is None:
        return Suggestion(False, _("No amount was asked for."))
    facts = _(
        "Asks for %(amount)s. The call allows %(lowest)s to %(highest)s.",
        amount=plain_money(usd(application.requested_minor)),
        lowest=plain_money(usd(call.lowest_minor)),
        highest=plain_money(usd(call.highest_minor)),
    )
    fits = call.lowest_minor <= application.requested_minor <= call.highest_minor
    return Suggestion(fits, facts)


def _country_allowed(application: Application) -> Suggestion:
    if application.country is None:
        return Suggestion(None, _("No country of implementation was given."))
    country = country_name(application.country)
    if not application.call.countries:
        return Suggestion(True, _("%(country)s. The call is open to all.", country=country))
    allowed = application.country in application.call.countries
    verdict = (
        _("%(country)s is one of the call’s countries.", country=country)
        if allowed
        else _("%(country)s is not one of the call’s countries.", country=country)
    )
    return Suggestion(allowed, verdict)


def _documents_there(application: Application) -> Suggestion:
    there = {file.question for file in application.files if file.removed_at is None}
    missing = [
        in_language(question["label"])
        for question in _required_files(application.call.form)
        if question["key"] not in there
    ]
    if missing:
        return Suggestion(False, _("Missing: %(documents)s.", documents=", ".join(missing)))
    return Suggestion(True, _("Every document that the form asks for is there."))


def _required_files(form: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for section in form.get("sections", ()):
        for question in section.get("questions", ()):
            if question.get("kind") == "file" and question.get("required"):
                yield question


RULES: dict[str, Callable[[Application], Suggestion]] = {
    "registered_in_time": _registered_in_time,
    "amount_within_limits": _amount_within_limits,
    "country_allowed": _country_allowed,
    "documents_there": _documents_there,
}
