"""Which pages ask again who sits there is written down, and no act of that kind is left out."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flask import Flask

from grants.core.kernel.workflow import Workflow
from grants.core.people.duties import STEP_UP, WITHOUT_FACTOR
from grants.core.people.role_permissions import GRANTED
from grants.giving.pledges.workflow import CHANGE
from grants.platform.web.again import acts_ask, shows_ask
from grants.platform.web.steps import all_workflows

ACTS = {
    "agreement_signing.sign_for_fund",
    "signing.accept_for_fund",
    "signing.upload_for_fund",
    *(
        "accounts.approve",
        "accounts.decline",
        "agreements.period",
        "preparing.keep_start",
        "agreements.support_cost",
        "awards.cancel",
        "decisions.approve",
        "decisions.approve_many",
        "decisions.confirm_reserve",
        "decisions.confirm_many",
        "decisions.reject",
        "risk.lift",
        "holds.lift",
        "decisions.reject_many",
    ),
    *("bank_details.approve", "bank_details.check", "bank_details.new"),
    *("bank_details.approve_many", "signing.sign_many"),
    *("bank_details.not_approve", "bank_details.refuse"),
    *("bank.pay", "bank.pay_run", "bank.take_refund", "bank.take_return"),
    *("bank.account", "bank.close", "bank.new_account", "reconciliation.sign"),
    *("changes.approve", "changes.approve_at_once", "changes.lift", "changes.reject"),
    "changes.call_off",
    *("closure.approve", "closure.decline"),
    *("certification.certify_one", "certification.certify_year"),
    *("diligence.decide", "diligence.revoke", "diligence.rules", "diligence.send_back"),
    *("factors.end", "factors.new_codes"),
    "fund_setup.describe",
    "moving_in.confirm",
    *("tokens.make_token", "tokens.revoke_token"),
    *("webhooks.make_webhook", "webhooks.end_webhook", "webhooks.resume_webhook"),
    "webhooks.send_again",
    *("retention.confirm", "retention.lift_hold", "retention.place_hold", "retention.propose"),
    *("retention.set_years", "retention.stop"),
    *("data_protection.confirm", "data_protection.erase"),
    *("data_protection.propose", "data_protection.refuse"),
    *("payments.approve", "payments.certify", "payments.refund", "payments.release"),
    *(
        "payment_runs.begin",
        "payment_runs.cancel",
        "payment_runs.columns",
        "payment_runs.send_file",
    ),
    *("payment_runs.make_again", "payment_runs.put_in", "payment_runs.record_paid"),
    "payment_runs.take_out",
    *("payments.answer_receipt", "payments.approve_many", "payments.certify_many"),
    *("payments.fail", "payments.hold", "payments.let_go", "payments.send"),
    *("payments.send_back", "payments.take_back"),
    *("set_offs.agree", "set_offs.decline", "set_offs.propose", "set_offs.withdraw"),
    *("card_payments.close_refund", "card_payments.refund"),
    *("pledge_changes.approve", "pledge_changes.refuse"),
    *("receivables.approve", "receivables.reject", "receivables.undo"),
    *("sanctions.decide", "signin.loss"),
    *("settings.approve", "settings.decline"),
    *("staff.appoint", "staff.confirm", "staff.decline", "staff.end", "staff.expertise"),
    *("staff.account", "staff.link_account", "staff.sign_out", "staff.withdraw"),
}
"""What is done there, a proof of some minutes ago is needed for."""
SHOWN = {
    *("appeals.letters", "appeals.mailing", "donors.index", "outreach.show", "trail.index"),
    *("access_log.document", "access_log.index"),
    *("bank.index", "bank_details.index", "contributions.index", "diligence.index"),
    *("card_mandates.index", "card_payments.index", "payouts.index"),
    *("outreach.contacts", "outside.index", "pledges.index", "sanctions.matches", "staff.index"),
    *("applications.answers", "statements.package"),
    *("bank_details.new", "own_data.copy"),
    *("prospects.ask_next", "prospects.pipeline"),
    *("factors.add_app", "factors.add_passkey", "factors.new_passkey_options"),
}
"""What is shown there, or given as a file."""


def asking(app: Flask) -> set[str]:
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and acts_ask(app.view_functions[rule.endpoint])
    }


def left_out(app: Flask, workflows: Iterable[Workflow]) -> Iterator[str]:
    """Steps behind a permission of STEP_UP whose page does not ask."""
    for workflow in workflows:
        for step in workflow.steps:
            page = step.page or step.within
            if step.permission in STEP_UP and page and not acts_ask(app.view_functions[page]):
                yield f"{workflow.subject}: {step.action}: {page}"


def test_the_pages_that_ask_are_these(app: Flask) -> None:
    assert asking(app) == ACTS
    assert {name for name, view in app.view_functions.items() if shows_ask(view)} == SHOWN


def test_every_step_that_approves_pays_or_certifies_asks(app: Flask) -> None:
    assert [*left_out(app, all_workflows())] == [], "mark its page with @asks_again"


def test_a_step_that_does_not_ask_is_told(app: Flask) -> None:
    wider = [
        replace(step, page="pledges.show") if step.action == "approve" else step
        for step in CHANGE.steps
    ]
    changed = Workflow(CHANGE.subject, CHANGE.initial, wider, CHANGE.names, CHANGE.final)
    assert [*left_out(app, [changed])] == [f"{CHANGE.subject}: approve: pledges.show"]


def test_whoever_is_asked_again_has_a_second_factor() -> None:
    assert not STEP_UP & WITHOUT_FACTOR
    assert all(any(permission in held for held in GRANTED.values()) for permission in STEP_UP)
