"""What is filled in at the end of a grant."""

from datetime import timedelta

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import Money
from grants.granting.closure.models import ClosingStatement
from grants.granting.closure.service import Asset
from grants.granting.recovery.forms import DAYS, REASON_IN_LETTER
from grants.platform.forms.fields import (
    AmountField,
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    Row,
    RowsField,
    TextField,
)
from grants.platform.forms.forms import Form

PAPER = (".pdf",)


class CloseForm(Form):
    """The version of the grant that the page showed."""

    version = HiddenField()


class AskBackForm(Form):
    """By when several organisations are to send back what they did not spend, and why."""

    due_on = DateField(_l("To be received by"), required=True)
    reason = LongTextField(_l("Reason"), hint=REASON_IN_LETTER, required=True, limit=2000, rows=4)

    @classmethod
    def usual(cls) -> "AskBackForm":
        """The day that is usual is proposed."""
        return cls(data={"due_on": clock.today() + timedelta(DAYS)})


class AssetRow(Row):
    what = TextField(_l("Asset"), required=True, limit=200)
    value = AmountField(_p("asset", "Value"), currency="USD", required=True)
    becomes = TextField(_l("What happens to it after the grant"), required=True, limit=300)


class StatementForm(Form):
    """Assets bought with the grant, and what was learnt."""

    assets = RowsField(
        AssetRow,
        _l("Assets bought with the grant"),
        hint=_l(
            "Things of lasting value, such as a vehicle or a computer. Leave "
            "empty if there are none."
        ),
        least=0,
        most=30,
        add_label=_l("Add an asset"),
    )
    lessons = LongTextField(
        _l("Lessons learnt"),
        hint=_l("What worked, what did not, and what you would do differently."),
        required=True,
        limit=4000,
        rows=8,
    )

    @classmethod
    def showing(cls, statement: ClosingStatement | None) -> "StatementForm":
        """What was stated before."""
        if statement is None:
            return cls()
        rows = [{**row, "value": Money.parse(row["value"], "USD")} for row in statement.assets]
        return cls(data={"assets": rows, "lessons": statement.lessons})

    @property
    def stated(self) -> list[Asset]:
        return [Asset(row["what"], row["value"], row["becomes"]) for row in self.assets.data or ()]


class CertificateForm(Form):
    """The certificate of audit."""

    file = FileField(_l("Certificate of audit"), accept=PAPER, required=True)
