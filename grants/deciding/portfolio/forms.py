"""What is filled in to compute a scenario."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from grants.applying.calls.models import Call
from grants.core.kernel.language import in_language
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.money import Money
from grants.core.texts.marks import spaced
from grants.deciding.portfolio.models import Scenario
from grants.deciding.portfolio.scenarios import ScenarioQuestion
from grants.platform.forms.fields import (
    AmountField,
    NumberField,
    Row,
    RowsField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form

BOUNDS = (
    ("at_least", _l("Applications: at least")),
    ("at_most", _l("Applications: at most")),
    ("amount_at_least", _l("US dollars: at least")),
    ("amount_at_most", _l("US dollars: at most")),
    ("share_at_least", _l("Percentage of the money: at least")),
    ("share_at_most", _l("Percentage of the money: at most")),
)
MOST_RULES = 12
WHOLE = Decimal(100)


class ScenarioForm(Form):
    """Made by `scenario_form` for one call."""

    name = TextField(_l("Name of the scenario"), limit=80, required=True)
    envelope = AmountField(
        _l("Amount available"),
        currency="USD",
        required=True,
        hint=_l(
            "The amount that remains under the call. Enter another amount to see "
            "what it would fund."
        ),
    )
    share = NumberField(
        _l("Share of the requested amount"),
        hint=_l("Existing recommendations do not change."),
        least=1,
        most=100,
        suffix=_l("per cent"),
        required=True,
    )
    call: Call

    def asked(self) -> ScenarioQuestion:
        """The question as the act takes it."""
        return ScenarioQuestion(
            self.name.data or "",
            self.envelope.data or Money(0, "USD"),
            int(self.share.data or 0),
            {
                criterion["key"]: self[f"weight_{criterion['key']}"].data
                for criterion in self.call.criteria
            },
            [_rule_of(row) for row in self["rules"].data],
        )

    def weights(self) -> list[Any]:
        """The fields of the weights."""
        return [self[f"weight_{criterion['key']}"] for criterion in self.call.criteria]


def _rule_of(row: Mapping[str, Any]) -> dict[str, str]:
    limit = row["limit"] / WHOLE if row["bound"].startswith("share") else row["limit"]
    return {"trait": row["trait"], "bound": row["bound"], "limit": f"{limit:f}"}


def scenario_form(
    call: Call, labels: Mapping[str, tuple[str, str]], remaining: Money, begun: Scenario | None
) -> ScenarioForm:
    """The form of a call, filled in as an earlier scenario asked, or as the call itself says."""
    traits = [
        (key, f"{question}{spaced(':')}{answer}") for key, (question, answer) in labels.items()
    ]
    columns = {
        "trait": SelectField(_l("Applications with"), lambda: traits, required=True),
        "bound": SelectField(_l("Type of limit"), BOUNDS, required=True),
        "limit": NumberField(_l("Number"), least=0, places=2, required=True),
    }
    row: type[Row] = type("RuleRow", (Row,), columns)
    drawn: dict[str, Any] = {
        f"weight_{criterion['key']}": NumberField(
            in_language(criterion["label"]), least=0, most=100, places=2, required=True
        )
        for criterion in call.criteria
    }
    drawn["rules"] = RowsField(
        row, _l("Rules of balance"), most=MOST_RULES, add_label=_l("Add a rule")
    )
    kind: type[ScenarioForm] = type("ScenarioFormOfCall", (ScenarioForm,), {**drawn, "call": call})
    return kind(data=_form_data(call, remaining, begun))


def _form_data(call: Call, remaining: Money, begun: Scenario | None) -> dict[str, Any]:
    weights_before = begun.weights if begun else {}
    weights = {
        f"weight_{criterion['key']}": Decimal(
            str(weights_before.get(criterion["key"], criterion["weight"]))
        )
        for criterion in call.criteria
    }
    if begun is None:
        return {"envelope": remaining, "share": 100, **weights}
    return {
        "envelope": begun.envelope,
        "share": begun.share,
        "rules": [rule | {"limit": limit_of(rule)} for rule in begun.rules],
        **weights,
    }


def limit_of(rule: Mapping[str, str]) -> Decimal:
    """The limit of a rule as it was typed: a share in per cent."""
    limit = Decimal(rule["limit"])
    typed = limit * WHOLE if rule["bound"].startswith("share") else limit
    return typed.to_integral_value() if typed == typed.to_integral_value() else typed
