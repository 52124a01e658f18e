"""Agreements on their way: sent out, cleared, signed online, sent back, withdrawn, lapsed."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from grants.applying.applications.models import Application
from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.clock import months_after
from grants.core.people.permissions import Permission, Role
from grants.core.people.queries import people_of_organisation
from grants.deciding.awards import service as awards
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import AwardState
from grants.granting.agreements.to_sign import send_agreement
from grants.granting.clauses.service import proposal, write_clauses
from grants.granting.clauses.wording import written
from grants.granting.preparing import service as preparing
from grants.granting.preparing.accepting import accept_award, ask_start
from grants.granting.preparing.finance import add_file
from grants.granting.preparing.models import Preparation
from grants.granting.preparing.queries import Line, lines_to_begin_with
from grants.granting.preparing.questions import finance_form_of
from grants.granting.signing import service
from grants.granting.signing.lapsing import lapse
from grants.granting.signing.models import DAYS_TO_SIGN, Signing
from grants.granting.signing.rules import Rules, set_rules
from grants.platform.file_checks.checks import Upload
from grants.platform.questions import YesNo
from grants.platform.signatures.stamps import Signed, Way
from seeds.company import Company, days_after, on
from seeds.grantees import examine_grantee
from seeds.scans import page_saying


def send(company: Company, award: Award, day: date) -> Signing:
    """The agreement goes out."""
    examine_grantee(company, award.fund, award.organisation, days_after(day, -1))
    with on(day):
        manager = company.act(Role.FUND_MANAGER)
        language = award.application.language if award.application else "en"
        return send_agreement(company.session, award, language, manager)


def _of_grantee(company: Company, award: Award, reason: str | None = None) -> Act:
    signs = Permission.APPLICATION_SIGN
    people = people_of_organisation(company.session, award.organisation_id, signs)
    return company.act_of(people[0], reason)


def sign_for_grantee(company: Company, signing: Signing, day: date) -> None:
    """The signatory accepts it with a code."""
    with on(day):
        act = _of_grantee(company, signing.award)
        how = Signed(act.actor.name, "Director", Way.CODE)
        service.sign(company.session, signing, how, act)


def sign_online(company: Company, award: Award, day: date) -> None:
    """Sent out three days before, and signed by both sides online."""
    signing = send(company, award, days_after(day, -3))
    sign_for_grantee(company, signing, days_after(day, -1))
    with on(day):
        act = company.act(Role.FUND_MANAGER)
        how = Signed(act.actor.name, "Fund Manager", Way.FACTOR)
        service.sign(company.session, signing, how, act)


def let_lapse(company: Company, application: Application, award: Award, day: date) -> None:
    """The grantee did not sign in time, and the application is turned down."""
    signing = send(company, award, day)
    after = days_after(day, DAYS_TO_SIGN + 1)
    with on(after):
        lapse(company.session, signing, Act.by_system("signing"))
    with on(days_after(after, 3)):
        why = "The agreement was not signed, and the organisation no longer answers."
        act = company.act(Role.APPROVING_OFFICER, why)
        awards.reject(company.session, application, act)


def word_clauses(company: Company, fund: Fund) -> None:
    """In spring the fund gave grantees less time to confirm a payment."""
    usual = written(proposal("en"))
    with on(days_after(company.today, -95)):
        clauses = usual.replace("within ten days", "within five working days")
        manager = company.act(Role.FUND_MANAGER)
        write_clauses(company.session, fund, "en", clauses, manager, version=0)


def leave_on_the_way(company: Company, fund: Fund) -> None:
    """One agreement waits for its grantee, one for the fund, one for legal clearance."""
    word_clauses(company, fund)
    unsigned = select(Award).where(Award.fund_id == fund.id, Award.state == AwardState.APPROVED)
    waiting = company.session.scalars(unsigned.order_by(Award.id)).all()
    assert len(waiting) > 3, "four awards wait for their agreements"
    with_grantee, with_fund, with_lawyer, in_preparation, *_later = waiting
    session, manager = company.session, Role.FUND_MANAGER
    _send_three_times(company, with_grantee)
    third = send(company, with_fund, days_after(company.today, -15))
    sign_for_grantee(company, third, days_after(company.today, -11))
    with on(days_after(company.today, -9)):
        rules = replace(Rules(), needs_clearance=True, asks_budget=True, asks_finance=True)
        set_rules(session, fund, rules, company.act(manager))
    _reply(company, with_lawyer, in_preparation)
    for part in prepare(company, with_lawyer, days_after(company.today, -6)):
        with on(days_after(company.today, -4)):
            preparing.accept(session, part, company.act(Role.PROGRAMME_OFFICER))
    send(company, with_lawyer, days_after(company.today, -1))
    budget, _answers = prepare(company, in_preparation, days_after(company.today, -5))
    with on(days_after(company.today, -3)):
        why = "Two lines name rent for the same house. Please put them together."
        preparing.send_back(session, budget, company.act(Role.PROGRAMME_OFFICER, why))


def _reply(company: Company, accepted: Award, early: Award) -> None:
    """One grantee accepts its award, another asks for a later start."""
    with on(days_after(company.today, -7)):
        accept_award(company.session, accepted, _of_grantee(company, accepted))
    with on(days_after(company.today, -2)):
        act = _of_grantee(company, early, "The lease of the house begins a month later.")
        ask_start(company.session, early, months_after(early.starts_on, 1), act)


def _send_three_times(company: Company, award: Award) -> None:
    """Withdrawn by the fund, sent back by the grantee, and out again."""
    session, manager = company.session, Role.FUND_MANAGER
    first = send(company, award, days_after(company.today, -20))
    with on(days_after(company.today, -19)):
        why = "The second report is to be due a month later."
        service.withdraw(session, first, company.act(manager, why))
    second = send(company, award, days_after(company.today, -18))
    with on(days_after(company.today, -16)):
        why = "The name of our organisation is not as in its registration."
        service.send_back(session, second, _of_grantee(company, award, why))
    send(company, award, days_after(company.today, -15))


def prepare(company: Company, award: Award, day: date) -> tuple[Preparation, Preparation]:
    """The grantee brings its budget to the awarded sum and answers about its finances."""
    session, act = company.session, _of_grantee(company, award)
    first = lines_to_begin_with(session, award)
    amounts = award.amount.allocate([line["amount"].minor for line in first])
    lines = [
        Line(line["category"], line["description"], amount)
        for line, amount in zip(first, amounts, strict=True)
    ]
    asked = finance_form_of(award).questions
    unexplained = {"q_cash": ["no"], "q_others": ["no"]}
    answers = {q.name: ["yes"] for q in asked if q.kind == YesNo.kind} | unexplained
    accounts = Upload("Accounts.pdf", page_saying("Accounts of the last year, with their audit."))
    with on(day):
        add_file(session, award, accounts, act)
        return (
            preparing.submit_budget(session, award, lines, act),
            preparing.submit_finance(session, award, answers, act),
        )
