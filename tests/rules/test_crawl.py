"""A person who follows the links that they are offered arrives, and everything can be
translated."""

from collections.abc import Iterable, Mapping

import pytest
from flask import Flask
from lxml import html

from grants.core.kernel.workflow import Workflow
from grants.core.people.permissions import Role
from grants.giving.pledges.workflow import PLEDGE
from grants.platform.web.steps import all_workflows
from tests.platform.web.client import StrictClient
from tests.rules.crawling import SKIPPED, Found
from tests.rules.demonstration import Demonstration
from tests.rules.nu import faults_of
from tests.rules.poison import broken_forms, without_traces
from tests.rules.speech import Data, unmarked, unmarked_texts

pytestmark = pytest.mark.timeout(1800)


def test_every_link_that_a_page_offers_leads_somewhere(crawled: Found) -> None:
    assert crawled.pages > 200
    assert crawled.broken == []


def test_every_word_of_a_page_goes_through_gettext(crawled: Found) -> None:
    assert list(crawled.unmarked.items()) == []


def test_no_page_that_a_link_leads_to_has_a_fault_of_html(crawled: Found) -> None:
    assert len(crawled.made) > 150
    assert faults_of(crawled.made.values()) == []


def test_no_form_breaks_over_what_nobody_types(
    crawled: Found, demonstration: Demonstration
) -> None:
    with without_traces(demonstration) as taken_back:
        answers = broken_forms(taken_back, crawled.forms)
    assert answers.sent > 1000
    assert answers.broken == []
    assert len(answers.shut) < 115, f"fewer than on 30 November 2026 (100) are met: {answers.shut}"


def test_the_walk_sees_words_that_no_message_holds() -> None:
    data = Data(frozenset({"Casa Segura"}), "")
    page = html.fromstring(
        "<main><p>⟦Hello <b>you</b> there⟧ Casa Segura, 3 May 2026, EUR 12</p><p>Left out</p>"
        "<input type=submit value='Send it'><textarea>typed</textarea><i title='Told'>⟦x⟧</i>"
        "</main>"
    )
    assert set(unmarked_texts(page, data)) == {"Left out", "Send it", "Told"}


def test_every_word_of_an_email_goes_through_gettext(demonstration: Demonstration) -> None:
    data = Data.of(demonstration.database)
    left = {
        f"{letter.template}: {text}"
        for letter in demonstration.letters
        for part in letter.parts[:2]
        for text in unmarked(part, data)
    }
    assert left == set()


MAILED = "a link in an e-mail leads there"
AFTER = "the page before leads there once its form is filled in"
CONFIGURED = "only where an OpenID Connect provider is configured"
TRIED_OUT = "only while the application is tried out"
FEW_RECORDS = "the walk follows a few records of a kind; its room's tests follow the link"
NO_RECORD = "no record of the demonstration is in this state; its room's tests follow the link"
UNREACHED = {
    **dict.fromkeys(("health.healthz", "health.readyz"), "a monitor asks for it"),
    "addresses.robots": "machines ask for it",
    "api.nothing": "an address that is none leads there",
    **dict.fromkeys(
        ("programs.contacts", "programs.contributions", "programs.payments", "programs.reports"),
        "a program with a token asks for it",
    ),
    "own_data.withdraw": "none of those who look has asked for erasure",
    **dict.fromkeys(
        ("factors.new_passkey_options", "signin.passkey_options"),
        "the script of a passkey asks for it",
    ),
    **dict.fromkeys(
        (
            "signin.by_provider",
            "signin.from_provider",
            "signin.signed_out",
            "signin.to_provider",
            "staff.account",
            "staff.link_account",
        ),
        CONFIGURED,
    ),
    "signin.token": "the script of a form asks for it when its token is out of date",
    **dict.fromkeys(
        ("portal.mark", "fund_setup.picture_file", "drawings.show", "frames.show"),
        "a page shows it as a picture",
    ),
    **dict.fromkeys(
        ("campaigns.preview", "portal.preview"), "other sites ask for it, to show beside a link"
    ),
    **dict.fromkeys(
        (
            "account.first_passphrase",
            "gifts.show",
            "outside.office_file",
            "outside.office_paper",
            "leaving.leave",
            "emails.show",
            "public_questions.confirm",
            "organisations.confirm",
            "organisations.join",
            "own_donors.join",
            "pledging.confirm",
            "references.decline",
            "references.write",
            "signin.confirm_account",
            "signin.loss",
            "signin.passphrase",
        ),
        MAILED,
    ),
    **dict.fromkeys(
        (
            "assigning.assign_many",
            "cards.returned",
            "monthly.returned",
            "decisions.approve_many",
            "decisions.confirm_many",
            "decisions.invite_many",
            "decisions.not_invite_many",
            "decisions.not_recommend_many",
            "decisions.reject_many",
            "feedback.write_many",
            "screening.accept",
            "applications.submitted",
            "builder.as_other_kind",
            "builder.new_question",
            "pledging.check",
            "signin.again",
            "signin.code",
            "signin.lost",
            "outside.sent",
            "pledging.sent",
            "reviews.submit",
        ),
        AFTER,
    ),
    **dict.fromkeys(("outbox.file", "outbox.show"), TRIED_OUT),
    **dict.fromkeys(
        (
            "agreements.returned_copy",
            "signing.copy",
            "appeals.letters",
            "bank.accept",
            "bank.pay",
            "bank.pay_run",
            "bank.take_up",
            "periods.reopen_month",
            "periods.reverse_entry",
            "calls.close",
            "risk.lift",
            "bank_details.withdraw",
            "publishing.index",
            "contributions.record_unknown",
            "outreach.file",
            "own_pledges.agreement",
            "own_pledges.returned_file",
            "payments.certify",
            "payments.confirm_receipt",
            "pledges.agreement_file",
            "pledges.meet_condition",
            "applications.reopen",
            "sessions.schedule",
            "printing.download",
            "printing.resume",
        ),
        NO_RECORD,
    ),
    **dict.fromkeys(
        (
            "applications.clarification",
            "decision_lists.signed",
            "organisations.suspend_verification",
            "archiving.archive",
            "archiving.bring_back",
            "publishing.publish",
            "sessions.open_session",
            "sessions.reschedule",
            "sessions.votes",
            "staff.expertise",
            "statements.letter_to_be",
            "visits.cancel",
            "visits.change",
            "visits.report",
            "preparing.finance_files",
            "preparing.remove_finance_file",
        ),
        FEW_RECORDS,
    ),
    "applications.submit": "the button is there while the call is open",
}
"""Pages and acts that the walk through the demonstration does not meet, and why."""


