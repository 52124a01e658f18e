"""The way of an application through a call, from its submission to the letter: its settings."""

from dataclasses import dataclass

from grants.applying.calls.models import Call
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.core.kernel.taxonomies import Encounter
from grants.core.texts.formats import plain_moment


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a call, and in a sentence what happens there."""

    title: str
    text: str


def way_of(call: Call) -> list[Stage]:
    """The stages that an application to this call goes through, in the language of the reader."""
    stages = [
        *_invited_stage(call),
        Stage(_("Submission"), _("Before the deadline.")),
        Stage(_("Screening"), _screening_text(call)),
    ]
    if call.reviewers:
        stages.append(Stage(_("Review"), _review_text(call)))
    if call.second_stage:
        return [*stages, *_inviting_stages(call.second_stage)]
    if call.visit:
        stages.append(Stage(Encounter.of(call.visit).label, _visit_text(call)))
    stages.append(Stage(_("Recommendation"), _recommendation_text(call)))
    if call.board_advises:
        stages.append(
            Stage(
                _("Advice of the Board"), _("The Board of Trustees advises on each recommendation.")
            )
        )
    stages.append(Stage(_("Decision"), _decision_text(call)))
    stages.append(
        Stage(_("Letters"), _("Every applicant is notified of the decision, with the reasons."))
    )
    return stages


def _invited_stage(call: Call) -> list[Stage]:
    """Before a full proposal there was a concept note."""
    if call.first_stage is None:
        return []
    words = _("Organisations whose concept note was chosen are invited to send a full proposal.")
    return [Stage(_("Invitation"), words)]


def _inviting_stages(second: Call) -> list[Stage]:
    """What follows a concept note: the invitation, and the way of the full proposal."""
    invitation = _(
        "The secretariat invites the best concept notes. Every applicant is notified, with the "
        "reasons."
    )
    until = plain_moment(second.deadline_at, second.time_zone)
    written = _(
        "By invitation, until %(deadline)s. What the concept note says is carried over.",
        deadline=until,
    )
    return [
        Stage(_("Invitation"), invitation),
        Stage(_("Full proposal"), written),
        *way_of(second)[2:],
    ]


def _screening_text(call: Call) -> str:
    words = _("The secretariat checks each eligibility criterion.")
    if call.second_screener:
        second = _("A second person confirms what was found.")
        return f"{words} {second}"
    return words


def _review_text(call: Call) -> str:
    words = ngettext(
        "%(num)s reviewer scores each application against the criteria.",
        "%(num)s reviewers score each application against the criteria.",
        call.reviewers,
    )
    if call.divergence is None:
        return words
    more = _(
        "If their scores differ by more than %(points)s points, one more reviewer scores it.",
        points=call.divergence,
    )
    return f"{words} {more}"


def _visit_text(call: Call) -> str:
    if call.visit == Encounter.INTERVIEW:
        return _("The secretariat interviews each applicant before it recommends an award.")
    return _("The secretariat visits each applicant before it recommends an award.")


def _recommendation_text(call: Call) -> str:
    if not call.reviewers:
        return _("The secretariat recommends awards from among the eligible applications.")
    return _(
        "The secretariat recommends awards from among the applications that score "
        "%(mark)s or more out of 100.",
        mark=call.pass_mark,
    )


def _decision_text(call: Call) -> str:
    return ngettext(
        "At least %(num)s approving officer approves each award.",
        "At least %(num)s approving officers approve each award.",
        call.approvers or 1,
    )
