"""What is filled in about a finding."""

from collections.abc import Sequence
from datetime import timedelta

from flask import request

from grants.core.kernel import clock
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import usd
from grants.core.people.models import Person
from grants.granting.findings.models import Finding, Source
from grants.granting.findings.queries import Refund
from grants.granting.findings.service import Observation
from grants.granting.findings.workflow import FINDING, Severity
from grants.granting.recovery.forms import DAYS
from grants.granting.reporting.models import Report
from grants.platform.forms.fields import (
    AmountField,
    DateField,
    FileField,
    HiddenField,
    LongTextField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.questions.careful import CarefulForm, no_victim_box

EVIDENCE = (".pdf", ".docx", ".xlsx", ".png", ".jpg", ".jpeg")
Owners = tuple[Sequence[Person], Sequence[Person]]
UNFINISHED = "unfinished"


class ObservationForm(CarefulForm):
    """A finding that is noted."""

    origin = SelectField(_l("Source of the finding"), (), required=True)
    observation = LongTextField(
        _l("What did you observe?"),
        hint=_l("The organisation will read it. Do not name victims."),
        required=True,
        limit=4000,
    )
    severity = RadioField(
        _l("Severity"),
        Severity,
        hint=_l("A finding of high severity blocks every payment of the grant until it is closed."),
        required=True,
    )
    ineligible = AmountField(
        _l("Ineligible amount"),
        currency="USD",
        zero=True,
        hint=_l(
            "Spent contrary to the agreement, as far as you know. Leave empty if there is none."
        ),
    )
    owner = SelectField(_l("Who answers?"), (), required=True)
    due_on = DateField(_l("Due"), first=clock.today, required=True)
    certain = no_victim_box()

    def observed(
        self, people: Owners, reports: Sequence[Report], source: Source | None = None
    ) -> Observation:
        """As the act takes it; `source` where the form does not ask from what it comes."""
        origin = "" if source else self.origin.data
        code, _dot, number = origin.partition(":")
        return Observation(
            self.observation.data,
            self.severity.data,
            owner_of(people, self.owner.data),
            self.due_on.data,
            source or Source.of(code),
            next((report for report in reports if str(report.number) == number), None),
            self.ineligible.data or usd(0),
        )


def owner_of(people: Owners, number: str) -> Person:
    """The person who was chosen."""
    return next(person for side in people for person in side if str(person.id) == number)


def owner_choices(people: Owners) -> list[tuple[str, str]]:
    """The grantee's people first, each with the side they answer for."""
    grantee, fund = people
    return [
        *((str(p.id), _("%(name)s, of the organisation", name=p.name)) for p in grantee),
        *((str(p.id), _("%(name)s, of the fund", name=p.name)) for p in fund),
    ]


def observation_form(people: Owners, reports: Sequence[Report]) -> ObservationForm:
    """The form with the people who may answer, and the reports of the grant."""
    origins = [
        *((f"report:{r.number}", _("Report %(number)s", number=r.number)) for r in reports),
        *(item for item in Source.choices() if item[0] != Source.REPORT.value),
    ]
    fields = {
        "origin": SelectField(_l("Source of the finding"), origins, required=True),
        "owner": SelectField(_l("Who answers?"), owner_choices(people), required=True),
    }
    kind: type[ObservationForm] = type("ObservationFormOfGrant", (ObservationForm,), fields)
    return kind(data={"origin": request.args.get("from")})


class HandOverForm(CarefulForm):
    """Another owner, or another day."""

    version = HiddenField()
    owner = SelectField(_l("Who answers?"), (), required=True)
    due_on = DateField(_l("Due"), first=clock.today, required=True)
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)
    certain = no_victim_box()


def hand_over_form(people: Owners, finding: Finding) -> HandOverForm:
    """The form with the people who may answer, filled in with what holds now."""
    owner = SelectField(_l("Who answers?"), owner_choices(people), required=True)
    kind: type[HandOverForm] = type("HandOverFormOfGrant", (HandOverForm,), {"owner": owner})
    data = {"version": finding.version, "owner": str(finding.owner_id), "due_on": finding.due_on}
    return kind(data=data)


class AnswerForm(CarefulForm):
    """What was done about a finding."""

    version = HiddenField()
    text = LongTextField(
        _l("What was done about it?"),
        hint=_l("Say what changed, since when, and how this can be seen. Do not name victims."),
        required=True,
        limit=4000,
    )
    file = FileField(
        _l("Evidence"),
        hint=_l("Remove the names of victims first. You can add more files afterwards."),
        accept=EVIDENCE,
    )
    certain = no_victim_box()


class FileForm(Form):
    """One more file."""

    file = FileField(
        _l("Evidence"),
        hint=_l("Remove the names of victims first."),
        accept=EVIDENCE,
        required=True,
    )


class ReasonForm(CarefulForm):
    """Why, in words that the owner reads."""

    version = HiddenField()
    reason = LongTextField(
        _l("Reason"),
        hint=_l("The person who answers the finding will receive this reason by e-mail."),
        required=True,
        limit=2000,
    )
    certain = no_victim_box()


class CloseForm(CarefulForm):
    """What the fund concludes."""

    version = HiddenField()
    conclusion = LongTextField(
        _l("Conclusion"),
        hint=_l("Say why the answer is sufficient. The organisation will read it."),
        required=True,
        limit=2000,
    )
    certain = no_victim_box()


class ClaimForm(CarefulForm):
    """How much is asked back, and why."""

    version = HiddenField()
    amount = AmountField(_l("Amount to be refunded"), currency="USD", required=True)
    due_on = DateField(_l("To be received by"), required=True)
    conclusion = LongTextField(
        _l("Conclusion"),
        hint=_l("Say why it is ineligible. The letter to the organisation gives this reason."),
        required=True,
        limit=2000,
    )
    certain = no_victim_box()


def claim_form(finding: Finding) -> ClaimForm:
    """The form, filled in with the amount that seemed ineligible."""
    amount = finding.ineligible if finding.ineligible_minor else None
    due_on = clock.today() + timedelta(DAYS)
    return ClaimForm(data={"version": finding.version, "amount": amount, "due_on": due_on})


class SettleForm(Form):
    """The refund that brought the money."""

    version = HiddenField()
    refund = RadioField(_l("Refund"), (), required=True)


def settle_form(finding: Finding, refunds: Sequence[tuple[Refund, str]]) -> SettleForm:
    """The form with the refunds of the grant, each in words."""
    choices = [(str(refund.id), words) for refund, words in refunds]
    refund = RadioField(_l("Refund"), choices, required=True)
    kind: type[SettleForm] = type("SettleFormOfGrant", (SettleForm,), {"refund": refund})
    return kind(data={"version": finding.version})


def _state_choices() -> list[tuple[str, str]]:
    first = [(UNFINISHED, str(_l("Not closed"))), ("late", str(_p("work", "Overdue")))]
    return [*first, *((state.value, str(name.staff)) for state, name in FINDING.names.items())]


class RegisterFilter(QueryForm):
    """Which findings the fund's people look at."""

    opens_on = ("state", UNFINISHED)
    q = TextField(_l("Organisation, grant or finding"), limit=100)
    state = SelectField(_l("Status"), _state_choices)
    severity = SelectField(_l("Severity"), Severity.choices)
    source = SelectField(_l("Source of the finding"), Source.choices)
