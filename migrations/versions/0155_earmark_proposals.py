"""Other terms of an earmark, proposed to its donor."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0155_earmark_proposals"
down_revision = "0154_safeguarding"

GRADES = ("unearmarked", "soft", "earmarked", "tight")
WINDOWS = ("SGP1", "SGP2", "SPECIAL")
REGIONS = ("african", "asia_pacific", "eastern_european", "latin_american", "western")
THEMES = (
    *("identification", "shelter", "medical", "psychosocial", "material", "legal", "education"),
    *("economic", "family", "repatriation"),
)
STATES = ("proposed", "agreed", "declined", "withdrawn")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "earmark_proposal",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("pledge_id", sa.BigInteger(), sa.ForeignKey("pledge.id"), nullable=False),
        sa.Column("earmarking", _one_of("proposed_earmarking", *GRADES), nullable=False),
        sa.Column("earmarked_for", sa.Text()),
        sa.Column("earmarked_window", _one_of("proposed_window", *WINDOWS)),
        sa.Column("earmarked_region", _one_of("proposed_region", *REGIONS)),
        sa.Column("earmarked_theme", _one_of("proposed_theme", *THEMES)),
        sa.Column("earmarked_countries", postgresql.JSONB(), nullable=False),
        sa.Column("earmarked_until", sa.Date()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("state", _one_of("proposalstate", *STATES), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("decided_on", sa.Date()),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
        sa.CheckConstraint("state = 'proposed' OR decided_on IS NOT NULL", name="decided_on_a_day"),
        sa.Index("ix_earmark_proposal_pledge", "pledge_id", "id"),
        sa.Index(
            "ix_earmark_proposal_open",
            "pledge_id",
            unique=True,
            postgresql_where=sa.text("state = 'proposed'"),
        ),
    )


def downgrade() -> None:
    op.drop_table("earmark_proposal")
