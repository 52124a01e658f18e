"""What the fund's people say of a call, and what readers ask of it."""

import json
import re
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from grants.applying.calls.ceiling_rows import ceilings_field, rows_of
from grants.applying.calls.ceilings import Rows
from grants.applying.calls.form_values import form_values, keyed, moment_at, usual
from grants.applying.calls.models import LONGEST_CYCLE, Call
from grants.applying.calls.service import WINDOWS, Rules
from grants.applying.calls.standard import STANDARD_CRITERIA, STANDARD_ELIGIBILITY, STANDARD_FORM
from grants.core.countries.countries import countries_in
from grants.core.funds.approvals import MOST_APPROVERS
from grants.core.funds.models import Fund
from grants.core.kernel import clock
from grants.core.kernel.errors import InvalidInput
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Encounter, RegionalGroup, SafeguardingGate
from grants.core.texts.formats import language_name
from grants.platform.forms import typed
from grants.platform.forms.fields import (
    AmountField,
    CheckboxesField,
    CheckboxField,
    CountryField,
    DateField,
    FileField,
    LongTextField,
    NumberField,
    RadioField,
    Row,
    RowsField,
    SelectField,
    TextField,
)
from grants.platform.forms.forms import Form, QueryForm
from grants.platform.questionnaires.form import Form as Questionnaire
from grants.platform.questionnaires.written import from_json


class ClockField(TextField):
    """A time of day, such as 23:59."""

    def __init__(self, label: str = "", **options: Any) -> None:
        super().__init__(label, **{"width": 5, "hint": _l("For example 23:59."), **options})

    def read(self, text: str) -> Any:
        match = re.fullmatch(r"(\d{1,2})[:.h](\d{2})", typed.latin_digits(text))
        if not match or int(match[1]) > 23 or int(match[2]) > 59:
            raise InvalidInput(_("Enter the time in the format 23:59."))
        return time(int(match[1]), int(match[2]))

    def write(self, value: Any) -> str:
        return f"{value:%H:%M}" if isinstance(value, time) else str(value)

    def check(self) -> None:
        """Any time of the day."""


class CountryRow(Row):
    country = CountryField(_l("Country"), required=True)


class CriterionRow(Row):
    label = TextField(_l("Criterion"), required=True, limit=120)
    help = TextField(_l("What reviewers ask"), limit=300)
    weight = NumberField(_l("Weight"), least=1, most=100, required=True, width=3)


class EligibilityRow(Row):
    label = TextField(_l("What is checked"), required=True, limit=200)
    ask = TextField(_l("Question to the applicant before applying"), limit=200)
    remedy = TextField(_l("What to do if the answer is no"), limit=300)


def _window_choices() -> list[tuple[str, str, str]]:
    labels = {
        "SGP1": (_("SGP1"), _("Short-term humanitarian aid")),
        "SGP2": (_("SGP2"), _("Comprehensive projects")),
        "SPECIAL": (_("Special"), _("For an emergency or a region")),
    }
    return [(code, *labels[code]) for code in WINDOWS]


def _language_choices() -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in ("en", "fr", "es", "ar", "zh", "ru")]


