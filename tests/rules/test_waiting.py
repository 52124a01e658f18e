"""Whatever waits, waits for a person who is told so: each state of each workflow has its to-do."""

from collections.abc import Iterable, Mapping, Sequence

import pytest
from flask import Flask

from grants.core.kernel.workflow import Workflow
from grants.desk.tasks.todo import TASKS
from grants.granting.reporting.workflow import REPORT
from grants.platform.web.steps import all_workflows

JOB = "a job of the application takes it on by itself"
DONE = "nothing more is wanted; a step leads on only if people change their minds"
THEIRS = "the person who prepares it works on it until it is ready; nobody else waits for it"

WAITING: Mapping[str, Mapping[str, Sequence[str] | str]] = {
    "application": {
        "draft": ["Application to finish and submit"],
        "submitted": ["Application to screen"],
        "eligible": ["Application needing reviewers"],
        "under_review": ["Interests to declare", "Application to score"],
        "reviewed": ["Application awaiting your recommendation", "Concept note to decide on"],
        "recommended": ["Recommendation awaiting the Board’s advice", "Award to approve"],
        "reserve": [
            "Place on the reserve list to confirm",
            "Application on the reserve list can be funded now",
        ],
        "not_recommended": ["Application to reject"],
        "not_invited": DONE,
        "approved": DONE,
    },
    "clarification": {"asked": ["Question from the fund to answer"]},
    "call": {
        "draft": ["Call ready to be opened"],
        "test": ["Call ready to be opened"],
        "open": ["Call to close: its deadline has passed"],
        "closed": ["Call with results to publish"],
        **dict.fromkeys(("published", "withdrawn", "archived"), DONE),
    },
    "organisation_verification": {
        "draft": "an organisation need not ask, until a call wants it",
        "pending": ["Organisation to verify"],
        "returned": ["Verification of your organisation to complete"],
        "suspended": ["Suspended verification to decide on"],
        "verified": DONE,
        "rejected": DONE,
    },
    "erasure_request": {
        "asked": ["Request for erasure to decide on"],
        "proposed": ["Request for erasure to decide on"],
    },
    "purge": {
        "proposed": ["Purge of data to confirm"],
        "confirmed": JOB,
    },
    "account_change": {"proposed": ["Change of bank details to approve"]},
    "card_payment": {"started": JOB, "closed": DONE},
    "card_mandate": {
        "started": JOB,
        "active": ["Monthly gift whose card was refused"],
        "stopping": JOB,
        "closed": DONE,
    },
    "card_return": {
        "asked": JOB,
        "out": DONE,
        "failed": ["Refund to a card that failed"],
    },
    "bank_line": {
        "unmatched": ["Bank statement line to match"],
        "matched": DONE,
        "set_aside": DONE,
    },
    "setting_change": {"proposed": ["Setting change to approve"]},
    "award": {
        "approved": [
            "Congratulations: a grant is awarded to you. Please accept it",
            "Another start of a grant to decide on",
            "Grant agreement to prepare: budget or finances",
            "Grant agreement to send for signature",
            "Bank details to give",
        ],
        "agreed": [
            "Finished grant to close",
            "Unspent grant money to refund",
            "Grant with unspent money to reclaim",
        ],
    },
    "review": {
        "assigned": ["Interests to declare"],
        "declared": ["Application to score"],
        "reopened": ["Application to score"],
        "submitted": DONE,
    },
    "board_session": {
        "prepared": ["Session of the Board with trustees to invite"],
        "invited": [
            "Session of the Board",
            "Session of the Board to open or close",
            "Trustee yet to reply before the session",
        ],
        "open": ["Session of the Board to open or close", "Session of the Board"],
        "closed": ["Minutes of the Board to sign"],
    },
    "visit": {"planned": ["Interview or site visit to carry out"]},
    "organisation_merge": {"proposed": ["Merge of records to confirm"]},
    "history_import": {
        "uploaded": JOB,
        "faulty": "the person who uploaded it reads the faults on the page that uploading leads to",
        "checked": ["Data import to confirm"],
        "confirmed": JOB,
    },
    "campaign": {"draft": THEIRS, "running": THEIRS, "closed": DONE},
    "outside_contribution": {
        "announced": ["Contribution outside the fund to pass on"],
        "handed_on": ["Contribution outside the fund awaiting its office"],
    },
    "new date": {"asked": ["Request to change a payment date"]},
    "pledge": {
        "unconfirmed": "a link in an e-mail confirms it; without that the fund knows of nothing",
        "pledged": ["New pledge or gift to acknowledge"],
        "acknowledged": ["Pledge or gift awaiting its agreement"],
    },
    "agreement signing": {
        "out": "the donor’s start page asks for the signature",
        "countersign": ["Signed agreement from a donor to check"],
    },
    "earmark proposal": {"proposed": ["Proposal on an earmark awaiting its donor"]},
    "pledge change": {"requested": ["Change to a pledge to decide on"]},
    "allowance_run": {"proposed": ["Allowance to approve"], "posted": DONE},
    "bank_details": {
        "requested": ["Bank details to check by telephone"],
        "checked": ["Bank details to approve"],
        "in_force": ["Letter from your bank to renew"],
    },
    "refund_request": {
        "sent": [
            "Refund to make to the fund",
            "Refund by a grantee overdue",
            "Refund reported as paid, or asked about: to answer",
        ],
        "settled": DONE,
    },
    "set_off": {
        "proposed": ["Set-off of a refund to approve"],
        "agreed": "it is deducted when the instalment is paid, which has its own to-do",
        "deducted": DONE,
    },
    "audit_certificate": {"submitted": ["Certificate of audit to check"]},
    "forced_closing": {"proposed": ["Write-off of a grant to approve"]},
    "grant_change": {
        "agreed": ["Change to a grant that could not take effect"],
        "requested": ["Change to a grant to examine"],
        "sent_back": ["Request for a change to a grant to correct"],
        "recommended": ["Change to a grant to approve"],
        "approved": ["Amendment to send for signature"],
        "returned": ["Signed amendment to check and record"],
        "in_force": DONE,
    },
    "preparation": {
        "submitted": ["Revised budget or finance questionnaire to check"],
        "sent_back": ["Grant agreement to prepare: budget or finances"],
    },
    "signing": {
        "clearance": ["Document awaiting legal clearance"],
        **{
            state: [
                "Document to sign for a grant",
                "Document to sign for the fund",
                "Document awaiting its organisation’s signature",
            ]
            for state in ("out", "countersign")
        },
    },
    "payment_run": {"open": ["Payment run to send"]},
    "instalment": {
        "due": ["Instalment to certify"],
        "certified": ["Payment to approve"],
        "approved": ["Approved instalment to pay"],
        "sent": ["Sent payment to follow up"],
        "paid": [
            "Payment to confirm",
            "Payment reported as not received in full: to answer",
        ],
        "failed": ["Instalment to certify", "Payment refused: bank details to correct"],
        "returned": ["Instalment to certify", "Payment refused: bank details to correct"],
        "held": ["Payment on hold to decide on"],
    },
    "report": {
        "due": ["Report to write", "Report is overdue"],
        "submitted": ["Narrative report to check", "Financial report to check"],
        "sent_back": ["Returned report to correct"],
    },
    "finding": {
        "closed": DONE,
        "open": [
            "Finding on a grant to answer",
            "Finding for you to answer",
            "Finding without an answer, escalated",
        ],
        "answered": ["Answer to a finding to check"],
        "sent_back": ["Finding on a grant to answer", "Finding for you to answer"],
        "to_recover": [
            "Ineligible amount to refund",
            "Refund of an ineligible amount awaited",
        ],
    },
    "allegation": {
        "received": ["Allegation to examine"],
        "examined": ["Allegation to examine"],
        "substantiated": ["Allegation to examine"],
        "not_substantiated": ["Allegation to examine"],
    },
    "monitoring": {
        "planned": [
            "Visit, spot check or audit for you to carry out",
            "Visit, spot check or audit overdue",
        ],
        "announced": [
            "Visit, spot check or audit for you to carry out",
            "Visit or audit by the fund to prepare for",
        ],
        "held": ["Report on a visit or audit to write"],
        "reported": ["Report on a visit or audit to close"],
    },
    "due_diligence": {
        "open": ["Due diligence to complete"],
        "recommended": ["Due diligence to decide on"],
        "cleared": ["Due diligence to renew"],
        "conditions": ["Due diligence to renew"],
    },
    "organisation_hold": {"placed": ["Hold on an organisation to review"]},
    "flag": {"raised": "it stands as long as what it warns of"},
    "sanctions_hit": {
        "open": ["Possible match with the sanctions list"],
        "proposed": ["Match with the sanctions list to confirm as another person or entity"],
        **dict.fromkeys(("different", "confirmed", "lapsed"), DONE),
    },
    "statement_run": {
        "ordered": JOB,
        **dict.fromkeys(
            ("incomplete", "stuck", "cancelled"), "its page tells the person who ordered it"
        ),
    },
    "appointment": {"proposed": ["Appointment to confirm"]},
}
"""Workflow → state → the to-dos of those for whom it waits, or why nobody waits."""


