"""The terms of a grant and its signature, as typed."""

from collections.abc import Sequence
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.texts.formats import example_day, language_name
from grants.deciding.awards.models import Award
from grants.granting.agreements.schedule import PlannedInstalment, Schedule
from grants.granting.reporting.schedule import reports_until
from grants.platform.forms.fields import (
    AmountField,
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    NumberField,
    RadioField,
    Row,
    RowsField,
)
from grants.platform.forms.forms import Form

PAPER = (".pdf",)


class InstalmentRow(Row):
    amount = AmountField(_l("Amount"), required=True)
    due_on = DateField(_l("Due on"), required=True)


class ReportRow(Row):
    covers_to = DateField(_l("Period to"), required=True)
    due_on = DateField(_l("Due on"), required=True)


class TermsForm(Form):
    """What will be paid and reported when."""

    version = HiddenField()
    instalments = RowsField(
        InstalmentRow,
        _l("Instalments"),
        hint=_l("In order of payment. They must add up to the award."),
        required=True,
        most=12,
        add_label=_l("Add an instalment"),
    )
    reports = RowsField(
        ReportRow,
        _l("Reports"),
        hint=_l("In chronological order. The last report must cover the grant up to its end date."),
        required=True,
        most=12,
        add_label=_l("Add a report"),
    )

    @classmethod
    def showing(cls, schedule: Schedule, version: int) -> "TermsForm":
        """The terms as they are; a POST fills the form instead."""
        return cls(
            data={
                "version": str(version),
                "instalments": [
                    {"amount": part.amount, "due_on": part.due_on} for part in schedule.instalments
                ],
                "reports": [
                    {"covers_to": report.covers_to, "due_on": report.due_on}
                    for report in schedule.reports
                ],
            }
        )

    def schedule(self, award: Award) -> Schedule:
        """The terms that were typed."""
        rows: Sequence[dict[str, Any]] = self.instalments.data
        ends = [(row["covers_to"], row["due_on"]) for row in self.reports.data]
        return Schedule(
            tuple(PlannedInstalment(row["amount"], row["due_on"]) for row in rows),
            reports_until(award.starts_on, ends),
        )


class SignForm(Form):
    version = HiddenField()
    signed_on = DateField(
        _l("On what date did the last party sign?"),
        required=True,
        last=clock.today,
        hint=_l("For example %(day)s.", day=example_day()),
    )
    document = FileField(_l("The agreement signed by both parties"), accept=PAPER)

    @classmethod
    def about(cls, award: Award) -> "SignForm":
        """The copy may be left out where the organisation has returned one."""
        form = cls(data={"version": award.version})
        form.document.required = award.returned_document is None
        if award.returned_document:
            form.document.hint = _(
                "If you do not choose a file, the one that the organisation returned is used."
            )
        return form


class SendForm(Form):
    """In which language the agreement goes out; made by `send_form` for one fund's languages."""

    version = HiddenField()
    language: RadioField


def send_form(award: Award) -> SendForm:
    """The language in which the organisation applied comes first."""
    spoken = list(dict.fromkeys([*award.fund.languages, "en"]))
    choices = [(code, language_name(code)) for code in spoken]
    field = RadioField(_l("Language of the agreement"), choices, required=True)
    form: type[SendForm] = type("FundSendForm", (SendForm,), {"language": field})
    return form(data={"version": award.version, "language": language_of(award)})


def language_of(award: Award) -> str:
    """The language in which the organisation applied, if the fund writes in it; else English."""
    applied = award.application.language if award.application else "en"
    return applied if applied in award.fund.languages else "en"


class PeriodForm(Form):
    """Another period for a grant that is not signed, and why."""

    version = HiddenField()
    starts_on = DateField(_l("Start date of the grant"), required=True)
    ends_on = DateField(_l("End date of the grant"), required=True)
    reason = LongTextField(
        _l("Reason"),
        hint=_l("The organisation will be notified of the reason."),
        required=True,
        limit=1000,
        rows=3,
    )


class SupportCostForm(Form):
    """Another rate for this grant, and why."""

    percent = NumberField(
        _l("Programme support costs"), most=100, places=2, suffix=_l("per cent"), required=True
    )
    reason = LongTextField(
        _l("Reason"),
        hint=_l("For example, the relevant article of the agreement with the donor."),
        required=True,
        limit=1000,
        rows=3,
    )
