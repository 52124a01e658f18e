"""Lost second factors."""

import sqlalchemy as sa
from alembic import op

revision = "0032_losses"
down_revision = "0031_lines"


def upgrade() -> None:
    op.create_table(
        "factor_loss",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "confirmed_by_id <> person_id", name=op.f("ck_factor_loss_another_person_confirms")
        ),
        sa.CheckConstraint(
            "(confirmed_by_id IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_factor_loss_confirmed_by_a_person"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_factor_loss_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_factor_loss_confirmed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_loss")),
    )
    op.create_index(
        "uq_factor_loss_open",
        "factor_loss",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("factor_loss")
