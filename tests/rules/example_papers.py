"""One record of the demonstration for each kind of paper."""

from collections.abc import Iterator

from grants.applying.applications.workflow import ApplicationState
from grants.core.kernel.taxonomies import DonorKind
from grants.core.people.models import Organisation
from grants.deciding.reviews.workflow import ReviewState
from grants.deciding.sessions.workflow import SessionState
from grants.fundraising.appeals.models import MailingLine
from grants.giving.contributions.models import Receipt
from grants.giving.pledges.models import Pledge
from tests.rules.examples import Examples


def documents(examples: Examples) -> Iterator[tuple[str, str]]:
    """Each kind of document; its facts are asked for, which takes less than printing them."""
    pledge = examples.by_page["/pledges"]["reference"]
    is_state = Pledge.donor.has(Organisation.kind == DonorKind.MEMBER_STATE)
    of_state = examples.first(Pledge, is_state)
    slip = examples.first(Pledge, Pledge.express, Pledge.currency == "CHF")
    sent = (MailingLine.donor_id == examples.donor.id, MailingLine.excluded.is_(None))
    letter = examples.first(MailingLine, *sent)
    receipt = examples.first(Receipt, Receipt.donor_id == examples.donor.id)
    declared, assigned = (
        examples.review(state)["reference"]
        for state in (ReviewState.DECLARED, ReviewState.ASSIGNED)
    )
    rejected = examples.in_state(ApplicationState.REJECTED)["reference"]
    notes = {declared: ", the reviewer has declared", assigned: ", not declared yet"}
    year = "?from=2026-01-01&to=2026-06-30"
    for document, reference in (
        ("acknowledgement", pledge),
        ("payment-slip", slip.reference),
        ("note-verbale", of_state.reference),
        ("appeal-letter", letter.reference),
        ("thanks", examples.by_page["/thank-you"]["token"]),
        ("guide", "donor"),
        ("receipt", receipt.reference),
        ("donor-statement", examples.donor.code + ".json" + year),
        ("fund-statement", "UNVTF.json" + year),
        ("financial-statements", "UNVTF.json" + year),
        ("aged-receivables", "UNVTF.json" + year),
        ("earmarks", "UNVTF.json" + year),
        ("contributions", "UNVTF.json" + year),
        ("public-contributions", "UNVTF.json" + year),
        ("annex", "UNVTF.json" + year),
        ("briefing", "UNVTF"),
        ("donor-report", f"{examples.donor.code}/UNVTF.json?from=2025-01-01&to=2025-12-31"),
        ("submission", examples.submitted.reference),
        ("submission", declared),
        ("submission", assigned),
        ("board-minutes", examples.meeting(SessionState.SIGNED).reference),
        ("decision-list", examples.signed_list.meeting.reference),
        ("board-dossier", f"{examples.submitted.call.reference}/{examples.trustee_id}"),
        ("blank-form", examples.by_page["/calls"]["reference"]),
        ("award-letter", examples.award.reference),
        ("regret-letter", rejected),
        ("reserve-letter", rejected),  # nobody’s: it was never on a reserve list
        ("agreement", examples.award.reference),
        ("amendment", examples.amendment()),
        ("refund-letter", f"{examples.refund.award.reference}/{examples.refund.number}"),
        ("grant-statement", examples.award.reference),
        ("grant-report", examples.report_sent()),
        ("monitoring-report", examples.activity("reported")["reference"]),
        ("monitoring-report", examples.activity("closed")["reference"]),
    ):
        ending = "" if ".json" in reference else ".json"
        name = f"document: {document}{notes.get(reference, '')}"
        yield name, f"/documents/{document}/{reference}{ending}"
