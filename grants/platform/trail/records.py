"""The records that the trail speaks of: what kinds there are, what each is called, its page."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from sqlalchemy import ColumnElement, Exists, Table, case, false, or_, select, true
from sqlalchemy.orm import Session

from grants.core.audit.models import TrailRow
from grants.core.database.db import Base
from grants.core.funds.models import Fund
from grants.core.kernel.language import lazy_gettext as _l

KINDS: Mapping[str, str] = {
    "public_summary": _l("Summary for the public"),
    "account_change": _l("Change of bank details"),
    "allegation": _l("Allegation"),
    "allegation_reader": _l("Person who reads allegations"),
    "audit_certificate": _l("Certificate of audit"),
    "audit_sample": _l("Audit sample"),
    "allowance_run": _l("Allowance for doubtful receivables"),
    "appeal_consent": _l("Consent to appeals"),
    "thanks_round": _l("Thanks to donors"),
    "application": _l("Application"),
    "appointment": _l("Appointment"),
    "award": _l("Award"),
    "bank_account": _l("Bank account"),
    "bank_details": _l("Bank details of a grantee"),
    "bank_line": _l("Bank line"),
    "board_session": _l("Session of the Board"),
    "binding": _l("Hashes of records"),
    "bank_statement": _l("Bank statement"),
    "call": _l("Call for proposals"),
    "campaign": _l("Campaign"),
    "case_owner": _l("Owner of a case"),
    "certificate": _l("Certified statement"),
    "clause_text": _l("Clauses of agreements"),
    "clarification": _l("Request for clarification"),
    "demonstration": _l("Demonstration"),
    "deposit": _l("Deposit"),
    "due_diligence": _l("Due diligence"),
    "enquiry": _l("Reference or site visit"),
    "entry": _l("Ledger entry"),
    "finding": _l("Finding"),
    "flag": _l("Flag"),
    "organisation_hold": _l("Hold on an organisation"),
    "forced_closing": _l("Closure with a write-off"),
    "fund": _l("Fund"),
    "grant_change": _l("Change to a grant"),
    "history_import": _l("Data import"),
    "legal_hold": _l("Legal hold"),
    "purge": _l("Purge"),
    "retention_rule": _l("Period of retention"),
    "api_token": _l("Token of a program"),
    "instalment": _l("Instalment"),
    "interest": _l("Declaration of interests"),
    "monitoring": _l("Visit, spot check or audit"),
    "new_date": _l("New payment date"),
    "earmark_proposal": _l("Proposal on an earmark"),
    "organisation": _l("Organisation"),
    "undelivered_email": _l("Returned e-mail"),
    "suppressed_address": _l("Unsubscribed address"),
    "organisation_merge": _l("Merge of records"),
    "organisation_verification": _l("Verification of an organisation"),
    "outcome_letter": _l("Letter to an applicant"),
    "outreach_contact": _l("Communication with a donor"),
    "card_event": _l("Message from a card provider"),
    "card_mandate": _l("Monthly gift by card"),
    "card_payment": _l("Payment by card"),
    "card_return": _l("Money returned to a card"),
    "outside_contribution": _l("Contribution outside the fund"),
    "payment_run": _l("Payment run"),
    "preparation": _l("Preparation of an agreement"),
    "refund_request": _l("Refund requested from a grantee"),
    "set_off": _l("Set-off of a refund"),
    "results_edition": _l("Edition of the results"),
    "signature": _l("Signature"),
    "signing": _l("Signing of a document"),
    "agreement_signing": _l("Contribution agreement to sign"),
    "agreement_signature": _l("Signature under a contribution agreement"),
    "period": _l("Month of the ledger"),
    "person": _l("Person"),
    "factor": _l("Second factor"),
    "erasure_request": _l("Request for erasure"),
    "factor_loss": _l("Lost second factor"),
    "pledge": _l("Pledge"),
    "letter_request": _l("Letter of reference"),
    "pledge_change": _l("Change to a pledge"),
    "provider_account": _l("Account at a provider"),
    "public_question": _l("Question about a call"),
    "reconciliation": _l("Reconciliation"),
    "remark": _l("Remark for colleagues"),
    "report": _l("Report"),
    "review": _l("Review"),
    "visit": _l("Interview or site visit"),
    "risk_rating": _l("Risk rating"),
    "safeguarding_assessment": _l("Assessment of safeguarding"),
    "sanctions_hit": _l("Sanctions match"),
    "sanctions_list": _l("Sanctions list"),
    "scenario": _l("Scenario"),
    "setting_change": _l("Change to a setting"),
    "signing_key": _l("Key that signs documents"),
    "stored_files": _l("Stored files"),
    "statement_run": _l("Batch of statements"),
    "webhook": _l("Webhook"),
}
"""Kinds of record by their table, as people call them; the list of the filter."""

PAGES: Mapping[str, tuple[str, str, str]] = {
    "account_change": ("accounts.show", "number", "id"),
    "application": ("applications.show", "reference", "reference"),
    "appointment": ("staff.appointment", "number", "id"),
    "award": ("agreements.show", "reference", "reference"),
    "bank_account": ("bank.account", "code", "code"),
    "bank_line": ("bank.show", "line_id", "id"),
    "board_session": ("sessions.show", "reference", "reference"),
    "call": ("calls.show", "reference", "reference"),
    "campaign": ("outreach.show", "code", "code"),
    "deposit": ("contributions.show", "deposit_id", "id"),
    "due_diligence": ("diligence.show", "case_id", "id"),
    "erasure_request": ("data_protection.show", "number", "id"),
    "history_import": ("moving_in.show", "number", "id"),
    "organisation_merge": ("merging.show", "number", "id"),
    "outreach_contact": ("outreach.contact", "contact_id", "id"),
    "outside_contribution": ("outside.show", "reference", "reference"),
    "pledge": ("pledges.show", "reference", "reference"),
    "pledge_change": ("pledge_changes.show", "change_id", "id"),
    "purge": ("retention.show", "number", "id"),
    "api_token": ("tokens.show", "number", "id"),
    "remark": ("casework.remark", "number", "id"),
    "setting_change": ("settings.show", "number", "id"),
    "webhook": ("webhooks.show", "number", "id"),
}
"""The page of a kind of record: its endpoint, and which column is which part of its address."""

NAMING = ("reference", "code", "serial", "email", "name")
"""Columns by which people know a record, the first that its table has."""

NUMBERED = frozenset({"bank_line", "allegation", "card_payment", "card_mandate"})
"""Tables in which such a column says something else, is empty at first, or is read by named
persons alone.
"""


def table_of(kind: str) -> Table | None:
    """The table of a kind of record; None for one that is gone."""
    return Base.metadata.tables.get(kind)


def naming_column(table: Table) -> str:
    """The column by which people know a record; its number if there is none."""
    if table.name in NUMBERED:
        return "id"
    return next((name for name in NAMING if name in table.c), "id")


def names_of(session: Session, rows: Iterable[TrailRow]) -> dict[tuple[str, int], dict[str, str]]:
    """For each record of these rows its `name`, and the columns that its page is found by."""
    ids_by_kind: dict[str, set[int]] = {}
    for row in rows:
        ids_by_kind.setdefault(row.subject, set()).add(row.subject_id)
    return {
        (kind, number): facts
        for kind, ids in ids_by_kind.items()
        for number, facts in _names_of_kind(session, kind, ids)
    }


def _names_of_kind(
    session: Session, kind: str, ids: set[int]
) -> Iterator[tuple[int, dict[str, str]]]:
    table = table_of(kind)
    if table is None or "id" not in table.c:
        return
    name = naming_column(table)
    address = PAGES[kind][2] if kind in PAGES else "id"
    query = select(table.c.id, table.c[name], table.c[address], _has_page(table))
    for number, called, key, has_page in session.execute(query.where(table.c.id.in_(ids))):
        yield number, {"name": str(called), "address": str(key) if has_page else ""}


def _has_page(table: Table) -> ColumnElement[bool]:
    """A draft has none: nobody of the fund sees an application before it is submitted."""
    if table.name == "application":
        return table.c.submitted_at.is_not(None)
    return true()


def records_called(text: str) -> ColumnElement[bool]:
    """Trail rows about a record with this reference, code or number."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    conditions: list[ColumnElement[bool]] = [TrailRow.subject_id == number] if number else []
    for kind in KINDS:
        table = table_of(kind)
        if table is None or (name := naming_column(table)) not in NAMING[:3]:
            continue
        ids = select(table.c.id).where(table.c[name] == text).scalar_subquery()
        conditions.append((TrailRow.subject == kind) & (TrailRow.subject_id == ids))
    return or_(false(), *conditions)


