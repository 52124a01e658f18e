"""Outreach."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013_outreach"
down_revision = "0012_pledges"

# A contact is what was said that day: only its next step is done later.
CONTACT_KEPT = """
CREATE FUNCTION outreach_contact_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.done_at IS NOT NULL OR NEW.done_at IS NULL
        OR to_jsonb(NEW) - 'done_at' <> to_jsonb(OLD) - 'done_at'
    THEN
        RAISE EXCEPTION 'contact % is never changed', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

TRIGGERS = """
CREATE TRIGGER outreach_contact_kept BEFORE UPDATE ON outreach_contact
    FOR EACH ROW EXECUTE FUNCTION outreach_contact_kept();
CREATE TRIGGER outreach_contact_not_deleted BEFORE DELETE OR TRUNCATE ON outreach_contact
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()
"""


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "running",
                "closed",
                "cancelled",
                name="campaignstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "world_day",
                "conference",
                "bilateral",
                "other",
                name="campaignkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("target_minor", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("regions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_campaign_dates")),
        sa.CheckConstraint("target_minor >= 0", name=op.f("ck_campaign_target")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_campaign_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    op.create_index("ix_campaign_fund_newest", "campaign", ["fund_id", "id"], unique=False)
    op.create_table(
        "appeal",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("heading", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_appeal_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_appeal")),
    )
    op.create_table(
        "campaign_donor",
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_donor_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["organisation.id"], name=op.f("fk_campaign_donor_donor_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "donor_id", name=op.f("pk_campaign_donor")),
    )
    op.create_table(
        "mailing",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "post",
            sa.Enum(
                "email", "letter", name="post", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("begun_by_id", sa.BigInteger(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["begun_by_id"], ["person.id"], name=op.f("fk_mailing_begun_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_mailing_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_mailing_campaign_id_number")),
        sa.UniqueConstraint("key", name=op.f("uq_mailing_key")),
    )
    op.create_table(
        "outreach_contact",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.Column(
            "means",
            sa.Enum(
                "note_verbale",
                "letter",
                "meeting",
                "email",
                "call",
                name="means",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("with_whom", sa.String(length=200), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "awaited",
                "interested",
                "asked_more",
                "will_pledge",
                "thanked",
                "declined",
                name="contact_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("next_step", sa.String(length=300), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("next_by_id", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(next_step IS NULL) = (next_on IS NULL) AND (next_step IS NULL) = (next_by_id IS NULL) AND (done_at IS NULL OR next_step IS NOT NULL)",
            name=op.f("ck_outreach_contact_next_step_whole"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_outreach_contact_by_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_outreach_contact_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_outreach_contact_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["organisation.id"], name=op.f("fk_outreach_contact_donor_id")
        ),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_outreach_contact_fund_id")),
        sa.ForeignKeyConstraint(
            ["next_by_id"], ["person.id"], name=op.f("fk_outreach_contact_next_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_contact")),
        sa.UniqueConstraint("key", name=op.f("uq_outreach_contact_key")),
    )
    op.create_index(
        "ix_outreach_contact_campaign",
        "outreach_contact",
        ["campaign_id", "donor_id"],
        unique=False,
    )
    op.create_index("ix_outreach_contact_day", "outreach_contact", ["held_on", "id"], unique=False)
    op.create_index(
        "ix_outreach_contact_donor", "outreach_contact", ["donor_id", "held_on"], unique=False
    )
    op.create_index(
        "ix_outreach_contact_next",
        "outreach_contact",
        ["next_by_id", "next_on"],
        unique=False,
        postgresql_where=sa.text("next_step IS NOT NULL AND done_at IS NULL"),
    )
    op.create_table(
        "campaign_pledge",
        sa.Column("pledge_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_pledge_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["pledge_id"],
            ["pledge.id"],
            name=op.f("fk_campaign_pledge_pledge_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_campaign_pledge")),
    )
    op.create_index("ix_campaign_pledge_campaign", "campaign_pledge", ["campaign_id"], unique=False)
    op.create_table(
        "mailing_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("mailing_id", sa.BigInteger(), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("donor_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("function", sa.String(length=160), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column(
            "excluded",
            sa.Enum(
                "nobody",
                "not_cleared",
                "opted_out",
                "no_email",
                "wants_letters",
                "written_to",
                "never_gave",
                name="leftout",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("heading", sa.String(length=200), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(excluded IS NULL) = (heading IS NOT NULL AND body IS NOT NULL)",
            name=op.f("ck_mailing_line_worded_or_not"),
        ),
        sa.CheckConstraint(
            "excluded IS NULL OR (done_at IS NULL AND document_id IS NULL)",
            name=op.f("ck_mailing_line_left_out"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_mailing_line_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["donor_contact.id"], name=op.f("fk_mailing_line_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_mailing_line_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["donor_id"], ["organisation.id"], name=op.f("fk_mailing_line_donor_id")
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_line_mailing_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_line")),
        sa.UniqueConstraint("mailing_id", "number", name=op.f("uq_mailing_line_mailing_id_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_mailing_line_reference")),
    )
    op.create_index(
        op.f("ix_mailing_line_contact_id"), "mailing_line", ["contact_id"], unique=False
    )
    op.create_index(op.f("ix_mailing_line_donor_id"), "mailing_line", ["donor_id"], unique=False)
    op.create_index(
        "ix_mailing_line_to_do",
        "mailing_line",
        ["mailing_id", "number"],
        unique=False,
        postgresql_where=sa.text("excluded IS NULL AND done_at IS NULL"),
    )
    op.create_index(
        "uq_mailing_line_address_once",
        "mailing_line",
        ["campaign_id", sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("excluded IS NULL AND email IS NOT NULL"),
    )
    op.create_index(
        "uq_mailing_line_contact_once",
        "mailing_line",
        ["campaign_id", "contact_id"],
        unique=True,
        postgresql_where=sa.text("excluded IS NULL AND contact_id IS NOT NULL"),
    )
    op.create_index(
        "uq_mailing_line_donor_once",
        "mailing_line",
        ["campaign_id", "donor_id"],
        unique=True,
        postgresql_where=sa.text("excluded IS NULL AND contact_id IS NULL"),
    )
    op.execute(CONTACT_KEPT)
    for statement in TRIGGERS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index(
        "uq_mailing_line_donor_once",
        table_name="mailing_line",
        postgresql_where=sa.text("excluded IS NULL AND contact_id IS NULL"),
    )
    op.drop_index(
        "uq_mailing_line_contact_once",
        table_name="mailing_line",
        postgresql_where=sa.text("excluded IS NULL AND contact_id IS NOT NULL"),
    )
    op.drop_index(
        "uq_mailing_line_address_once",
        table_name="mailing_line",
        postgresql_where=sa.text("excluded IS NULL AND email IS NOT NULL"),
    )
    op.drop_index(
        "ix_mailing_line_to_do",
        table_name="mailing_line",
        postgresql_where=sa.text("excluded IS NULL AND done_at IS NULL"),
    )
    op.drop_index(op.f("ix_mailing_line_donor_id"), table_name="mailing_line")
    op.drop_index(op.f("ix_mailing_line_contact_id"), table_name="mailing_line")
    op.drop_table("mailing_line")
    op.drop_index("ix_campaign_pledge_campaign", table_name="campaign_pledge")
    op.drop_table("campaign_pledge")
    op.drop_index(
        "ix_outreach_contact_next",
        table_name="outreach_contact",
        postgresql_where=sa.text("next_step IS NOT NULL AND done_at IS NULL"),
    )
    op.drop_index("ix_outreach_contact_donor", table_name="outreach_contact")
    op.drop_index("ix_outreach_contact_day", table_name="outreach_contact")
    op.drop_index("ix_outreach_contact_campaign", table_name="outreach_contact")
    op.drop_table("outreach_contact")
    op.drop_table("mailing")
    op.drop_table("campaign_donor")
    op.drop_table("appeal")
    op.drop_index("ix_campaign_fund_newest", table_name="campaign")
    op.drop_table("campaign")
    op.execute("DROP FUNCTION outreach_contact_kept")
