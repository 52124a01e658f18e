"""The page on which an application is begun, and where the organisation stands in the call."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue

from grants.applying.applications.forms import BeginForm
from grants.applying.applications.models import Application
from grants.applying.applications.places import allowed, begun_meanwhile, invited_notes
from grants.applying.applications.queries import standing_applications
from grants.applying.calls.models import Call
from grants.applying.calls.queries import call_for_viewer
from grants.applying.drafts.eligibility import asked_before, obstacles
from grants.applying.drafts.papers import needed
from grants.applying.organisations.queries import applying_organisations
from grants.applying.writing.pages import pages, to
from grants.applying.writing.team import begin_draft
from grants.core.kernel import clock
from grants.core.kernel.language import current_language, ngettext
from grants.core.people.models import Organisation
from grants.platform.web.access import signed_in, this_act, viewer
from grants.platform.web.acts import attempt
from grants.platform.web.database import session


@dataclass(frozen=True, slots=True)
class BegunApplications:
    """What an organisation has begun in a call, and how many it may begin."""

    organisation: Organisation
    applications: Sequence[Application]
    most: int

    @classmethod
    def of(cls, call: Call, organisation: Organisation) -> "BegunApplications":
        applications = standing_applications(session(), call.id, organisation.id)
        return cls(organisation, applications, allowed(session(), call, organisation.id))

    @property
    def is_full(self) -> bool:
        """Can it begin no more, where it could begin more than one?"""
        return 1 < self.most <= len(self.applications)

    @property
    def seen(self) -> int:
        """The highest id that the page shows; where one application is the most, it leads there."""
        return max(
            (application.id for application in self.applications if self.most > 1), default=0
        )


@pages.route("/calls/<reference>/apply", methods=["GET", "POST"])
@signed_in
def begin(reference: str) -> ResponseReturnValue:
    """Choose the organisation and begin, or go on where it has begun already."""
    call = call_for_viewer(session(), reference, viewer())
    options = [
        BegunApplications.of(call, house) for house in applying_organisations(session(), viewer())
    ]
    offered = (
        options
        if request.method == "POST"
        else [option for option in options if not option.is_full]
    )
    form = BeginForm.offering(
        [(option.organisation.code, option.organisation.name) for option in offered],
        asked_before(call),
        max((option.seen for option in options), default=0),
        request.args.getlist("yes"),
    )
    chosen = next(
        (option for option in options if option.organisation.code == form.organisation.data), None
    )
    if chosen and form.is_submitted():  # type: ignore[no-untyped-call]
        note = _find_note(call, chosen.organisation)
        begun = begun_meanwhile(chosen.applications, form.newest_seen(), note)
        if begun is not None:
            return to("standing", begun)
        if chosen.is_full:
            return _not_eligible(call, chosen.organisation, form)
    if chosen and form.validate_on_submit():
        return _begin_draft(call, chosen.organisation, form, options)
    return _begin_page(call, form, options)


def _find_note(call: Call, organisation: Organisation) -> Application | None:
    """The concept note from whose page the person comes."""
    notes = invited_notes(session(), call, organisation.id)
    return next((note for note in notes if note.reference == request.args.get("note")), None)


def _not_eligible(call: Call, organisation: Organisation, form: BeginForm) -> ResponseReturnValue:
    return render_template(
        "applying/writing/not_eligible.html",
        call=call,
        organisation=organisation,
        obstacles=obstacles(session(), call, organisation, form.answers()),
        yes=[key for key, is_yes in form.answers().items() if is_yes],
    )


def _begin_draft(
    call: Call, organisation: Organisation, form: BeginForm, options: Sequence[BegunApplications]
) -> ResponseReturnValue:
    """The new draft; or what stands in the way, and nothing is begun."""
    if obstacles(session(), call, organisation, form.answers()):
        return _not_eligible(call, organisation, form)
    with attempt(form) as (opened, outcome):
        begun = begin_draft(
            opened,
            call,
            organisation,
            this_act(),
            current_language().code,
            highest_id_seen=form.newest_seen(),
            note=_find_note(call, organisation),
        )
    if outcome:
        if begun.from_note:
            flash(_carried_over(begun.from_note), "success")
        if begun.from_profile:
            flash(copied_from_profile(begun.from_profile), "success")
        return to("standing", begun.draft)
    return _begin_page(call, form, options)


def _carried_over(answers: int) -> str:
    return ngettext(
        "%(num)s answer from your concept note has been carried over. Check that it is still true.",
        "%(num)s answers from your concept note have been carried over. Check that "
        "each is still true.",
        answers,
    )


def copied_from_profile(number: int) -> str:
    return ngettext(
        "%(num)s answer or document has been copied from the profile. Check that it is still true.",
        "%(num)s answers and documents have been copied from the profile. Check that each is "
        "still true.",
        number,
    )


def _begin_page(
    call: Call, form: BeginForm, options: Sequence[BegunApplications]
) -> ResponseReturnValue:
    return render_template(
        "applying/writing/begin.html",
        form=form,
        call=call,
        held=options,
        documents=needed(session(), call, options[0].organisation if len(options) == 1 else None),
        takes=call.takes_applications(clock.now()),
    )
