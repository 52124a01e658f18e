"""No table changes: an installation runs `flask setup` again, which binds further kinds of records
to the trail (bank details, second factors, rates, calls …) before the first of them is written.
"""

revision = "0056_more_is_bound"
down_revision = "0055_enquiries"


def upgrade() -> None:
    """`/readyz` says "run flask setup" until it has been done."""


def downgrade() -> None:
    """What is bound stays bound."""
