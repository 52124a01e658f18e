"""Foundations: funds, people, the trail, files, e-mails and their jobs."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001_foundations"
down_revision = None

FORBID_CHANGE = """
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""

DROP_JOBS = """
DO $$
DECLARE item record;
BEGIN
    DROP TABLE procrastinate_events, procrastinate_periodic_defers, procrastinate_jobs,
        procrastinate_workers CASCADE;
    FOR item IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'procrastinate_%'
    LOOP EXECUTE 'DROP ROUTINE ' || item.name || ' CASCADE'; END LOOP;
    FOR item IN SELECT typname AS name FROM pg_type
        WHERE typname LIKE 'procrastinate_%' AND typtype IN ('e', 'c')
    LOOP EXECUTE 'DROP TYPE IF EXISTS ' || item.name || ' CASCADE'; END LOOP;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "counter",
        sa.Column("series", sa.String(length=80), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_counter")),
    )
    op.create_table(
        "fund",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("purpose", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("psc_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("operating_reserve_minor", sa.BigInteger(), nullable=False),
        sa.Column("annual_target_minor", sa.BigInteger(), nullable=False),
        sa.Column("smallest_count", sa.Integer(), nullable=False),
        sa.Column("bank_details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signatory", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("operating_reserve_minor >= 0", name=op.f("ck_fund_operating_reserve")),
        sa.CheckConstraint("smallest_count >= 5", name=op.f("ck_fund_smallest_count")),
        sa.CheckConstraint("psc_percent BETWEEN 0 AND 100", name=op.f("ck_fund_psc_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_fund_code")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "member_state",
                "igo",
                "ngo",
                "foundation",
                "private",
                "individual",
                name="donorkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("registration_number", sa.String(length=80), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("survivor_led", sa.Boolean(), nullable=False),
        sa.Column("public_name", sa.Boolean(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    op.create_index(
        "ix_organisation_name_lower",
        "organisation",
        [sa.literal_column("lower(name)")],
        unique=False,
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(
        "uq_person_email_lower",
        "person",
        [sa.literal_column("lower(email)")],
        unique=True,
    )
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column(
            "scan",
            sa.Enum(
                "pending",
                "clean",
                "infected",
                name="scanstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("scanned_by", sa.String(length=60), nullable=True),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_document_size")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_document_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name=op.f("fk_document_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(
        op.f("ix_document_organisation_id"),
        "document",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(op.f("ix_document_sha256"), "document", ["sha256"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
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
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("fund_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "begun_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(organisation_id IS NOT NULL) = (role IN ('donor', 'organisation_admin', 'organisation_editor'))",
            name=op.f("ck_membership_outside_roles_belong_to_an_organisation"),
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_membership_fund_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_membership_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        op.f("ix_membership_organisation_id"),
        "membership",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "uq_membership_standing",
        "membership",
        [
            "person_id",
            "role",
            sa.literal_column("coalesce(fund_id, 0)"),
            sa.literal_column("coalesce(organisation_id, 0)"),
        ],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(length=160), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("attachments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "queued_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("event", name=op.f("uq_message_event")),
    )
    op.create_index(op.f("ix_message_person_id"), "message", ["person_id"], unique=False)
    op.create_table(
        "trail",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=True),
        sa.Column("target", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trail_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
    )
    op.create_index(op.f("ix_trail_person_id"), "trail", ["person_id"], unique=False)
    op.create_index("ix_trail_subject", "trail", ["subject", "subject_id", "id"], unique=False)

    op.execute(FORBID_CHANGE)
    op.execute(
        "CREATE TRIGGER trail_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trail "
        "FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
    )
    # The driver takes the many statements of procrastinate's schema in one go; "%" is no placeholder.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(SchemaManager.get_schema().encode())


def downgrade() -> None:
    op.execute(DROP_JOBS)
    op.drop_index("ix_trail_subject", table_name="trail")
    op.drop_index(op.f("ix_trail_person_id"), table_name="trail")
    op.drop_table("trail")
    op.drop_index(op.f("ix_message_person_id"), table_name="message")
    op.drop_table("message")
    op.drop_index(
        "uq_membership_standing",
        table_name="membership",
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_membership_organisation_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_index(op.f("ix_document_sha256"), table_name="document")
    op.drop_index(op.f("ix_document_organisation_id"), table_name="document")
    op.drop_table("document")
    op.drop_index("uq_person_email_lower", table_name="person")
    op.drop_table("person")
    op.drop_index("ix_organisation_name_lower", table_name="organisation")
    op.drop_table("organisation")
    op.drop_table("fund")
    op.drop_table("counter")
    op.execute("DROP FUNCTION forbid_change")
