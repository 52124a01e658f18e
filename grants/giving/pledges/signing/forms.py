"""Signing a contribution agreement online, as typed."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.platform.forms.fields import CheckboxField, HiddenField
from grants.platform.forms.forms import Form
from grants.platform.signatures.forms import code_field, function_field


class DonorCodeForm(Form):
    """A signatory of the donor signs in the own name, with a code sent by e-mail."""

    version = HiddenField()
    function = function_field(_l("For example: Ambassador, Permanent Representative."))
    code = code_field()
    agreed = CheckboxField(
        _l("I have read this agreement and sign it for the donor."), required=True
    )


class CountersignForm(Form):
    """An officer signs in the own name."""

    version = HiddenField()
    function = function_field(_l("For example: Fund Manager."))
    agreed = CheckboxField(
        _l("I have read this agreement and sign it for the fund."), required=True
    )
