"""What must hold of the trail on live data; `flask ledger verify` asks it with the rest."""

from grants.core.audit import binding, chain, rules, sealing, values

CHECKS = (chain.breaches, binding.breaches, rules.breaches, sealing.breaches, values.breaches)
TRIGGERS = {"trail_link_append_only": "trail_link"}
"""The database's own rule about the chain, and its table."""
