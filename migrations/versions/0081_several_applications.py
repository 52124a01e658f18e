"""Calls that take several applications of an organisation, each in a place of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0081_several_applications"
down_revision = "0080_sanctions_failures"

STANDING = sa.text("state <> 'withdrawn'")


def upgrade() -> None:
    op.add_column(
        "call",
        sa.Column(
            "applications_per_organisation", sa.Integer(), nullable=False, server_default="1"
        ),
    )
    op.create_check_constraint(
        "applications_per_organisation", "call", "applications_per_organisation > 0"
    )
    op.add_column(
        "application", sa.Column("place", sa.Integer(), nullable=False, server_default="1")
    )
    op.create_check_constraint("place", "application", "place > 0")
    op.add_column("application", sa.Column("note_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_application_note_id_application", "application", "application", ["note_id"], ["id"]
    )
    op.execute(
        """
        UPDATE application AS proposal SET note_id = note.id
        FROM application AS note JOIN call AS first ON first.id = note.call_id
        WHERE proposal.call_id = first.second_stage_id
          AND proposal.organisation_id = note.organisation_id
          AND note.state = 'invited'
        """
    )
    op.drop_index("uq_application_of_call", "application")
    columns = ["call_id", "organisation_id", "place"]
    op.create_index(
        "uq_application_of_call", "application", columns, unique=True, postgresql_where=STANDING
    )
    op.create_index(
        "uq_application_of_note",
        "application",
        ["note_id"],
        unique=True,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    """Refused by the index where an organisation has more than one application to a call."""
    op.drop_index("uq_application_of_note", "application")
    op.drop_index("uq_application_of_call", "application")
    op.create_index(
        "uq_application_of_call",
        "application",
        ["call_id", "organisation_id"],
        unique=True,
        postgresql_where=STANDING,
    )
    op.drop_constraint("fk_application_note_id_application", "application", type_="foreignkey")
    op.drop_column("application", "note_id")
    op.drop_constraint("place", "application", type_="check")
    op.drop_column("application", "place")
    op.drop_constraint("applications_per_organisation", "call", type_="check")
    op.drop_column("call", "applications_per_organisation")
