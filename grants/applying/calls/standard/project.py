"""What the standard form asks about the project and its money."""

from grants.applying.calls.standard.words import choices, en
from grants.platform.questionnaires.form import Section
from grants.platform.questions import (
    Amount,
    Beneficiaries,
    ByExploitation,
    Country,
    Day,
    LongText,
    Number,
    SeveralOf,
    ShortText,
)
from grants.platform.questions.budget import Budget

PROJECT = Section(
    key="project",
    title=en("The project"),
    questions=(
        ShortText(key="title", label=en("Title of the project"), limit=150, required=True),
        Country(
            key="country",
            label=en("In which country will the project be carried out?"),
            help=en("The organisation must be registered in that country."),
            required=True,
        ),
        ShortText(
            key="places",
            label=en("Regions or towns"),
            help=en("Never the address of a shelter."),
            limit=300,
            required=True,
        ),
        Day(key="starts_on", label=en("When will the project start?"), required=True),
        Number(
            key="months",
            label=en("How long will the project last?"),
            unit=en("months"),
            least=1,
            most=60,
            required=True,
        ),
        LongText(
            key="summary",
            label=en("The project in a few sentences"),
            help=en("If the project is funded, we will publish this text."),
            limit=1200,
            required=True,
        ),
    ),
)


PROBLEM = Section(
    key="problem",
    title=en("The problem"),
    intro=en("Write about groups and numbers. Never give details that could identify a person."),
    questions=(
        LongText(
            key="problem",
            label=en(
                "What is the situation of victims of trafficking in the area, and what needs "
                "are not being met?"
            ),
            help=en("Give figures and their sources."),
            limit=3000,
            required=True,
        ),
        LongText(
            key="target_group",
            label=en("Who will the project help, and why did you choose this group?"),
            limit=2000,
            required=True,
        ),
        LongText(
            key="victims_voice",
            label=en("How did victims and survivors take part in planning it?"),
            limit=1500,
            required=True,
        ),
    ),
)


OBJECTIVES = Section(
    key="objectives",
    title=en("Objectives and results"),
    questions=(
        LongText(
            key="objective",
            label=en("What will have changed for victims by the end of the project?"),
            limit=1500,
            required=True,
        ),
        LongText(
            key="results",
            label=en("Expected results, and how you will measure each"),
            help=en(
                "Use one paragraph for each result: what, how many, by when and how it will be "
                "measured."
            ),
            limit=3000,
            required=True,
        ),
        LongText(
            key="risks",
            label=en("What could go wrong, and what will you do then?"),
            limit=1500,
            required=True,
        ),
        LongText(
            key="sustainability",
            label=en("How will the results be sustained when the grant ends?"),
            limit=1500,
            required=True,
        ),
    ),
)


BENEFICIARIES = Section(
    key="beneficiaries",
    title=en("Planned beneficiaries"),
    intro=en("Numbers of people only. Never send a name, a date of birth or a photograph."),
    questions=(
        Beneficiaries(
            key="direct_beneficiaries",
            label=en("People who will receive services directly"),
            help=en("Count each person once. Leave a cell empty if there are none."),
            required=True,
        ),
        Number(
            key="indirect_beneficiaries",
            label=en("People who will benefit indirectly"),
            help=en("Children and families of those people, for example."),
        ),
        LongText(
            key="access",
            label=en("How will you identify these people, and how can they contact you?"),
            limit=1500,
            required=True,
        ),
    ),
)


EXPLOITATION = Section(
    key="exploitation",
    title=en("Forms of exploitation"),
    questions=(
        ByExploitation(
            key="forms",
            label=en("The same people by form of exploitation"),
            help=en("A person who suffered several forms may be counted under each."),
            required=True,
        ),
        LongText(
            key="fewer_by_form",
            label=en(
                "Why are there fewer people by form of exploitation than by sex and age? "
                "Correct the numbers, or explain."
            ),
            limit=500,
            required=True,
            show_when="people(forms) < people(direct_beneficiaries)",
        ),
    ),
)


SERVICES = Section(
    key="services",
    title=en("Services"),
    questions=(
        SeveralOf(
            key="services",
            label=en("Which services will the project provide?"),
            taxonomy="services",
            required=True,
        ),
        LongText(
            key="approach",
            label=en("How does each service work?"),
            help=en("Who will provide it, where, how often, for how long and to how many people."),
            limit=4000,
            required=True,
        ),
        LongText(
            key="partners",
            label=en("Partners and authorities you work with"),
            limit=1500,
        ),
        LongText(
            key="team",
            label=en("Who will carry out the project?"),
            help=en("Job titles and qualifications; names are not needed."),
            limit=1500,
            required=True,
        ),
    ),
)


BUDGET = Section(
    key="budget",
    title=en("Budget"),
    intro=en(
        "In United States dollars. The total of the table is the amount you ask for; it is "
        "computed for you."
    ),
    questions=(
        Budget(
            key="budget",
            label=en("Use of the grant"),
            required=True,
            categories=choices(
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
            label=en("Explanations"),
            help=en("How you arrived at the larger figures."),
            limit=2000,
        ),
        Amount(
            key="other_funding",
            label=en(
                "What other contributions will the project receive, from your organisation or "
                "others?"
            ),
            help=en("In United States dollars; leave it empty for nothing."),
        ),
        LongText(
            key="other_funders",
            label=en("Who else funds these services, or has been asked to fund them?"),
            limit=1000,
        ),
    ),
)
