"""What is filled in about the assurance of a grant, and about a visit, a spot check or an audit."""

from collections.abc import Mapping, Sequence

from grants.core.kernel import clock
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.money import Money
from grants.core.people.models import Person
from grants.granting.findings.forms import EVIDENCE
from grants.granting.monitoring.models import Activity, ActivityKind, AssurancePlan, AssuranceRules
from grants.granting.monitoring.service import ActivityFacts
from grants.granting.monitoring.workflow import ACTIVITY
from grants.platform.forms.fields import (
    AmountField,
    CheckboxesField,
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

UNFINISHED = "unfinished"


class PlanForm(CarefulForm):
    """How a grant is looked at."""

    kinds = CheckboxesField(
        _l("How will the grant be checked?"),
        ActivityKind,
        hint=_l("Leave all boxes empty if nothing is needed."),
    )
    reason = LongTextField(
        _l("Reason"),
        hint=_l("Needed where the plan is not as proposed."),
        limit=1000,
        rows=4,
    )
    certain = no_victim_box()


def plan_form(plan: AssurancePlan | None, proposed: Sequence[ActivityKind]) -> PlanForm:
    """The form with the plan as decided, or as proposed."""
    return PlanForm(data={"kinds": plan.chosen if plan else list(proposed)})


class ActivityForm(CarefulForm):
    """By when, what for, and who holds it."""

    version = HiddenField()
    kind = RadioField(_l("What is planned?"), ActivityKind, required=True)
    due_on = DateField(_l("Due"), first=clock.today, required=True)
    purpose = LongTextField(_l("Purpose"), required=True, limit=1000, rows=3)
    lead = SelectField(_l("Who leads it?"), (), required=True)
    others = TextField(
        _l("Who else will take part?"),
        hint=_l("Colleagues, an interpreter, the audit firm."),
        limit=300,
    )
    certain = no_victim_box()

    def facts(self, leads: Sequence[Person], kind: ActivityKind | None = None) -> ActivityFacts:
        """As the act takes it."""
        lead = next(person for person in leads if str(person.id) == self.lead.data)
        return ActivityFacts(
            kind or ActivityKind.of(self.kind.data),
            self.due_on.data,
            self.purpose.data,
            lead,
            self.others.data or "",
        )


def activity_form(leads: Sequence[Person], activity: Activity | None = None) -> ActivityForm:
    """The form with the people who may hold it; filled in with a plan that is to be changed."""
    choices = [(str(person.id), person.name) for person in leads]
    lead = SelectField(_l("Who leads it?"), choices, required=True)
    kind: type[ActivityForm] = type("ActivityFormOfGrant", (ActivityForm,), {"lead": lead})
    if activity is None:
        return kind()
    form = kind(
        data={
            "version": activity.version,
            "due_on": activity.due_on,
            "purpose": activity.purpose,
            "lead": str(activity.lead_id),
            "others": activity.others,
        }
    )
    del form["kind"]
    return form


class AnnounceForm(Form):
    """When and where."""

    version = HiddenField()
    day = DateField(_l("Day"), first=clock.today, required=True)
    place = TextField(
        _l("Place"),
        hint=_l("An office or a town. Never give the location of a shelter."),
        limit=200,
        required=True,
    )


class HoldForm(Form):
    """When it was."""

    version = HiddenField()
    day = DateField(_l("Carried out on"), last=clock.today, required=True)


class ReportForm(CarefulForm):
    """What was seen, and what is recommended."""

    version = HiddenField()
    text = LongTextField(
        _l("What was seen"),
        hint=_l("Do not name victims or give the location of a shelter. Note findings separately."),
        required=True,
        limit=8000,
    )
    recommendation = LongTextField(_l("Recommendation"), limit=2000)
    file = FileField(
        _l("Report as a file"),
        hint=_l("Remove the names of victims first."),
        accept=EVIDENCE,
    )
    certain = no_victim_box()


def report_form(activity: Activity) -> ReportForm:
    """The form with what is written so far."""
    facts = {"text": activity.report, "recommendation": activity.recommendation}
    return ReportForm(data={**facts, "version": activity.version})


class CloseForm(CarefulForm):
    """What the fund concludes."""

    version = HiddenField()
    conclusion = LongTextField(
        _l("Conclusion"), hint=_l("The organisation will read it with the report."), limit=2000
    )
    certain = no_victim_box()


class RulesForm(Form):
    """From which amounts on a fund looks at its grants, and why."""

    visit = AmountField(_l("A visit for grants above"), currency="USD", zero=True, required=True)
    spot_check = AmountField(
        _l("A spot check for grants above"), currency="USD", zero=True, required=True
    )
    audit = AmountField(_l("An audit for grants above"), currency="USD", zero=True, required=True)
    reason = LongTextField(_l("Reason"), required=True, limit=1000, rows=4)

    def amounts(self) -> Mapping[ActivityKind, Money]:
        """As the act takes them."""
        return {kind: self[kind.value].data for kind in ActivityKind}


def rules_form(rules: AssuranceRules) -> RulesForm:
    """The form with the rules that hold."""
    return RulesForm(data={kind.value: rules.above(kind) for kind in ActivityKind})


def _state_choices() -> list[tuple[str, str]]:
    first = [
        (UNFINISHED, str(_l("Not finished"))),
        ("late", str(_p("work", "Overdue"))),
        ("done", str(_l("With a report"))),
    ]
    return [*first, *((state.value, str(name.staff)) for state, name in ACTIVITY.names.items())]


class ActivitiesFilter(QueryForm):
    """Which of them the fund's people look at."""

    opens_on = ("state", UNFINISHED)
    q = TextField(_l("Organisation, grant or number"), limit=100)
    state = SelectField(_l("Status"), _state_choices)
    kind = SelectField(_l("Kind"), ActivityKind.choices)
