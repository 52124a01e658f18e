"""The fund's usual form, eligibility checklist and criteria: where every new call begins.

Its questions are the dossier that the fund has always asked for, and what its experts score.
"""

import json
from pathlib import Path
from typing import Any

from grants.platform.documents.checks import ENDINGS
from grants.platform.questionnaires.form import Form, Section
from grants.platform.questionnaires.kinds import (
    Amount,
    Beneficiaries,
    ByExploitation,
    Choice,
    Country,
    Day,
    Files,
    LongText,
    Number,
    OneOf,
    SeveralOf,
    ShortText,
    YesNo,
)
from grants.platform.questionnaires.kinds.budget import Budget

PAPERS = (".pdf", ".jpg", ".jpeg", ".png")


WORDS: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parent / "standard_words.json").read_text("utf-8")
)
"""Each text of this page in French, Spanish and Arabic."""


def _en(text: str) -> dict[str, str]:
    """A text in English, and in the languages into which it is translated."""
    return {"en": text, **WORDS.get(text, {})}


def _choices(**labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(code, _en(label)) for code, label in labels.items())


ORGANISATION = Section(
    key="organisation",
    title=_en("Your organisation"),
    intro=_en(
        "Name, country and registration are taken from your organisation’s profile. "
        "Use this section to describe the organisation and its experience."
    ),
    questions=(
        OneOf(
            key="legal_status",
            label=_en("What type of organisation is it?"),
            required=True,
            choices=_choices(
                association="Association or other non-governmental organisation",
                foundation="Foundation or charity",
                faith="Faith-based organisation",
                community="Community-based organisation",
                other="Other",
            ),
        ),
        LongText(
            key="mission",
            label=_en("What does the organisation do?"),
            help=_en("Its purpose, and its work with victims of trafficking in the last years."),
            limit=1500,
            required=True,
        ),
        Number(
            key="experience_years",
            label=_en("For how many years has it directly assisted victims of trafficking?"),
            unit=_en("years"),
            most=200,
            required=True,
        ),
        Number(key="staff", label=_en("How many paid staff does it have?"), required=True),
        Number(key="volunteers", label=_en("How many volunteers?")),
        Amount(
            key="annual_income",
            label=_en("What was its income in the last financial year?"),
            help=_en("Approximate amount in United States dollars."),
            required=True,
        ),
        YesNo(
            key="survivor_led",
            label=_en("Is it led by survivors of trafficking?"),
            help=_en("Such organisations are encouraged to apply. No one needs to be named."),
        ),
        YesNo(
            key="direct",
            label=_en("Will the organisation carry out the project itself?"),
            help=_en("We cannot fund an organisation that only passes the grant on to others."),
            required=True,
        ),
        YesNo(
            key="own_account",
            label=_en("Does the organisation have a bank account in its own name?"),
            required=True,
        ),
        ShortText(
            key="partner_portal",
            label=_en("Identifier in the UN Partner Portal"),
            help=_en("If the organisation has one."),
            limit=40,
            people=True,
        ),
        LongText(
            key="earlier_grants",
            label=_en("Earlier grants from this fund or from other United Nations funds"),
            help=_en("Year, amount and result of each."),
            limit=1000,
        ),
        ShortText(
            key="contact",
            label=_en("Who should we contact about this application?"),
            help=_en(
                "Name, job title and telephone number of a contact person in the organisation."
            ),
            limit=200,
            people=True,
            required=True,
        ),
    ),
)

PROJECT = Section(
    key="project",
    title=_en("The project"),
    questions=(
        ShortText(key="title", label=_en("Title of the project"), limit=150, required=True),
        Country(
            key="country",
            label=_en("In which country will the project be carried out?"),
            help=_en("The organisation must be registered in that country."),
            required=True,
        ),
        ShortText(
            key="places",
            label=_en("Regions or towns"),
            help=_en("Never the address of a shelter."),
            limit=300,
            required=True,
        ),
        Day(key="starts_on", label=_en("When will the project start?"), required=True),
        Number(
            key="months",
            label=_en("How long will the project last?"),
            unit=_en("months"),
            least=1,
            most=60,
            required=True,
        ),
        LongText(
            key="summary",
            label=_en("The project in a few sentences"),
            help=_en("If the project is funded, we will publish this text."),
            limit=1200,
            required=True,
        ),
    ),
)

