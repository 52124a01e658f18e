"""What the fund's people fill in about campaigns and contacts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from grants.core.kernel import clock
from grants.core.kernel.language import LANGUAGES, OFFERED, offered, use_language
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import DonorKind, RegionalGroup
from grants.core.people.models import Person
from grants.giving.donors.models import Contact, ContactRole
from grants.giving.outreach.consents import PaperConsent
from grants.giving.outreach.models import Campaign, CampaignKind, Means, Outcome
from grants.giving.outreach.queries import Criteria
from grants.giving.outreach.service import ContactDetails, NextStep, Plan
from grants.giving.outreach.workflow import CAMPAIGN, CampaignState
from grants.platform.forms.fields import (
    AmountField,
    CheckboxesField,
    DateField,
    FileField,
    LongTextField,
    RadioField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form
from grants.platform.forms.of_funds import FundFilter


class CampaignForm(Form):
    """What a campaign is for, how much it hopes for, and whom it asks."""

    kind = RadioField(_l("What is the occasion?"), CampaignKind, required=True)
    target = AmountField(
        _l("How much should the campaign raise?"), hint=_l("Leave empty if no target has been set.")
    )
    starts_on = DateField(_l("First day"), default=clock.today, required=True)
    ends_on = DateField(_l("Last day"), required=True)
    kinds = CheckboxesField(
        _l("Types of donor"),
        DonorKind,
        hint=_l("Leave empty to choose donors individually."),
    )
    regions = CheckboxesField(
        _l("Regions"),
        RegionalGroup,
        hint=_l("Leave empty to include all regions and donors without a country."),
    )

    roles = CheckboxesField(
        _l("Which of the donors’ contact persons"),
        ContactRole,
        hint=_l(
            "Leave empty to include all contact persons who receive appeals. Select only "
            "“National rapporteur” for the national rapporteurs’ mailing list."
        ),
    )

    @classmethod
    def of(cls, campaign: Campaign) -> "CampaignForm":
        """The form with the saved values."""
        names = {f"name_{code}": text for code, text in campaign.name.items()}
        return cls(
            data={
                **names,
                **{f"text_{code}": text for code, text in campaign.public_text.items()},
                "kind": campaign.kind,
                "target": campaign.target or None,
                "starts_on": campaign.starts_on,
                "ends_on": campaign.ends_on,
                "kinds": [DonorKind.of(code) for code in campaign.kinds],
                "regions": [RegionalGroup.of(code) for code in campaign.regions],
                "roles": [ContactRole.of(code) for code in campaign.roles],
            }
        )

    @classmethod
    def for_world_day(cls, day: date) -> "CampaignForm":
        """The form as proposed for the World Day: from four weeks before it to a month after."""
        names = {}
        for code in offered():
            with use_language(code):
                names[f"name_{code}"] = _(
                    "World Day against Trafficking in Persons %(year)s", year=day.year
                )
        kinds = [DonorKind.MEMBER_STATE, DonorKind.FOUNDATION, DonorKind.PRIVATE]
        return cls(
            data={
                **names,
                "kind": CampaignKind.WORLD_DAY,
                "starts_on": day - timedelta(28),
                "ends_on": day + timedelta(31),
                "kinds": [*kinds, DonorKind.INDIVIDUAL],
            }
        )

    def languages(self) -> list[tuple[Any, Any]]:
        """The fields of name and text, for each language that the funds here speak."""
        fields = [(code, self[f"name_{code}"], self[f"text_{code}"]) for code in OFFERED]
        return [
            (name, text)
            for code, name, text in fields
            if code in offered() or name.data or text.data
        ]

    def _typed_by_language(self, name: str) -> dict[str, str]:
        typed = {code: self[f"{name}_{code}"].data for code in OFFERED}
        return {code: text for code, text in typed.items() if text}

    def plan(self) -> Plan:
        return Plan(
            kind=self.kind.data,
            name=self._typed_by_language("name"),
            public_text=self._typed_by_language("text"),
            target_minor=self.target.data.minor if self.target.data else 0,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            kinds=self.kinds.data,
            regions=self.regions.data,
            roles=self.roles.data,
        )


for _code in OFFERED:
    setattr(
        CampaignForm,
        f"name_{_code}",
        TextField(
            _l("Name in %(language)s", language=LANGUAGES[_code].name),
            required=_code == "en",
            limit=150,
        ),
    )
    setattr(
        CampaignForm,
        f"text_{_code}",
        LongTextField(
            _l("Text of the public page in %(language)s", language=LANGUAGES[_code].name),
            hint=_l("Why now, and what a gift does. Leave empty to show the purpose of the fund."),
            limit=4000,
            rows=5,
        ),
    )


def _state_choices() -> list[tuple[str, str]]:
    return [(state.value, CAMPAIGN.names[state].staff) for state in CampaignState]


class CampaignFilter(FundFilter):
    """Which campaigns to list."""

    fund = SelectField(_l("Fund"))
    state = SelectField(_l("Status"), _state_choices)


class ContactFilter(FundFilter):
    """Which contacts to list."""

    q = TextField(_l("Donor"))
    means = SelectField(_l("Means of communication"), Means)
    steps = SelectField(
        _l("Next steps"),
        lambda: [("open", str(_l("Not yet completed"))), ("mine", str(_l("Assigned to me")))],
    )
    fund = SelectField(_l("Fund"))

    def criteria(self, campaign: str) -> Criteria:
        """The filter, within a campaign if one is named."""
        return Criteria(
            self.q.data or "",
            self.fund.data or "",
            campaign,
            self.means.data,
            self.steps.data or "",
        )


class ContactForm(Form):
    """A contact with a donor, and what is to follow."""

    means = RadioField(_l("How did you communicate?"), Means, required=True)
    held_on = DateField(_l("On what date?"), default=clock.today, last=clock.today, required=True)
    with_whom = TextField(
        _l("Who did you communicate with?"),
        hint=_l("Name or job title of the person."),
        required=True,
        limit=200,
    )
    campaign = SelectField(_l("Campaign, if any"))
    outcome = RadioField(_l("What was the outcome?"), Outcome, required=True)
    note = LongTextField(
        _l("What was said"), hint=_l("Only fund staff can read this."), limit=4000, rows=5
    )
    file = FileField(_l("Attached document"), hint=_l("The note, letter or minutes."))
    next_step = TextField(_l("What is the next step?"), limit=300)
    next_on = DateField(_l("By when?"))
    next_by = SelectField(_l("Who is responsible?"))

    def __init__(
        self, *args: Any, campaigns: Sequence[Campaign], people: Sequence[Person], **options: Any
    ) -> None:
        self.campaigns, self.people = campaigns, people
        super().__init__(*args, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.campaign.choices = [(campaign.code, campaign.title) for campaign in self.campaigns]
        self.next_by.choices = [(str(person.id), person.name) for person in self.people]
        super().process(formdata, *args, **options)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if not self.next_step.data and not self.next_on.data:
            return valid
        for name in ("next_step", "next_on", "next_by"):
            if not self[name].data and not self[name].errors:
                self.complain(name, self.question(name).missing_text())
                valid = False
        return valid

    def details(self) -> ContactDetails:
        """Without the file, which is kept when the act is performed."""
        campaign = next(
            (choice for choice in self.campaigns if choice.code == self.campaign.data), None
        )
        return ContactDetails(
            means=self.means.data,
            held_on=self.held_on.data,
            with_whom=self.with_whom.data or "",
            outcome=self.outcome.data,
            note=self.note.data or "",
            campaign=campaign,
            next_step=self._next_step(),
        )

    def _next_step(self) -> NextStep | None:
        if not self.next_step.data:
            return None
        by = next(person for person in self.people if str(person.id) == self.next_by.data)
        return NextStep(self.next_step.data, self.next_on.data, by)


class PaperConsentForm(Form):
    """What a private person agreed to on paper."""

    contact = SelectField(_l("Who agreed?"), required=True)
    given_on = DateField(_l("On what date?"), last=clock.today, required=True)
    source = TextField(
        _l("Where is it written?"),
        hint=_l("Such as: pledge card of the conference, letter of 3 May."),
        required=True,
        limit=80,
    )
    wording = LongTextField(
        _l("In which words?"),
        hint=_l("As on the paper that was signed."),
        required=True,
        limit=2000,
        rows=4,
    )

    def __init__(self, *args: Any, contacts: Sequence[Contact], **options: Any) -> None:
        self.contacts = contacts
        super().__init__(*args, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.contact.choices = [(str(contact.id), contact.name) for contact in self.contacts]
        super().process(formdata, *args, **options)

    @property
    def person(self) -> Contact:
        """The contact that was chosen."""
        return next(contact for contact in self.contacts if str(contact.id) == self.contact.data)

    def consent(self) -> PaperConsent:
        return PaperConsent(self.wording.data or "", self.source.data or "", self.given_on.data)


class ReasonForm(Form):
    """Why."""

    reason = LongTextField(
        _l("Why?"),
        hint=_l("Your reason will be kept on record."),
        required=True,
        limit=1000,
        rows=4,
    )


class JoinForm(Form):
    """Which campaign brought a pledge."""

    campaign = RadioField(_l("Which campaign led to it?"), required=True)

    def __init__(self, *args: Any, campaigns: Sequence[Campaign], **options: Any) -> None:
        self.campaigns = campaigns
        super().__init__(*args, **options)

    def process(self, formdata: Any = None, *args: Any, **options: Any) -> None:
        self.campaign.choices = [(campaign.code, campaign.title) for campaign in self.campaigns]
        super().process(formdata, *args, **options)

    @property
    def chosen(self) -> Campaign:
        """The campaign that was chosen."""
        return next(campaign for campaign in self.campaigns if campaign.code == self.campaign.data)