def of_funds(funds: Iterable[int]) -> ColumnElement[bool]:
    """Trail rows about records of these funds; records of no fund are none of them."""
    fund_ids = list(funds)
    within = {
        kind: _in_funds(table, path, fund_ids)
        for kind in KINDS
        if (table := table_of(kind)) is not None and (path := path_to_fund(kind)) is not None
    }
    return case(*((TrailRow.subject == kind, rule) for kind, rule in within.items()), else_=false())


def _in_funds(table: Table, path: tuple[str, ...], funds: list[int]) -> Exists:
    child = table.alias()
    query = select(child.c.id).where(child.c.id == TrailRow.subject_id)
    for name in path:
        key = next(iter(child.c[name].foreign_keys))
        parent = key.column.table.alias()
        query = query.where(child.c[name] == parent.c.id)
        child = parent
    return query.where(child.c.id.in_(funds)).exists()


@cache
def path_to_fund(kind: str) -> tuple[str, ...] | None:
    """The shortest way along required foreign keys from a table to the fund: names of columns;
    None where a record is of no fund.
    """
    reached: list[tuple[str, tuple[str, ...]]] = [(kind, ())]
    visited = {kind}
    while reached:
        name, path = reached.pop(0)
        if name == Fund.__tablename__:
            return path
        table = Base.metadata.tables[name]
        for column in table.c:
            for key in column.foreign_keys:
                target = key.column.table.name
                if key.column.name == "id" and target not in visited:
                    visited.add(target)
                    reached.append((target, (*path, column.name)))
    return None