class CallForm(Form):
    """The rules of a call, as the fund's people set them."""

    title = TextField(_l("Title"), required=True, limit=150)
    summary = LongTextField(
        _l("Purpose of the call"),
        hint=_l("A few sentences for the public page of the call."),
        required=True,
        limit=2000,
    )
    window = RadioField(_l("Funding window"), _window_choices, required=True)
    cycle = TextField(
        _l("Cycle"),
        hint=_l("The round of calls to which this call belongs, for example 2026–2027."),
        limit=LONGEST_CYCLE,
        width=20,
    )
    opens_on = DateField(_l("Opens on"), required=True)
    opens_time = ClockField(_l("Opens at"), required=True)
    deadline_on = DateField(_l("Deadline on"), required=True)
    deadline_time = ClockField(_l("Deadline at"), required=True)
    time_zone = SelectField(
        _l("Time zone"), lambda: [(name, name) for name in clock.zones()], required=True
    )
    questions_until = DateField(
        _l("Questions can be asked until"),
        hint=_l("Two weeks before the deadline, for example. Leave empty to accept no questions."),
    )
    answers_on = DateField(_l("Answers are published by"))
    envelope = AmountField(_l("Total amount available for awards"), required=True)
    lowest = AmountField(_l("Minimum grant amount"), required=True)
    highest = AmountField(_l("Maximum grant amount"), required=True)
    months = NumberField(
        _l("Maximum duration"), least=1, most=60, suffix=_l("months"), width=3, required=True
    )
    least_months = NumberField(
        _l("Minimum duration"),
        hint=_l("Leave empty for none."),
        least=1,
        most=60,
        suffix=_l("months"),
        width=3,
    )
    earliest_start_on = DateField(_l("Projects start on this date or later"))
    registered_by = DateField(_l("Organisations must have been registered by"))
    experience_years = NumberField(
        _l("Minimum years of experience with victims of trafficking"),
        hint=_l("Compared with the profile of each organisation. Leave empty to require none."),
        least=1,
        most=50,
        width=2,
    )
    years_in_a_row = NumberField(
        _l("Maximum number of years in a row in which an organisation may hold a grant"),
        hint=_l(
            "Each calendar year with a signed grant from the fund counts, and so does"
            " the year in which projects of this call can start. Leave empty for no "
            "limit."
        ),
        least=1,
        most=20,
        width=2,
    )
    applications_per_organisation = NumberField(
        _l("Maximum number of applications per organisation"),
        hint=_l(
            "Applications that have been begun count too; withdrawn ones do not. A "
            "second stage takes one full proposal for each invited concept note."
        ),
        least=1,
        most=20,
        width=2,
        required=True,
    )
    groups = CheckboxesField(
        _l("Only for projects in regional groups of the United Nations"),
        RegionalGroup.choices,
        hint=_l("Leave this and the next question empty for all countries."),
    )
    countries = RowsField(
        CountryRow,
        _l("Countries, in addition to any groups above"),
        add_label=_l("Add a country"),
    )
    languages = CheckboxesField(_l("Languages of the answers"), _language_choices, required=True)
    signatory_signs = CheckboxField(
        _l("A signatory of the organisation signs off the application before it is submitted"),
        hint=_l(
            "The sign-off is for the application exactly as it stands: if an answer "
            "changes, the sign-off no longer counts."
        ),
    )
    reviewers = NumberField(
        _l("Reviews per application"),
        hint=_l(
            "Enter 0 for a call whose applications go straight from screening to recommendation."
        ),
        least=0,
        most=9,
        width=2,
        required=True,
    )
    reviewers_abroad = CheckboxField(
        _l("Reviewers must not be from the country of the project or of the organisation")
    )
    blind = CheckboxField(
        _l("Blind review: reviewers are not shown which organisation applies"),
        hint=_l("Reviewers do not see most files, or answers that name the applicant."),
    )
    divergence = NumberField(
        _l("Reviews may differ by up to"),
        hint=_l(
            "If scores differ by more, one more review is requested. Leave empty for no limit."
        ),
        least=1,
        most=99,
        width=3,
        suffix=_l("points"),
    )
    ranks_adjusted = CheckboxField(
        _l("Rank by scores adjusted for how strictly each reviewer scores"),
    )
    pass_mark = NumberField(
        _l("Minimum score"),
        hint=_l("Applications with a weighted score below this (out of 100) are not recommended."),
        least=0,
        most=100,
        width=3,
        required=True,
    )
    references_needed = NumberField(
        _l("Number of references about the organisation before an award"),
        hint=_l("Enter 0 if the call asks for none."),
        least=0,
        most=9,
        width=2,
        required=True,
    )
    examines_grantees = CheckboxField(
        _l("The organisation must be verified, examined, rated and screened before an award"),
        hint=_l(
            "Before approval, agreement and payment: a verified organisation, due diligence that "
            "has not expired, a risk rating, and a comparison with the sanctions list."
        ),
    )
    reports_first = CheckboxField(
        _l("Reports on earlier grants come first"),
        hint=_l(
            "An organisation cannot submit an application while one of its reports to"
            " the fund is overdue, or has been returned and not yet corrected."
        ),
    )
    safeguarding = RadioField(
        _l("Assessment of protection from sexual exploitation and abuse (PSEA)"),
        lambda: [("", _p("safeguarding", "Not asked for")), *SafeguardingGate.choices()],
        hint=_l("The fund records the assessment with its evidence. An assessment expires."),
    )
    visit = RadioField(
        _l("Interview or site visit before a recommendation"),
        lambda: [("", _p("visit", "None")), *Encounter.choices()],
    )
    second_screener = CheckboxField(
        _l("A second person confirms each finding of the screening"),
    )
    board_advises = CheckboxField(_l("The Board of Trustees advises before an award is approved"))
    approvers = NumberField(
        _l("Minimum number of approving officers for an award"),
        hint=_l("Leave empty to require as many as the fund’s rules require for the amount."),
        least=1,
        most=MOST_APPROVERS,
        width=2,
    )
    criteria = RowsField(
        CriterionRow,
        _l("Criteria"),
        hint=_l("The weights add up to 100."),
        required=True,
        add_label=_l("Add a criterion"),
    )
    eligibility = RowsField(
        EligibilityRow, _l("Eligibility checklist"), required=True, add_label=_l("Add a line")
    )

    @classmethod
    def showing(
        cls, call: Call | None, fund: Fund, *, without_standard: bool = False
    ) -> "CallForm":
        """The form with the rules of a call, or the usual ones of the fund; `without_standard`:
        no criteria and no checklist yet.
        """
        rows = ceilings_field(call.questionnaire if call else STANDARD_FORM)
        drawn: type[CallForm] = type("DrawnCallForm", (cls,), dict(rows))
        values = form_values(call) if call else usual(fund)
        if without_standard:
            values |= {"criteria": [], "eligibility": []}
        return drawn(data=values)

    def rules(self, before: Call | None) -> Rules:
        """What was typed; texts in other languages stay as they were."""
        zone = ZoneInfo(self.time_zone.data)
        return Rules(
            title={**(before.title if before else {}), "en": self.title.data},
            summary={**(before.summary if before else {}), "en": self.summary.data},
            window=self.window.data,
            cycle=self.cycle.data or "",
            opens_at=moment_at(self.opens_on.data, self.opens_time.data, zone),
            deadline_at=moment_at(self.deadline_on.data, self.deadline_time.data, zone),
            time_zone=zone.key,
            envelope_minor=self.envelope.data.minor,
            lowest_minor=self.lowest.data.minor,
            highest_minor=self.highest.data.minor,
            months=self.months.data,
            ceilings=self._ceiling_rows(before),
            least_months=self.least_months.data,
            earliest_start_on=self.earliest_start_on.data,
            registered_by=self.registered_by.data,
            experience_years=self.experience_years.data,
            years_in_a_row=self.years_in_a_row.data,
            applications_per_organisation=self.applications_per_organisation.data,
            signatory_signs=bool(self.signatory_signs.data),
            questions_until=self.questions_until.data,
            answers_on=self.answers_on.data,
            countries=self._country_codes(),
            languages=self.languages.data,
            reviewers=self.reviewers.data,
            reviewers_abroad=self.reviewers_abroad.data,
            divergence=self.divergence.data,
            blind=self.blind.data,
            ranks_adjusted=self.ranks_adjusted.data,
            pass_mark=self.pass_mark.data,
            references_needed=self.references_needed.data,
            examines_grantees=bool(self.examines_grantees.data),
            reports_first=bool(self.reports_first.data),
            second_screener=self.second_screener.data,
            safeguarding=self.safeguarding.data or "",
            visit=self.visit.data or "",
            board_advises=self.board_advises.data,
            approvers=self.approvers.data,
            criteria=keyed(self.criteria.data, before.criteria if before else STANDARD_CRITERIA),
            eligibility=keyed(
                self.eligibility.data, before.eligibility if before else STANDARD_ELIGIBILITY
            ),
        )

    def _ceiling_rows(self, before: Call | None) -> Rows:
        """Those that were typed; none where the form has no budget any more."""
        rows = before.ceilings if before else ()
        return rows_of(self["ceilings"].data, rows) if "ceilings" in self else ()

    def _country_codes(self) -> list[str]:
        """The members of the regional groups chosen, and the countries chosen one by one."""
        groups = map(RegionalGroup, self.groups.data)
        return sorted({*countries_in(groups), *(row["country"] for row in self.countries.data)})


