"""Letters begin and end in a fund's own words; feedback in the letter of an award."""

import sqlalchemy as sa
from alembic import op

revision = "0060_letter_texts"
down_revision = "0059_call_workflow"

LETTERS = ("award", "reserve", "regret", "ineligible")


def _kinds(*kinds: str) -> None:
    op.drop_constraint("letterkind", "outcome_letter", type_="check")
    named = ", ".join(f"'{kind}'" for kind in kinds)
    op.create_check_constraint("letterkind", "outcome_letter", f"kind IN ({named})")


def upgrade() -> None:
    _kinds("regret", "reserve", "award")
    which = sa.Enum(*LETTERS, name="letter", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "letter_text",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("letter", which, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("opening", sa.Text(), nullable=False),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("ix_letter_text_fund", "fund_id", "letter", "language", "id"),
    )


def downgrade() -> None:
    op.drop_table("letter_text")
    op.execute("DELETE FROM outcome_letter WHERE kind = 'award'")
    _kinds("regret", "reserve")
