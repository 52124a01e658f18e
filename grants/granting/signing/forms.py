"""Signing, and how a fund has it done, as typed."""

from grants.core.kernel.language import lazy_gettext as _l
from grants.granting.signing.rules import Rules
from grants.granting.signing.workflow import Side
from grants.platform.forms.fields import CheckboxField, HiddenField, NumberField, RadioField
from grants.platform.forms.forms import Form
from grants.platform.signatures.forms import code_field, function_field


class AcceptForm(Form):
    """An officer signs online, in the own name."""

    version = HiddenField()
    function = function_field(_l("For example: Fund Manager."))
    agreed = CheckboxField(_l("I have read this document and sign it for the fund."), required=True)


class SeveralForm(Form):
    """An officer signs several papers online, in the own name."""

    function = function_field(_l("For example: Fund Manager."))
    agreed = CheckboxField(
        _l("I have read each of these documents and sign them for the fund."), required=True
    )


class CodeForm(Form):
    """A signatory of the grantee signs online, in the own name, with a code sent by e-mail."""

    version = HiddenField()
    function = function_field(_l("For example: Executive Director."))
    code = code_field()
    agreed = CheckboxField(
        _l("I have read this document and sign it for my organisation."), required=True
    )


class RulesForm(Form):
    """How a fund has its agreements and amendments signed."""

    version = HiddenField()
    first = RadioField(
        _l("Which side signs first?"),
        choices=[(side.value, side.label) for side in Side],
        required=True,
    )
    days_to_sign = NumberField(
        _l("Within how many days must the grantee sign?"),
        hint=_l(
            "After that an award lapses, and its money is available again. Enter 0 if awards do "
            "not lapse."
        ),
        most=365,
        required=True,
    )
    needs_clearance = CheckboxField(
        _l("Documents are sent for signature only after legal clearance")
    )
    asks_budget = CheckboxField(
        _l(
            "Grantees revise their budget to the awarded amount before the agreement "
            "is sent for signature"
        )
    )
    asks_finance = CheckboxField(
        _l("Grantees answer the finance questionnaire before the agreement is sent for signature")
    )

    @classmethod
    def showing(cls, rules: Rules, version: int) -> "RulesForm":
        return cls(
            data={
                "version": str(version),
                "first": rules.first.value,
                "days_to_sign": rules.days_to_sign,
                "needs_clearance": rules.needs_clearance,
                "asks_budget": rules.asks_budget,
                "asks_finance": rules.asks_finance,
            }
        )

    def rules(self) -> Rules:
        """What was typed."""
        return Rules(
            Side(self.first.data),
            bool(self.needs_clearance.data),
            int(self.days_to_sign.data),
            bool(self.asks_budget.data),
            bool(self.asks_finance.data),
        )
