"""PostgreSQL refuses to lock the side of an outer join that may be empty: a row that is locked with
all that its model joins must join nothing of the kind.
"""

import ast
from importlib import import_module

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.applying.applications.models import AttachedFile
from tests.rules.source import modules

LOCKED = {
    "grants/applying/applications/queries.py": ["applying.applications.models.Application"],
    "grants/applying/organisations/service.py": ["core.people.models.Organisation"],
    "grants/applying/organisations/verification/service.py": [
        "applying.organisations.verification.models.Verification"
    ],
    "grants/banking/bank/importing.py": ["core.funds.models.BankAccount"],
    "grants/banking/bank/queries.py": ["banking.bank.models.BankLine"],
    "grants/core/funds/queries.py": ["core.funds.models.Fund"],
    "grants/core/people/credentials.py": ["core.people.models.Link"],
    "grants/core/people/service.py": ["core.people.models.Organisation"],
    "grants/core/proofs/losses.py": ["core.people.models.Person", "core.proofs.models.FactorLoss"],
    "grants/core/proofs/service.py": [
        "core.people.models.Person",
        "core.people.models.SignIn",
        "core.proofs.models.RecoveryCode",
    ],
    "grants/deciding/awards/locking.py": ["deciding.awards.models.Award"],
    "grants/deciding/interests/service.py": ["core.people.models.Person"],
    "grants/deciding/sessions/service.py": ["core.people.models.Person"],
    "grants/desk/data_protection/service.py": [
        "desk.data_protection.models.ErasureRequest",
        "core.people.models.Person",
    ],
    "grants/desk/merging/service.py": ["core.people.models.Organisation"],
    "grants/desk/retention/jobs.py": ["desk.retention.models.Purge"],
    "grants/desk/retention/service.py": [
        "desk.retention.models.LegalHold",
        "desk.retention.models.Purge",
    ],
    "grants/fundraising/appeals/sending.py": [
        "fundraising.appeals.models.Mailing",
        "fundraising.appeals.models.MailingLine",
    ],
    "grants/fundraising/appeals/service.py": ["giving.outreach.models.Campaign"],
    "grants/giving/donors/colleagues.py": ["core.people.models.Organisation"],
    "grants/giving/outreach/service.py": ["giving.pledges.models.Pledge"],
    "grants/giving/pledging/service.py": ["giving.pledges.models.Pledge"],
    "grants/granting/preparing/finance.py": ["granting.preparing.models.FinanceDraft"],
    "grants/granting/results/service.py": ["core.funds.models.Fund"],
    "grants/integrity/diligence/service.py": ["core.people.models.Organisation"],
    "grants/integrity/sanctions/matching.py": ["integrity.sanctions.models.SanctionsWatch"],
    "grants/platform/casework/service.py": [
        "platform.casework.models.CaseOwner",
        "platform.casework.models.Remark",
    ],
    "grants/platform/documents/quota.py": ["core.people.models.Organisation"],
    "grants/platform/large_files/service.py": ["platform.large_files.models.LargeFile"],
    "grants/platform/messages/post.py": ["platform.messages.models.Message"],
    "grants/platform/scanning/service.py": ["platform.documents.models.Document"],
    "grants/platform/signatures/codes.py": ["platform.signatures.models.SigningCode"],
    "grants/platform/staff/service.py": ["core.people.models.Membership"],
    "grants/publishing/integration/service.py": ["publishing.integration.models.ApiToken"],
    "grants/publishing/webhooks/delivering.py": [
        "publishing.webhooks.models.Delivery",
        "publishing.webhooks.models.Webhook",
    ],
    "grants/publishing/webhooks/service.py": ["publishing.webhooks.models.Webhook"],
    "grants/platform/undelivered/service.py": [
        "platform.messages.models.Message",
        "platform.undelivered.models.UndeliveredEmail",
    ],
}
"""What each module locks without saying `of` which table alone."""


def locks_all(tree: ast.Module) -> bool:
    """Does the module lock a row with everything that its model joins?"""
    return any(
        (
            isinstance(node, ast.keyword)
            and node.arg == "with_for_update"
            and isinstance(node.value, ast.Constant)
        )
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "with_for_update"
            and all(keyword.arg != "of" for keyword in node.keywords)
        )
        for node in ast.walk(tree)
    )


def test_each_module_that_locks_all_says_what_it_locks() -> None:
    assert {path for path, tree in modules().items() if locks_all(tree)} == set(LOCKED)


@pytest.mark.parametrize("name", sorted({name for names in LOCKED.values() for name in names}))
def test_what_is_locked_with_all_that_it_joins_can_be_locked(session: Session, name: str) -> None:
    module, _dot, model = name.rpartition(".")
    table = getattr(import_module(f"grants.{module}"), model)
    session.execute(select(table).limit(1).with_for_update()).all()


def test_what_joins_a_table_that_may_be_empty_is_refused(session: Session) -> None:
    with pytest.raises(DBAPIError, match="outer join"):
        session.execute(select(AttachedFile).limit(1).with_for_update())


def test_a_lock_that_leaves_no_table_out_is_told() -> None:
    assert locks_all(ast.parse("session.refresh(file, with_for_update=True)"))
    assert locks_all(ast.parse("select(AttachedFile).with_for_update(skip_locked=True)"))
    assert not locks_all(ast.parse("session.refresh(file, with_for_update={'of': AttachedFile})"))
    assert not locks_all(ast.parse("select(AttachedFile).with_for_update(of=AttachedFile)"))