def unreached(app: Flask, reached: Iterable[str]) -> set[str]:
    """Pages to look at that no page led anybody to."""
    shown = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(SKIPPED)
    }
    return shown - {*reached}


def test_every_page_is_reached_from_another_page(
    crawled: Found, demonstration: Demonstration
) -> None:
    lost = unreached(demonstration.app(StrictClient), crawled.reached)
    assert lost - UNREACHED.keys() - HIDDEN == set(), "link them from a menu, a list or a to-do"


OWN = {
    "Its donor": Role.DONOR,
    "Its donor’s officer": Role.DONOR_GIVER,
    "Its donor’s signatory": Role.DONOR_SIGNATORY,
    "Its donor’s reader": Role.DONOR_READER,
    "Its administrator": Role.ORGANISATION_ADMIN,
    "Its editor": Role.ORGANISATION_EDITOR,
    "Its signatory": Role.ORGANISATION_SIGNATORY,
    "Its reader": Role.ORGANISATION_READER,
}
"""Whose way the walk of a role is: the columns of the table that are no role."""
OTHERS = {"Another donor", "Another’s administrator"}
"""Columns of people who do not walk."""
FOR_OTHERS = (
    "applications.begin",
    "calls.questions_file",
    "certification.index",
    "organisations.register",
    "outbox.index",
    "outreach.find_donor",
    "pledging.reference",
    "pledging.step",
    "public_questions.ask",
    "signin.ask_link",
    "statements.index",
)
"""Pages that stand open to people whom they do not concern: for applicants, for who gives, for who
is not signed in, for who chooses a person of the demonstration, for who has papers to certify, or
a part of a form.
"""
MET_BY_CHANCE = (
    "accounts.show",
    "agreement_signing.ask_again",
    "agreement_signing.file",
    "agreement_signing.sign_for_fund",
    "agreements.earmarks",
    "agreements.send_out",
    "agreements.sign",
    "appeals.read",
    "applications.remove_section",
    "assigning.note",
    "assigning.reopen_review",
    "awards.cancel",
    "awards.show",
    "bank.administration_fee",
    "bank.charge",
    "bank.direct_cost",
    "bank.refund",
    "bank.take_payout_of",
    "bank.transfer_support_cost",
    "bank_details.of_grant",
    "builder.column",
    "builder.new_row_rule",
    "builder.row_rule",
    "campaigns.code",
    "data_protection.confirm",
    "data_protection.propose",
    "decision_lists.of_call",
    "decision_lists.of_session",
    "diligence.evidence",
    "donors.hand_over",
    "donors.invite",
    "earmark_proposals.index",
    "earmarks.ended",
    "enquiries.file",
    "findings.settle",
    "form_files.show",
    "messages.delayed",
    "organisations.ask_verification",
    "organisations.reinstate_verification",
    "other_grants.remove",
    "outside.confirm",
    "outside.paper",
    "own_donors.invite",
    "own_monthly.stop",
    "own_pledges.agree_earmark",
    "own_pledges.decline_earmark",
    "own_pledges.note_file",
    "pledges.acknowledge",
    "pledges.note_file",
    "pledges.returned_file",
    "pledges.send_agreement_back",
    "portfolio.compare",
    "portfolio.scenario",
    "receivables.undo",
    "risk.evidence",
    "risk.regrade",
    "holds.review",
    "holds.lift",
    "screening.outcome",
    "sessions.sign",
    "sessions.signed",
    "signing.clear",
    "signing.file",
    "signing.refuse_clearance",
    "signing.show",
    "thanks.show",
    "tokens.revoke_token",
    "translating.index",
    "translating.show",
    "webhooks.end_webhook",
    "webhooks.resume_webhook",
    "webhooks.send_again",
)
"""Pages of records that the walk of some people does not come by: it opens a few of each kind."""
STATES_OF_GRANTS = (
    "allegations.close",
    "allegations.dismiss",
    "allegations.examine",
    "allegations.note",
    "allegations.substantiate",
    "allegations.thanks",
    "agreements.period",
    "agreements.support_cost",
    "bank.take_return",
    "changes.approve_at_once",
    "changes.ask_again",
    "changes.call_off",
    "changes.decline",
    "changes.index",
    "changes.lift",
    "changes.recommend",
    "changes.return_signed",
    "changes.send_back",
    "changes.send_out",
    "changes.signed_copy",
    "changes.withdraw",
    "closure.certificate",
    "closure.close",
    "closure.ending",
    "closure.index",
    "closure.submit_certificate",
    "findings.add_file",
    "findings.answer",
    "findings.close",
    "findings.send_back",
    "payment_runs.begin",
    "payments.answer_receipt",
    "payments.approve",
    "payments.approve_many",
    "payments.certify_many",
    "payments.fail",
    "agreements.send_many",
    "bank_details.approve_many",
    "closure.ask_refunds",
    "closure.close_many",
    "monitoring.plan_many",
    "preparing.accept_many",
    "reporting.accept_many",
    "signing.sign_many",
    "payments.take_back",
    "preparing.acceptance",
    "preparing.ask_start",
    "preparing.budget",
    "preparing.finance",
    "preparing.finance_file",
    "preparing.keep_start",
    "preparing.show",
    "recovery.advice",
    "recovery.answer",
    "recovery.ask",
    "recovery.index",
    "recovery.report_transfer",
    "payments.refund_evidence",
    "recovery.show",
    "reporting.open_section",
    "reporting.remove_file",
    "reporting.report_file",
    "set_offs.agree",
    "set_offs.decline",
    "set_offs.index",
    "set_offs.propose",
    "set_offs.show",
    "set_offs.withdraw",
    "signing.accept_for_fund",
    "signing.ask_again",
    "signing.index",
    "signing.upload_for_fund",
    "certification.certify_one",
    "statements.data",
)
"""Pages of grants in life that are there in one state of a record, for the persons named to read an
allegation, or after rows were ticked; which of them the walk meets depends on the day.
"""
HIDDEN = frozenset(FOR_OTHERS) | frozenset(MET_BY_CHANCE) | frozenset(STATES_OF_GRANTS)


