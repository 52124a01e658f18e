"""A signatory signs off an application before it is submitted, where the call asks for it."""

import sqlalchemy as sa
from alembic import op

revision = "0076_sign_off"
down_revision = "0075_full_profile"


def upgrade() -> None:
    no = sa.text("false")
    op.add_column(
        "call", sa.Column("signatory_signs", sa.Boolean(), nullable=False, server_default=no)
    )
    op.alter_column("call", "signatory_signs", server_default=None)
    person = sa.ForeignKey("person.id")
    op.create_table(
        "sign_off",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column(
            "application_id", sa.BigInteger(), sa.ForeignKey("application.id"), nullable=False
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), person),
        sa.Column("signed_at", sa.DateTime(timezone=True)),
        sa.Column("signed_by_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("sha256", sa.String(64)),
        sa.CheckConstraint("(signed_at IS NULL) = (sha256 IS NULL)", name="signed_one_text"),
        sa.Index("ix_sign_off_application", "application_id", "id"),
        sa.Index(
            "uq_sign_off_asked",
            "application_id",
            unique=True,
            postgresql_where=sa.text("signed_at IS NULL"),
        ),
    )


def downgrade() -> None:
    op.drop_table("sign_off")
    op.drop_column("call", "signatory_signs")
