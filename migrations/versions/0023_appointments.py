"""Roles with a first and a last day, appointments that a second person confirms, expertise."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023_appointments"
down_revision = "0022_guessing"

ROLES = (
    "administrator",
    "fund_manager",
    "programme_officer",
    "finance_officer",
    "certifying_officer",
    "approving_officer",
    "reviewer",
    "trustee",
    "auditor",
    "observer",
    "donor",
    "organisation_admin",
    "organisation_editor",
)
GROUPS = ("african", "asia_pacific", "eastern_european", "latin_american", "western")
STATES = ("proposed", "confirmed", "declined", "withdrawn")


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, native_enum=False, create_constraint=True, length=40, name=name)


def upgrade() -> None:
    op.add_column("membership", sa.Column("from_on", sa.Date()))
    op.add_column("membership", sa.Column("until_on", sa.Date()))
    op.add_column("membership", sa.Column("regional_group", sa.String(40)))
    op.create_check_constraint("until_after_from", "membership", "until_on >= from_on")
    op.create_check_constraint(
        "group_of_a_trustee", "membership", "regional_group IS NULL OR role = 'trustee'"
    )
    op.create_check_constraint(
        "regionalgroup",
        "membership",
        sa.column("regional_group", sa.String()).in_(GROUPS),
    )
    _appointments()
    op.create_table(
        "expertise",
        sa.Column(
            "person_id",
            sa.BigInteger(),
            sa.ForeignKey("person.id"),
            primary_key=True,
            autoincrement=False,
        ),
        *(
            sa.Column(name, postgresql.JSONB(), nullable=False)
            for name in ("languages", "regions", "aid")
        ),
    )


def _appointments() -> None:
    op.create_table(
        "appointment",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("role", _choice("appointmentrole", ROLES), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id")),
        sa.Column("from_on", sa.Date()),
        sa.Column("until_on", sa.Date()),
        sa.Column("regional_group", _choice("appointmentgroup", GROUPS)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", _choice("appointmentstate", STATES), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("until_on >= from_on", name="until_after_from"),
        sa.CheckConstraint("length(reason) > 0", name="reason"),
    )
    op.create_index("ix_appointment_person", "appointment", ["person_id"])
    op.create_index(
        "uq_appointment_waiting",
        "appointment",
        ["person_id", "role", sa.text("coalesce(fund_id, 0)")],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table("expertise")
    op.drop_table("appointment")
    for name in ("regionalgroup", "group_of_a_trustee", "until_after_from"):
        op.drop_constraint(name, "membership", type_="check")
    for name in ("regional_group", "until_on", "from_on"):
        op.drop_column("membership", name)