LARGEST_FILE = 20_000_000
"""Bytes of a form as a file, with the pictures and files that it shows."""


class QuestionsForm(Form):
    """Other questions for a call, as a file."""

    file = FileField(
        _l("File with the questions"),
        hint=_l(
            "Download the file from this page, change it in a text editor and upload it again."
        ),
        accept=(".json",),
        required=True,
    )

    def questionnaire(self) -> tuple[Questionnaire, Any]:
        """The form in the file, and what the file holds; InvalidInput says where it is wrong."""
        content = self.file.data.stream.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise InvalidInput(_("The file is too large for a form."))
        try:
            data = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(_("This file is not in JSON format.")) from error
        return from_json(data), data


class CallsFilter(QueryForm):
    """Which calls the list shows: those in use, or those in the archive."""

    cycle: SelectField
    archived = CheckboxField(_l("Archived calls"))

    @classmethod
    def offering(cls, cycles: list[str]) -> "CallsFilter":
        """The filter with the cycles to choose from."""
        field = SelectField(_l("Cycle"), [(cycle, cycle) for cycle in cycles])
        offered: type[CallsFilter] = type("OfferedFilter", (cls,), {"cycle": field})
        return offered()


class ClockQuery(QueryForm):
    """In which country a person looks at the clock."""

    asks = True

    country = CountryField(_l("Show the deadline in local time for"), required=True)


class ReasonForm(Form):
    """Why a draft is deleted."""

    reason = LongTextField(
        _l("Reason"),
        hint=_l(
            "It is kept in the audit trail of the fund, with the title of the call and your name."
        ),
        required=True,
        limit=1000,
        rows=3,
    )
