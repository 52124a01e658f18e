"""What reviewers and those who assign them fill in."""

import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.deciding.reviews.candidates import Candidate
from grants.deciding.reviews.drafting import Draft, Mark
from grants.deciding.reviews.models import Review
from grants.deciding.reviews.scoring import HIGHEST, MARKS, weighted_total
from grants.platform.forms.fields import (
    CheckboxesField,
    CheckboxField,
    HiddenField,
    LongTextField,
    RadioField,
    TextField,
)
from grants.platform.forms.forms import Form
from grants.platform.forms.typed import counted

REASON_LIMIT = 2000


class DeclareForm(Form):
    """The declaration before an application opens."""

    declared = CheckboxField(
        _l(
            "I declare that I have no conflict of interest. Neither I nor any person close "
            "to me has worked for, advised, funded or competed with this applicant, or "
            "stands to benefit from the decision."
        ),
        required=True,
        missing=_l("Tick the box if this is true. If it is not, recuse yourself."),
    )


class BlindDeclareForm(DeclareForm):
    """The declaration of a reviewer who is not told which organisation applies."""

    declared = CheckboxField(
        _l(
            "I declare that I do not recognise the applicant and that, as far as I "
            "can tell from the title and the country, I have no conflict of interest."
            " If I recognise the applicant later, I will say so and recuse myself."
        ),
        required=True,
        missing=_l("Tick the box if this is true. If it is not, recuse yourself."),
    )


def declare_form(review: Review) -> DeclareForm:
    return BlindDeclareForm() if review.application.call.blind else DeclareForm()


class ConfirmForm(Form):
    """A confirmation, without questions, of a review as it was shown."""

    version = HiddenField()


class ReopenForm(Form):
    """Why a review is to be scored again."""

    version = HiddenField()
    reason = LongTextField(
        _l("Why should the application be scored again?"),
        hint=_l("The reviewer will see this in an e-mail and above the scores."),
        required=True,
        limit=1000,
        rows=4,
    )


class ModerationForm(Form):
    """What the chair of the panel says."""

    chair = TextField(_l("Chair of the panel"), required=True, limit=200)
    note = LongTextField(
        _l("Note on the reviews"),
        hint=_l("How the panel reads the scores together. The scores do not change."),
        required=True,
        limit=4000,
    )


class AssignForm(Form):
    """Whom to ask to review an application."""

    reviewers = CheckboxesField(_l("Reviewers"), ())

    def chosen(self) -> list[int]:
        return [int(person_id) for person_id in self.reviewers.data]


def assign_form(candidates: Sequence[Candidate], places: int) -> AssignForm:
    """The form with everyone who may be asked, and the work they have already."""
    choices = [
        (
            str(candidate.person.id),
            candidate.person.name,
            _load_text(candidate.waiting, candidate.submitted),
        )
        for candidate in candidates
    ]
    label = _l("Number of reviewers to choose: %(places)s", places=places)
    field = CheckboxesField(label, choices, required=True)
    kind: type[AssignForm] = type("AssignFormOfApplication", (AssignForm,), {"reviewers": field})
    return kind()


def _load_text(waiting: int, submitted: int) -> str:
    return _(
        "%(waiting)s in progress, %(submitted)s submitted", waiting=waiting, submitted=submitted
    )


class ScoreForm(Form):
    """Made by `score_form` for one call's criteria."""

    asks = False
    criteria: Sequence[Mapping[str, Any]] = ()
    version = HiddenField()
    sheet = HiddenField()
    comment = LongTextField(
        _l("Remarks for the secretariat and the Board"),
        hint=_l("If you have any. The applicant does not see them."),
        limit=4000,
        rows=4,
    )

    def rows(self) -> list[tuple[Any, ...]]:
        """Each criterion with its mark, its reason, and what the applicant may be told about it."""
        return [
            (criterion, *(self[f"{name}_{criterion['key']}"] for name in ("mark", "why", "told")))
            for criterion in self.criteria
        ]

    def draft(self) -> Draft:
        """What is marked and written, whatever lacks."""
        marks = {
            criterion["key"]: Mark(
                int(mark.data) if mark.data else None, why.data or "", advice.data or ""
            )
            for criterion, mark, why, advice in self.rows()
        }
        comment, sheet = self.comment.data or "", (self.sheet.data or "")[:32]
        version = counted(self.version.data) if self.version.data else None
        return Draft(marks, comment, version, sheet)

    def is_complete(self) -> bool:
        """Every criterion has its mark and its reason; what lacks is marked."""
        for _criterion, mark, why, _advice in self.rows():
            if not mark.data:
                self.complain(mark.name, _("Enter a score from 0 to %(most)s.", most=HIGHEST))
            if not why.data:
                self.complain(why.name, _("Enter the reason for this score."))
        return not any(field.errors for field in self.questions())

    @property
    def marked(self) -> int:
        """How many criteria have a mark."""
        return sum(1 for _criterion, mark, *_texts in self.rows() if mark.data)

    @property
    def total(self) -> Decimal:
        """The weighted total of the marks given so far, the others counting nothing."""
        marks = {c["key"]: int(mark.data or 0) for c, mark, *_texts in self.rows()}
        return weighted_total(self.criteria, marks)


def score_form(review: Review, *, posted: bool = True) -> ScoreForm:
    """The form of one review: as it was posted, else (or without `posted`) as it was left."""
    criteria = review.application.call.criteria
    drawn: dict[str, Any] = {"criteria": criteria}
    data: dict[str, Any] = {
        "comment": review.comment,
        "version": str(review.version),
        "sheet": secrets.token_hex(8),
    }
    marks = [(str(mark), f"{mark}", str(meaning)) for mark, meaning in MARKS]
    for criterion in criteria:
        key, saved = criterion["key"], review.scores.get(criterion["key"], {})
        drawn[f"mark_{key}"] = RadioField(
            in_language(criterion["label"]),
            marks,
            hint=in_language(criterion.get("help", {})),
            inline=True,
        )
        drawn[f"why_{key}"] = LongTextField(_l("Reason for this score"), limit=REASON_LIMIT, rows=3)
        drawn[f"told_{key}"] = LongTextField(
            _l("Feedback for the applicant"),
            hint=_l("The secretariat may send it, edited and without your name."),
            limit=REASON_LIMIT,
            rows=3,
        )
        data[f"told_{key}"] = saved.get("feedback", "")
        score = saved.get("score")
        data[f"mark_{key}"] = None if score is None else str(score)
        data[f"why_{key}"] = saved.get("reason", "")
    kind: type[ScoreForm] = type("ScoreFormOfCall", (ScoreForm,), drawn)
    if posted:
        return kind(data=data, require=False)
    return kind(None, data=data, require=False)