def out_of_reach(
    shown: Mapping[str, set[str]], offered: Mapping[str, set[str]]
) -> dict[str, set[str]]:
    """Pages that a person may open, and to which no link, form or to-do leads them on their way:
    the page, and the roles of these people.
    """
    found: dict[str, set[str]] = {}
    for endpoint, headings in shown.items():
        roles = {str(OWN[each].label) if each in OWN else each for each in headings - OTHERS}
        if lost := roles - offered.get(endpoint, set()):
            found[endpoint] = lost
    return found


def test_everyone_is_led_to_each_page_that_is_theirs(
    crawled: Found, asked: tuple[str, Found]
) -> None:
    ways = {
        endpoint: crawled.reached.get(endpoint, set()) | crawled.offered.get(endpoint, set())
        for endpoint in {*crawled.reached, *crawled.offered}
    }
    lost = out_of_reach(asked[1].reached, ways)
    unexplained = {page: roles for page, roles in lost.items() if page not in UNREACHED}
    assert unexplained.keys() <= HIDDEN, "link them, or give a to-do"


def unoffered(workflows: Iterable[Workflow], offered: Mapping[str, set[str]]) -> set[str]:
    """Pages of steps that no button, link or form leads anybody to."""
    return {
        step.page or step.within
        for workflow in workflows
        for step in workflow.steps
        if not step.by and (step.page or step.within) not in offered
    }


def test_every_step_is_offered_to_somebody(crawled: Found) -> None:
    lost = unoffered(all_workflows(), crawled.offered)
    assert lost - UNREACHED.keys() - HIDDEN == set(), "put a button on the record's page: buttons()"


def test_what_is_said_not_to_be_met_is_not_met(
    crawled: Found, demonstration: Demonstration
) -> None:
    lost = unreached(demonstration.app(StrictClient), crawled.reached)
    lost |= unoffered(all_workflows(), crawled.offered)
    assert UNREACHED.keys() - lost == set(), "they are met now: strike them from UNREACHED"


def test_a_step_that_nothing_offers_is_told() -> None:
    offered = {step.page or step.within: {"Donor"} for step in PLEDGE.steps}
    assert unoffered([PLEDGE], offered) == set()
    del offered["pledges.decline"]
    assert unoffered([PLEDGE], offered) == {"pledges.decline"}


def test_a_page_that_nothing_leads_to_is_told(new_app: Flask) -> None:
    new_app.add_url_rule("/forgotten", "forgotten", lambda: "")
    every = {rule.endpoint for rule in new_app.url_map.iter_rules()}
    assert unreached(new_app, every - {"forgotten"}) == {"forgotten"}