PROBLEM = Section(
    key="problem",
    title=_en("The problem"),
    intro=_en("Write about groups and numbers. Never give details that could identify a person."),
    questions=(
        LongText(
            key="problem",
            label=_en(
                "What is the situation of victims of trafficking in the area, and what needs "
                "are not being met?"
            ),
            help=_en("Give figures and their sources."),
            limit=3000,
            required=True,
        ),
        LongText(
            key="target_group",
            label=_en("Who will the project help, and why did you choose this group?"),
            limit=2000,
            required=True,
        ),
        LongText(
            key="victims_voice",
            label=_en("How did victims and survivors take part in planning it?"),
            limit=1500,
            required=True,
        ),
    ),
)

OBJECTIVES = Section(
    key="objectives",
    title=_en("Objectives and results"),
    questions=(
        LongText(
            key="objective",
            label=_en("What will have changed for victims by the end of the project?"),
            limit=1500,
            required=True,
        ),
        LongText(
            key="results",
            label=_en("Expected results, and how you will measure each"),
            help=_en(
                "Use one paragraph for each result: what, how many, by when and how it will be "
                "measured."
            ),
            limit=3000,
            required=True,
        ),
        LongText(
            key="risks",
            label=_en("What could go wrong, and what will you do then?"),
            limit=1500,
            required=True,
        ),
        LongText(
            key="sustainability",
            label=_en("How will the results be sustained when the grant ends?"),
            limit=1500,
            required=True,
        ),
    ),
)

BENEFICIARIES = Section(
    key="beneficiaries",
    title=_en("Planned beneficiaries"),
    intro=_en("Numbers of people only. Never send a name, a date of birth or a photograph."),
    questions=(
        Beneficiaries(
            key="direct_beneficiaries",
            label=_en("People who will receive services directly"),
            help=_en("Count each person once. Leave a cell empty if there are none."),
            required=True,
        ),
        ByExploitation(
            key="forms",
            label=_en("The same people by form of exploitation"),
            help=_en("A person who suffered several forms may be counted under each."),
            required=True,
        ),
        Number(
            key="indirect_beneficiaries",
            label=_en("People who will benefit indirectly"),
            help=_en("Children and families of those people, for example."),
        ),
        LongText(
            key="access",
            label=_en("How will you identify these people, and how can they contact you?"),
            limit=1500,
            required=True,
        ),
    ),
)

SERVICES = Section(
    key="services",
    title=_en("Services"),
    questions=(
        SeveralOf(
            key="services",
            label=_en("Which services will the project provide?"),
            taxonomy="services",
            required=True,
        ),
        LongText(
            key="approach",
            label=_en("How does each service work?"),
            help=_en("Who will provide it, where, how often, for how long and to how many people."),
            limit=4000,
            required=True,
        ),
        LongText(
            key="partners",
            label=_en("Partners and authorities you work with"),
            limit=1500,
        ),
        LongText(
            key="team",
            label=_en("Who will carry out the project?"),
            help=_en("Job titles and qualifications; names are not needed."),
            limit=1500,
            required=True,
        ),
    ),
)

SAFEGUARDING = Section(
    key="safeguarding",
    title=_en("Safeguarding"),
    questions=(
        YesNo(
            key="psea_policy",
            label=_en("Is there a written policy against sexual exploitation and abuse?"),
            required=True,
        ),
        YesNo(
            key="child_policy",
            label=_en("Is there a written policy for the protection of children?"),
            required=True,
        ),
        LongText(
            key="measures",
            label=_en("How do you keep victims, staff and volunteers safe?"),
            help=_en("Recruitment checks, training, code of conduct, security of premises."),
            limit=2000,
            required=True,
        ),
        LongText(
            key="complaints",
            label=_en("How can people make a complaint, and how is it handled?"),
            limit=1500,
            required=True,
        ),
        LongText(
            key="data_protection",
            label=_en("How do you protect what victims tell you?"),
            limit=1500,
            required=True,
        ),
    ),
)

BUDGET = Section(
    key="budget",
    title=_en("Budget"),
    intro=_en(
        "In United States dollars. The total of the table is the amount you ask for; it is "
        "computed for you."
    ),
    questions=(
        Budget(
            key="budget",
            label=_en("Use of the grant"),
            required=True,
            categories=_choices(
                aid="Direct aid to victims",
                staff="Staff",
                services="Professional services",
                equipment="Equipment and supplies",
                travel="Local travel",
                training="Training",
                running="Running costs",
                audit="Audit and bank charges",
            ),
        ),
        LongText(
            key="budget_notes",
            label=_en("Explanations"),
            help=_en("How you arrived at the larger figures."),
            limit=2000,
        ),
        Amount(
            key="other_funding",
            label=_en(
                "What other contributions will the project receive, from your organisation or "
                "others?"
            ),
            help=_en("In United States dollars; leave it empty for nothing."),
        ),
        LongText(
            key="other_funders",
            label=_en("Who else funds these services, or has been asked to fund them?"),
            limit=1000,
        ),
    ),
)

