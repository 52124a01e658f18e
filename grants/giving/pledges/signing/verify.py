"""The database's own rules about agreements that were signed; `flask ledger verify` asks them."""

from grants.books.ledger.verify import Check

TRIGGERS = {
    "agreement_signing_kept": "agreement_signing",
    "agreement_signature_kept": "agreement_signature",
}
CHECKS: list[Check] = []