def without_to_do(
    workflows: Iterable[Workflow], waiting: Mapping[str, Mapping[str, Sequence[str] | str]]
) -> list[str]:
    """States that are not final, and of which the table says neither a to-do nor a reason."""
    return [
        f"{workflow.subject}: {state.value}"
        for workflow in workflows
        for state in type(workflow.initial)
        if state not in workflow.final and not waiting.get(workflow.subject, {}).get(state.value)
    ]


def test_every_state_that_waits_has_a_person_whose_to_do_it_is(app: Flask) -> None:
    lost = without_to_do(all_workflows(), WAITING)
    assert lost == [], "give it a Task in grants/desk/tasks/, or say here why nobody waits"


def test_every_to_do_of_the_table_is_one_of_the_start_page(app: Flask) -> None:
    with app.test_request_context():
        known = {str(task.words(1)) for task in TASKS}
    named = {
        text
        for states in WAITING.values()
        for told in states.values()
        if not isinstance(told, str)
        for text in told
    }
    assert named - known == set()


def test_the_table_names_no_state_that_is_gone_or_final(app: Flask) -> None:
    real = {
        (workflow.subject, state.value)
        for workflow in all_workflows()
        for state in type(workflow.initial)
        if state not in workflow.final
    }
    told = {(subject, state) for subject, states in WAITING.items() for state in states}
    assert told - real == set()


@pytest.mark.parametrize("state", ["submitted", "sent_back"])
def test_a_state_that_waits_for_nobody_is_told_by_name(state: str) -> None:
    without = {key: told for key, told in WAITING["report"].items() if key != state}
    assert without_to_do([REPORT], {"report": without}) == [f"report: {state}"]
