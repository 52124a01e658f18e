"""What is filled in about the agreement with a donor: offered, signed, sent back, its condition."""

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.giving.pledges.service import Agreement
from grants.platform.forms.fields import (
    CheckboxField,
    DateField,
    FileField,
    LongTextField,
)
from grants.platform.forms.forms import Form


class AcknowledgeForm(Form):
    """Why the fund accepts more earmarks than it wants; not asked of other pledges."""

    reason = LongTextField(
        _l("Why does the fund accept it?"),
        hint=_l("It will be kept on record. The donor will not see it."),
        limit=1000,
        rows=3,
    )


class OfferForm(Form):
    """What has to stand in the agreement besides what was pledged."""

    condition = LongTextField(
        _l("Is there a condition that must be met first?"),
        hint=_l("As it should appear in the agreement. Leave empty if there is none."),
        limit=1000,
        rows=4,
    )


class NoteForm(Form):
    """The note verbale, or another letter that announces the pledge."""

    file = FileField(
        _l("The note verbale or letter"),
        hint=_l("A PDF, signed or with the seal."),
        accept=(".pdf",),
        required=True,
    )


class AgreementForm(Form):
    """The signed agreement with a donor."""

    signed_on = DateField(
        _l("On what date was it signed?"),
        hint=_l("Enter the date of the last signature. The exchange rate on that date applies."),
        last=clock.today,
        required=True,
    )
    file = FileField(
        _l("The signed agreement"),
        hint=_l("If you do not choose a file, the one uploaded by the donor is used."),
        accept=(".pdf",),
    )
    conditional = CheckboxField(
        _l("The contribution is subject to a condition"),
        hint=_l(
            "It is recognised as revenue only when you record that the condition has been met."
        ),
    )

    def agreement(self) -> Agreement:
        """Without the file, which is kept when the act is performed."""
        return Agreement(self.signed_on.data, bool(self.conditional.data))


class ConditionForm(Form):
    """The day a condition was met."""

    on = DateField(_l("On what date was the condition met?"), last=clock.today, required=True)


class SendBackForm(Form):
    """Why a signed agreement cannot be recorded."""

    reason = LongTextField(
        _l("What is wrong with the signed agreement?"),
        hint=_l("The donor will see this. For example: the second page is not signed."),
        required=True,
        limit=1000,
        rows=4,
    )
