"""Papers of grants: award letter, agreement, amendment, reports, refunds."""
