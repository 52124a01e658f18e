"""What is filled in about the agreement with a donor: offered, signed, sent back, its condition."""

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.giving.pledges.service import Agreement
from grants.platform.web.fields import CheckboxField, DateField, FileField, LongTextField
from grants.platform.web.forms import Form


class OfferForm(Form):
    """What has to stand in the agreement besides what was pledged."""

    condition = LongTextField(
        _l("Is there a condition that has to be met first?"),
        hint=_l("As the agreement is to say it. Leave it empty if there is none."),
        limit=1000,
        rows=4,
    )


class AgreementForm(Form):
    """The signed agreement with a donor."""

    signed_on = DateField(
        _l("On which day was it signed?"),
        hint=_l("The last signature counts. Its rate of exchange is that of this day."),
        last=clock.today,
        required=True,
    )
    file = FileField(
        _l("The signed agreement"),
        hint=_l("If you choose none, the file that the donor handed in is kept."),
        accept=(".pdf",),
        limit=_l("10 MB"),
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

    on = DateField(_l("On which day was the condition met?"), last=clock.today, required=True)


class SendBackForm(Form):
    """Why a signed agreement cannot be recorded."""

    reason = LongTextField(
        _l("What is wrong with the signed agreement?"),
        hint=_l("The donor reads it. For example: the second page is not signed."),
        required=True,
        limit=1000,
        rows=4,
    )
