"""Donors: their profiles and contacts, due diligence, and the sanctions list."""

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

# What was decided stays decided: only a clearance may be revoked, for a reason.
DILIGENCE_KEPT = """
CREATE FUNCTION due_diligence_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('open', 'recommended') AND (
        NOT (NEW.state = OLD.state
            OR OLD.state IN ('cleared', 'conditions') AND NEW.state = 'revoked')
        OR OLD.state IN ('refused', 'revoked')
        OR to_jsonb(NEW) - '{state,revocation,version}'::text[]
            <> to_jsonb(OLD) - '{state,revocation,version}'::text[])
    THEN
        RAISE EXCEPTION 'the decision of examination % stands', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

KEPT = (
    DILIGENCE_KEPT,
    (
        "CREATE TRIGGER due_diligence_kept BEFORE UPDATE ON due_diligence"
        " FOR EACH ROW EXECUTE FUNCTION due_diligence_kept()"
    ),
    *(
        f"CREATE TRIGGER {table}_not_deleted BEFORE DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()"
        for table in (
            "due_diligence",
            "due_diligence_evidence",
            "sanctions_list",
            "sanctions_entry",
            "sanctions_hit",
        )
    ),
)


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
    op.create_table(
        "due_diligence",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "recommended",
                "cleared",
                "conditions",
                "refused",
                "revoked",
                name="diligencestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("persons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("screened", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "proposal",
            sa.Enum(
                "clear",
                "clear_with_conditions",
                "refuse",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("recommendation", sa.Text(), nullable=True),
        sa.Column("recommended_by", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("taken_over", sa.Boolean(), nullable=False),
        sa.Column("revocation", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'cleared' OR taken_over OR recommended_by <> decided_by",
            name=op.f("ck_due_diligence_cleared_by_another"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('cleared', 'conditions') OR (decided_on IS NOT NULL AND valid_until > decided_on)",
            name=op.f("ck_due_diligence_cleared_for_a_time"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('conditions', 'refused') OR recommended_by <> decided_by",
            name=op.f("ck_due_diligence_decided_by_another"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('conditions', 'refused') OR decision IS NOT NULL",
            name=op.f("ck_due_diligence_decided_for_a_reason"),
        ),
        sa.CheckConstraint(
            "state <> 'revoked' OR revocation IS NOT NULL",
            name=op.f("ck_due_diligence_revoked_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_due_diligence_decided_by")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_due_diligence_fund_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_due_diligence_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["recommended_by"], ["person.id"], name=op.f("fk_due_diligence_recommended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_diligence")),
    )
    op.create_index(
        "ix_due_diligence_organisation", "due_diligence", ["organisation_id", "id"], unique=False
    )
    op.create_index("ix_due_diligence_state", "due_diligence", ["state", "id"], unique=False)
    op.create_index(
        "uq_due_diligence_undecided",
        "due_diligence",
        ["organisation_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('open', 'recommended')"),
    )
    op.create_table(
        "due_diligence_rules",
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("examines_igos", sa.Boolean(), nullable=False),
        sa.Column("more_criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("years BETWEEN 1 AND 10", name=op.f("ck_due_diligence_rules_years")),
        sa.ForeignKeyConstraint(
            ["fund_id"], ["fund.id"], name=op.f("fk_due_diligence_rules_fund_id")
        ),
        sa.PrimaryKeyConstraint("fund_id", name=op.f("pk_due_diligence_rules")),
    )
    op.create_table(
        "sanctions_list",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("generated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("standing", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("delisted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sanctions_list_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions_list")),
        sa.UniqueConstraint("generated_at", name=op.f("uq_sanctions_list_generated_at")),
    )
    op.create_index(
        op.f("ix_sanctions_list_person_id"), "sanctions_list", ["person_id"], unique=False
    )
    op.create_table(
        "due_diligence_evidence",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("due_diligence_id", sa.BigInteger(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_due_diligence_evidence_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["due_diligence_id"],
            ["due_diligence.id"],
            name=op.f("fk_due_diligence_evidence_due_diligence_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_diligence_evidence")),
        sa.UniqueConstraint("document_id", name=op.f("uq_due_diligence_evidence_document_id")),
    )
    op.create_index(
        op.f("ix_due_diligence_evidence_due_diligence_id"),
        "due_diligence_evidence",
        ["due_diligence_id"],
        unique=False,
    )
    op.create_table(
        "sanctions_entry",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("data_id", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "individual",
                "entity",
                name="listedkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("list_type", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("original", sa.String(length=400), nullable=True),
        sa.Column("aliases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("births", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("papers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("addresses", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("countries", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("titles", sa.String(length=400), nullable=True),
        sa.Column("comments", sa.Text(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("updated_on", sa.Date(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("first_list_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_list_id", sa.BigInteger(), nullable=False),
        sa.Column("delisted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_list_id"],
            ["sanctions_list.id"],
            name=op.f("fk_sanctions_entry_changed_list_id"),
        ),
        sa.ForeignKeyConstraint(
            ["first_list_id"], ["sanctions_list.id"], name=op.f("fk_sanctions_entry_first_list_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions_entry")),
        sa.UniqueConstraint("data_id", name=op.f("uq_sanctions_entry_data_id")),
    )
    op.create_index(
        "ix_sanctions_entry_changed", "sanctions_entry", ["changed_list_id", "id"], unique=False
    )
    op.create_table(
        "sanctions_watch",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("persons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("list_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["list_id"], ["sanctions_list.id"], name=op.f("fk_sanctions_watch_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_sanctions_watch_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_sanctions_watch")),
    )
    op.create_index(
        "ix_sanctions_watch_list", "sanctions_watch", ["list_id", "organisation_id"], unique=False
    )
    op.create_table(
        "sanctions_hit",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "different",
                "confirmed",
                "lapsed",
                name="hitstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("ours", sa.String(length=400), nullable=False),
        sa.Column("theirs", sa.String(length=400), nullable=False),
        sa.Column("grounds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'lapsed') OR reason IS NOT NULL",
            name=op.f("ck_sanctions_hit_decided_for_a_reason"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_sanctions_hit_score")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["sanctions_entry.id"], name=op.f("fk_sanctions_hit_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_sanctions_hit_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanctions_hit")),
        sa.UniqueConstraint(
            "organisation_id", "entry_id", name=op.f("uq_sanctions_hit_organisation_id_entry_id")
        ),
    )
    op.create_index(op.f("ix_sanctions_hit_entry_id"), "sanctions_hit", ["entry_id"], unique=False)
    op.create_index("ix_sanctions_hit_state", "sanctions_hit", ["state", "id"], unique=False)
    for statement in KEPT:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_sanctions_hit_state", table_name="sanctions_hit")
    op.drop_index(op.f("ix_sanctions_hit_entry_id"), table_name="sanctions_hit")
    op.drop_table("sanctions_hit")
    op.drop_index("ix_sanctions_watch_list", table_name="sanctions_watch")
    op.drop_table("sanctions_watch")
    op.drop_index("ix_sanctions_entry_changed", table_name="sanctions_entry")
    op.drop_table("sanctions_entry")
    op.drop_index(
        op.f("ix_due_diligence_evidence_due_diligence_id"), table_name="due_diligence_evidence"
    )
    op.drop_table("due_diligence_evidence")
    op.drop_index(op.f("ix_sanctions_list_person_id"), table_name="sanctions_list")
    op.drop_table("sanctions_list")
    op.drop_table("due_diligence_rules")
    op.drop_index(
        "uq_due_diligence_undecided",
        table_name="due_diligence",
        postgresql_where=sa.text("state IN ('open', 'recommended')"),
    )
    op.drop_index("ix_due_diligence_state", table_name="due_diligence")
    op.drop_index("ix_due_diligence_organisation", table_name="due_diligence")
    op.drop_table("due_diligence")
    op.execute("DROP FUNCTION due_diligence_kept")
    op.drop_column("organisation", "other_names")
    op.drop_index(
        "uq_donor_contact_email",
        table_name="donor_contact",
        postgresql_where=sa.text("left_on IS NULL AND email IS NOT NULL"),
    )
    op.drop_index("ix_donor_contact_donor", table_name="donor_contact")
    op.drop_table("donor_contact")
    op.drop_table("donor")
