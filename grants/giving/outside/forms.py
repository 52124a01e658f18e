"""What a donor says of a contribution outside the fund, and what staff record of it."""

import secrets

from grants.core.kernel import clock
from grants.core.kernel.language import current_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind
from grants.giving.outside.models import Purpose
from grants.giving.outside.service import Intention
from grants.giving.outside.workflow import OUTSIDE_CONTRIBUTION, OutsideState
from grants.platform.forms.fields import (
    DateField,
    EmailField,
    FileField,
    HiddenField,
    LongTextField,
    MoneyField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form
from grants.platform.forms.of_funds import FundFilter


class IntentionForm(Form):
    """Who would give how much, and for what."""

    purpose = RadioField(
        _l("What is the money for?"), Purpose, missing=_l("Choose a purpose."), required=True
    )
    wording = LongTextField(
        _l("Which programme, or anything else the office should know?"), limit=1000, rows=3
    )
    amount = MoneyField(_l("Amount"), required=True)
    donor = TextField(
        _l("Name of the donor"), limit=200, autocomplete="organization", required=True
    )
    kind = SelectField(
        _l("Type of donor"), DonorKind, missing=_l("Choose the type of donor."), required=True
    )
    contact = TextField(_l("Contact person"), limit=120, autocomplete="name", required=True)
    email = EmailField(_l("E-mail address"), required=True)
    key = HiddenField(default=lambda: secrets.token_urlsafe(24), limit=64)

    def intention(self) -> Intention:
        assert self.amount.data is not None
        return Intention(
            donor=self.donor.data or "",
            kind=self.kind.data,
            contact=self.contact.data or "",
            email=self.email.data or "",
            amount=self.amount.data,
            purpose=self.purpose.data,
            wording=self.wording.data or "",
            language=current_language().code,
            key=self.key.data,
        )


class HandOnForm(Form):
    """The paper that the donor sent, if any."""

    file = FileField(
        _l("The donor’s note or letter"),
        accept=(".pdf",),
        hint=_l(
            "The office opens it from a link in the e-mail. The link expires after 30"
            " days, or once the office has confirmed."
        ),
    )
    version = HiddenField()


class ConfirmForm(Form):
    """When the office confirmed, and under which reference."""

    on = DateField(_l("Confirmed on"), required=True, last=clock.today)
    reference = TextField(_l("Reference of the office"), limit=80)
    version = HiddenField()


class OutsideFilter(FundFilter):
    """Which contributions outside the fund to list."""

    state = SelectField(
        _l("Status"), lambda: [(s.value, OUTSIDE_CONTRIBUTION.names[s].staff) for s in OutsideState]
    )
    fund = SelectField(_l("Fund"))
