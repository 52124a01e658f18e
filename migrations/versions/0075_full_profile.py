"""An organisation's whole profile, and calls that ask for years of experience."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0075_full_profile"
down_revision = "0074_roles_of_applicants"

STATUS = ("association", "foundation", "faith", "community", "other")
LISTS = {"budgets": "'[]'", "safeguards": "'{}'", "referees": "'[]'"}


def upgrade() -> None:
    status = sa.Enum(
        *STATUS, name="legalstatus", native_enum=False, create_constraint=True, length=40
    )
    op.add_column("organisation", sa.Column("legal_status", status, nullable=True))
    for name in ("assists_since", "paid_staff", "volunteers"):
        op.add_column("organisation", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("organisation", sa.Column("mission", sa.Text(), nullable=True))
    op.add_column("organisation", sa.Column("partner_portal", sa.String(12), nullable=True))
    for name, empty in LISTS.items():
        column = sa.Column(name, postgresql.JSONB(), server_default=sa.text(empty), nullable=False)
        op.add_column("organisation", column)
        op.alter_column("organisation", name, server_default=None)
    op.create_check_constraint("people", "organisation", "paid_staff >= 0 AND volunteers >= 0")
    op.add_column("call", sa.Column("experience_years", sa.Integer(), nullable=True))
    op.create_check_constraint("experience_years", "call", "experience_years > 0")


def downgrade() -> None:
    op.drop_constraint("experience_years", "call", type_="check")
    op.drop_column("call", "experience_years")
    op.drop_constraint("people", "organisation", type_="check")
    for name in LISTS:
        op.drop_column("organisation", name)
    for name in ("partner_portal", "mission", "volunteers", "paid_staff", "assists_since"):
        op.drop_column("organisation", name)
    op.drop_column("organisation", "legal_status")
