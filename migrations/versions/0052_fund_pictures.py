"""The mark of a fund and the signatures of its signatories."""

import sqlalchemy as sa
from alembic import op

revision = "0052_fund_pictures"
down_revision = "0051_passphrases_as_typed"


def upgrade() -> None:
    kind = sa.Enum(
        "mark",
        "signature",
        name="picturekind",
        native_enum=False,
        create_constraint=True,
        length=40,
    )
    op.create_table(
        "fund_picture",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("whose", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.UniqueConstraint("fund_id", "kind", "whose"),
        sa.CheckConstraint("octet_length(content) BETWEEN 1 AND 500000", name="content"),
        sa.CheckConstraint("(kind = 'signature') = (whose <> '')", name="whose"),
    )
    op.create_index("ix_fund_picture_sha256", "fund_picture", ["sha256"])


def downgrade() -> None:
    op.drop_table("fund_picture")
