"""Donors: their profiles and contacts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_donors"
down_revision = "0007_disbursements"

# Whoever has pledged, or may pledge, before this step is a donor.
KNOWN_ALREADY = """
INSERT INTO donor (organisation_id, language, known_since)
SELECT id, 'en', created_at FROM organisation
WHERE id IN (SELECT donor_id FROM pledge UNION SELECT organisation_id FROM membership WHERE role = 'donor')
"""


def upgrade() -> None:
    op.create_table(
        "donor",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("mailing_address", sa.String(length=400), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("known_since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_donor_organisation_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_donor")),
    )
    op.create_table(
        "donor_contact",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("function", sa.String(length=160), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "ministry",
                "mission",
                "rapporteur",
                "executive",
                "partnerships",
                "finance",
                "other",
                name="contactrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "email",
                "letter",
                "note_verbale",
                "phone",
                name="contact_way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opted_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "way <> 'email' OR email IS NOT NULL", name=op.f("ck_donor_contact_reached_by_email")
        ),
        sa.CheckConstraint(
            "way <> 'phone' OR phone IS NOT NULL", name=op.f("ck_donor_contact_reached_by_phone")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["donor.organisation_id"],
            name=op.f("fk_donor_contact_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donor_contact")),
    )
    op.create_index(
        "ix_donor_contact_donor", "donor_contact", ["organisation_id", "id"], unique=False
    )
    op.create_index(
        "uq_donor_contact_email",
        "donor_contact",
        ["organisation_id", sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("left_on IS NULL AND email IS NOT NULL"),
    )
    op.add_column(
        "organisation",
        sa.Column(
            "other_names",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            server_default=sa.text("'[]'"),
        ),
    )
    op.alter_column("organisation", "other_names", server_default=None)
    op.execute(KNOWN_ALREADY)


def downgrade() -> None:
    op.drop_column("organisation", "other_names")
    op.drop_index(
        "uq_donor_contact_email",
        table_name="donor_contact",
        postgresql_where=sa.text("left_on IS NULL AND email IS NOT NULL"),
    )
    op.drop_index("ix_donor_contact_donor", table_name="donor_contact")
    op.drop_table("donor_contact")
    op.drop_table("donor")
