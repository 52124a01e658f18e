"""A further review where reviews lie apart, and the note of the panel's chair."""

import sqlalchemy as sa
from alembic import op

revision = "0057_review_panels"
down_revision = "0056_more_is_bound"


def upgrade() -> None:
    op.add_column("call", sa.Column("divergence", sa.Integer(), nullable=True))
    op.add_column(
        "call", sa.Column("ranks_adjusted", sa.Boolean(), nullable=False, server_default="false")
    )
    op.alter_column("call", "ranks_adjusted", server_default=None)
    op.create_check_constraint("divergence", "call", "divergence BETWEEN 1 AND 99")
    op.create_table(
        "review_panel",
        sa.Column(
            "application_id", sa.BigInteger(), sa.ForeignKey("application.id"), primary_key=True
        ),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.Column("chair", sa.String(200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("noted_by_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("more BETWEEN 0 AND 1", name="more"),
        sa.CheckConstraint(
            "(noted_at IS NULL) = (note = '') AND (noted_at IS NULL) = (chair = '')",
            name="note_with_its_chair",
        ),
    )


def downgrade() -> None:
    op.drop_table("review_panel")
    op.drop_column("call", "ranks_adjusted")
    op.drop_column("call", "divergence")
