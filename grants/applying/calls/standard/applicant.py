"""What the standard form asks about the organisation that applies."""

from grants.applying.calls.standard.words import choices, en
from grants.platform.file_checks.checks import ENDINGS
from grants.platform.questionnaires.form import Section
from grants.platform.questions import (
    Amount,
    Files,
    LongText,
    Number,
    OneOf,
    ShortText,
    YesNo,
)

PAPERS = (".pdf", ".jpg", ".jpeg", ".png")


ORGANISATION = Section(
    key="organisation",
    title=en("Your organisation"),
    intro=en(
        "Name, country and registration are taken from your organisation’s profile. "
        "Use this section to describe the organisation."
    ),
    questions=(
        OneOf(
            key="legal_status",
            label=en("What type of organisation is it?"),
            required=True,
            choices=choices(
                association="Association or other non-governmental organisation",
                foundation="Foundation or charity",
                faith="Faith-based organisation",
                community="Community-based organisation",
                other="Other",
            ),
        ),
        LongText(
            key="mission",
            label=en("What does the organisation do?"),
            help=en("Its purpose, and its work with victims of trafficking in recent years."),
            limit=1500,
            required=True,
        ),
        YesNo(
            key="survivor_led",
            label=en("Is it led by survivors of trafficking?"),
            help=en("Such organisations are encouraged to apply. No one needs to be named."),
        ),
        ShortText(
            key="contact",
            label=en("Who should we contact about this application?"),
            help=en(
                "Name, job title and telephone number of a contact person in the organisation."
            ),
            limit=200,
            people=True,
            required=True,
        ),
    ),
)


EXPERIENCE = Section(
    key="experience",
    title=en("Size and experience"),
    questions=(
        Number(
            key="experience_years",
            label=en("For how many years has it directly assisted victims of trafficking?"),
            unit=en("years"),
            most=200,
            required=True,
        ),
        LongText(
            key="earlier_grants",
            label=en("Earlier grants from this fund or from other United Nations funds"),
            help=en("Year, amount and result of each."),
            limit=1000,
            names_applicant=True,
        ),
        Number(key="staff", label=en("How many paid staff does it have?"), required=True),
        Number(key="volunteers", label=en("How many volunteers?")),
        Amount(
            key="annual_income",
            label=en("What was its income in the last financial year?"),
            help=en("Approximate amount in United States dollars."),
            required=True,
        ),
    ),
)


GRANTEE = Section(
    key="grantee",
    title=en("Holding a grant"),
    questions=(
        YesNo(
            key="direct",
            label=en("Will the organisation carry out the project itself?"),
            help=en("We cannot fund an organisation that only passes the grant on to others."),
            required=True,
        ),
        YesNo(
            key="own_account",
            label=en("Does the organisation have a bank account in its own name?"),
            required=True,
        ),
        ShortText(
            key="partner_portal",
            label=en("Identifier in the UN Partner Portal"),
            help=en("If the organisation has one."),
            limit=40,
            people=True,
        ),
    ),
)


SAFEGUARDING = Section(
    key="safeguarding",
    title=en("Safeguarding"),
    questions=(
        YesNo(
            key="psea_policy",
            label=en("Is there a written policy against sexual exploitation and abuse?"),
            required=True,
        ),
        YesNo(
            key="child_policy",
            label=en("Is there a written policy for the protection of children?"),
            required=True,
        ),
        LongText(
            key="measures",
            label=en("How do you keep victims, staff and volunteers safe?"),
            help=en("Recruitment checks, training, code of conduct, security of premises."),
            limit=2000,
            required=True,
        ),
        LongText(
            key="complaints",
            label=en("How can people make a complaint, and how is it handled?"),
            limit=1500,
            required=True,
        ),
        LongText(
            key="data_protection",
            label=en("How do you protect what victims tell you?"),
            limit=1500,
            required=True,
        ),
    ),
)


OTHER_PAPERS = (
    Files(key="statutes", label=en("Statutes"), accept=PAPERS),
    Files(key="safeguarding_policy", label=en("Safeguarding policy"), accept=ENDINGS),
)
"""Papers of a profile for which the standard form does not ask, and another call may."""


DOCUMENTS = Section(
    key="documents",
    title=en("Documents"),
    intro=en(
        "A clear photograph of a document is enough. If the document is not in "
        "English, French or Spanish, add a translation to the same file."
    ),
    questions=(
        Files(
            key="registration_certificate",
            label=en("Registration certificate"),
            help=en("And the latest renewal, where registration must be renewed."),
            accept=PAPERS,
            most=3,
            required=True,
        ),
        Files(
            key="audited_accounts",
            label=en("Audited accounts of the last year"),
            help=en("Signed by the auditor."),
            accept=PAPERS,
            most=2,
            required=True,
        ),
        Files(
            key="reference_letters",
            label=en("Two reference letters"),
            help=en("From organisations or authorities that know your work with victims."),
            accept=ENDINGS,
            most=3,
            required=True,
        ),
        Files(
            key="partner_declaration",
            label=en("Partner declaration, signed"),
            accept=PAPERS,
            required=True,
        ),
        Files(
            key="psea_paper",
            label=en("Policy against sexual exploitation and abuse"),
            accept=ENDINGS,
        ),
        Files(key="other_papers", label=en("Other documents"), accept=ENDINGS, most=5),
    ),
)
