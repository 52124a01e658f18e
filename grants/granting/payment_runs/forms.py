"""What is filled in to begin a payment run, to make its files, and to record it as paid."""

from collections.abc import Sequence
from typing import Any

from wtforms.validators import ValidationError

from grants.core.funds.models import BankAccount
from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.granting.payment_runs.files import FACTS, FileKind, faults_of
from grants.platform.forms.fields import (
    CheckboxesField,
    DateField,
    HiddenField,
    LongTextField,
    RadioField,
    TextField,
)
from grants.platform.forms.forms import Form

ELSEWHERE = "elsewhere"


class BeginForm(Form):
    """From which account, and when."""

    account = RadioField(_l("Who pays?"), [], required=True)
    pays_on = DateField(_l("To be paid on"), required=True, first=clock.today)
    total: Any = None

    def __init__(self, accounts: Sequence[BankAccount], **options: Any) -> None:
        self.accounts = accounts
        options.setdefault("data", {"pays_on": clock.today()})
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        banks = [(each.code, f"{each.name or each.code} ({each.code})") for each in self.accounts]
        elsewhere = (ELSEWHERE, str(_l("A treasury or another in-house system")))
        self.account.choices = [*banks, elsewhere]
        super().process(formdata, *args, **options)

    @property
    def chosen(self) -> BankAccount | None:
        return next((each for each in self.accounts if each.code == self.account.data), None)


class PutInForm(Form):
    """Which approved payments come into a run."""

    instalments = CheckboxesField(_l("Which payments?"), [], required=True)

    def __init__(self, offered: Sequence[tuple[str, str, str]], **options: Any) -> None:
        self.offered = offered
        super().__init__(**options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.instalments.choices = self.offered
        super().process(formdata, *args, **options)


class FileForm(Form):
    """In which form the run leaves."""

    version = HiddenField()
    kind = RadioField(
        _l("Which file?"), lambda: [(kind.value, kind.label) for kind in FileKind], required=True
    )


class PaidForm(Form):
    """The day and the one reference under which all of a run was paid."""

    version = HiddenField()
    paid_on = DateField(_l("Paid on"), required=True, last=clock.today)
    bank_reference = TextField(
        _l("The bank’s reference"),
        hint=_l("From the bank statement, or from the treasury or system that paid."),
        required=True,
        limit=80,
        width=20,
    )


def read_columns(text: str) -> list[dict[str, str]]:
    """A column on each line, as “Heading = fact”."""
    columns = []
    for line in text.splitlines():
        head, equals, fact = line.partition("=")
        if line.strip():
            columns.append({"head": head.strip(), "fact": fact.strip() if equals else ""})
    return columns


def written_columns(columns: Sequence[dict[str, str]]) -> str:
    return "\n".join(f"{column['head']} = {column['fact']}" for column in columns)


def _sound_columns(_form: Form, field: Any) -> None:
    columns = read_columns(field.data or "")
    if any(not column["head"] for column in columns):
        raise ValidationError(_("Give each column a heading before the sign “=”."))
    if faults := faults_of(columns):
        raise ValidationError(" ".join(faults))


class ColumnsForm(Form):
    """The columns of CSV and Excel files for another system."""

    columns = LongTextField(
        _l("Columns, one on each line"),
        hint=_l("Heading = field. The fields are: %(facts)s.", facts=", ".join(FACTS)),
        required=True,
        limit=3000,
        rows=16,
        checks=[_sound_columns],
    )
