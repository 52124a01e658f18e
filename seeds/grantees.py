"""What the fund looks into before it awards a grant or pays an instalment of it."""

from dataclasses import replace
from datetime import date

from grants.applying.organisations.facts import profile_of
from grants.applying.organisations.papers.models import PaperKind
from grants.applying.organisations.papers.service import Paper, add_paper
from grants.applying.organisations.profile import KeyPerson
from grants.applying.organisations.service import describe
from grants.applying.organisations.verification import service as verification
from grants.applying.organisations.verification.questions import CHECKS
from grants.core.funds.models import Fund
from grants.core.people.models import Organisation
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.awards.examined import Unknown, unknown_of
from grants.integrity.risk.models import Risk
from grants.integrity.risk.service import rate_risk
from grants.platform.file_checks.checks import Upload
from seeds.company import Company, days_after, on
from seeds.examining import examined
from seeds.scans import page_saying

ANSWERS = {
    check.key: verification.Answer(check.passes, "Public register and two references, by telephone")
    for check in CHECKS
}
"""To each question of a verification the answer that it needs."""


def examine_grantee(company: Company, fund: Fund, organisation: Organisation, day: date) -> None:
    """It is verified, examined and its risk rated: whatever of it is not known on a day."""
    with on(day):
        unknown = unknown_of(company.session, organisation, fund)
    if Unknown.VERIFICATION in unknown:
        _verify(company, organisation, day)
    if Unknown.EXAMINATION in unknown:
        examined(company, fund, organisation, day, None)
    if Unknown.RATING in unknown:
        with on(day, 16):
            why = "Accounts of two years are audited, and others have paid it without complaint."
            level = Risk.MEDIUM if organisation.id % 5 == 0 else Risk.LOW
            by = company.act(Role.PROGRAMME_OFFICER, why)
            rate_risk(company.session, organisation, fund, level, by)


def _verify(company: Company, organisation: Organisation, day: date) -> None:
    """The organisation completes its profile and asks; an officer answers every question."""
    session = company.session
    with on(day, 9):
        editors = people_of_organisation(session, organisation.id, Permission.ORGANISATION_EDIT)
        director, by = editors[0], company.act_of(editors[0])
        if verification.missing(session, organisation):
            profile = replace(
                profile_of(organisation),
                address=f"Post box {organisation.id * 31}, {organisation.country}",
                key_persons=(KeyPerson(director.name, "Director"),),
            )
            describe(session, organisation, profile, by)
            words = f"Registration certificate of {organisation.name} (demonstration)"
            upload = Upload("Registration certificate.pdf", page_saying(words))
            paper = Paper(PaperKind.CERTIFICATE, days_after(day, -700))
            add_paper(session, organisation, paper, upload, by)
        file = verification.ask(session, organisation, by)
    with on(day, 14):
        verification.verify(session, file, ANSWERS, company.act(Role.PROGRAMME_OFFICER))