DOCUMENTS = Section(
    key="documents",
    title=_en("Documents"),
    intro=_en(
        "A clear photograph of a document is enough. If the document is not in "
        "English, French or Spanish, add a translation to the same file."
    ),
    questions=(
        Files(
            key="registration_certificate",
            label=_en("Registration certificate"),
            help=_en("And the latest renewal, where registration must be renewed."),
            accept=PAPERS,
            most=3,
            required=True,
        ),
        Files(
            key="audited_accounts",
            label=_en("Audited accounts of the last year"),
            help=_en("Signed by the auditor."),
            accept=PAPERS,
            most=2,
            required=True,
        ),
        Files(
            key="reference_letters",
            label=_en("Two reference letters"),
            help=_en("From organisations or authorities that know your work with victims."),
            accept=ENDINGS,
            most=3,
            required=True,
        ),
        Files(
            key="partner_declaration",
            label=_en("Partner declaration, signed"),
            accept=PAPERS,
            required=True,
        ),
        Files(
            key="psea_paper",
            label=_en("Policy against sexual exploitation and abuse"),
            accept=ENDINGS,
        ),
        Files(key="other_papers", label=_en("Other documents"), accept=ENDINGS, most=5),
    ),
)

STANDARD_FORM = Form(
    sections=(
        ORGANISATION,
        PROJECT,
        PROBLEM,
        OBJECTIVES,
        BENEFICIARIES,
        SERVICES,
        SAFEGUARDING,
        BUDGET,
        DOCUMENTS,
    ),
    facts={
        "title": "title",
        "country": "country",
        "requested": "budget",
        "months": "months",
        "starts_on": "starts_on",
    },
)


def _row(key: str, label: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": _en(label), **more}


STANDARD_ELIGIBILITY: list[dict[str, Any]] = [
    _row("registered", "It is registered at home and in the country of the project."),
    _row("registered_by", "It was registered by the date set in the call."),
    _row(
        "experience",
        "It has directly assisted victims of trafficking.",
        ask=_en("Has your organisation itself directly assisted victims of trafficking?"),
        remedy=_en("Apply together with an organisation that has this experience."),
    ),
    _row(
        "direct",
        "It will carry out the project itself and is not an intermediary.",
        ask=_en("Will your organisation carry out the project itself?"),
        remedy=_en("The organisation that carries out the project must apply."),
    ),
    _row(
        "account",
        "It has a bank account in its own name.",
        ask=_en("Does your organisation have a bank account in its own name?"),
        remedy=_en("Open an account in the name of the organisation, then apply."),
    ),
    _row(
        "safeguarding",
        "It has measures against sexual exploitation and abuse.",
        ask=_en("Does your organisation have measures against sexual exploitation and abuse?"),
        remedy=_en("Adopt such measures first. The secretariat can send you a model policy."),
    ),
    _row("accounts", "Signed audited accounts for the last year have been provided."),
    _row("references", "Two reference letters have been provided."),
    _row("limits", "Amount, duration and start are within the rules of the call."),
    _row("reports", "No report on an earlier grant is overdue."),
]
"""What the secretariat checks before an application goes to review."""

STANDARD_CRITERIA: list[dict[str, Any]] = [
    _row(
        "need",
        "Need and relevance",
        help=_en(
            "Is the problem real and supported by figures, and is the target group the right one?"
        ),
        weight=20,
    ),
    _row(
        "victims",
        "Victims at the centre",
        help=_en(
            "Direct benefit to victims, participation of survivors, attention to age and "
            "gender, and the “do no harm” principle."
        ),
        weight=20,
    ),
    _row(
        "approach",
        "Approach and results",
        help=_en("Do the services lead to the results, and can the results be measured?"),
        weight=25,
    ),
    _row(
        "capacity",
        "Capacity and safeguarding",
        help=_en("Experience, team, partners, protection of people and data."),
        weight=15,
    ),
    _row(
        "budget",
        "Budget",
        help=_en("Clear, reasonable and spent mainly on victims."),
        weight=10,
    ),
    _row(
        "sustainability",
        "Sustainability",
        help=_en("Will the results last beyond the grant?"),
        weight=10,
    ),
]
"""What reviewers score; weights add up to 100."""
