"""Certificates of statements, and the copies kept under them."""

import sqlalchemy as sa
from alembic import op

revision = "0010_certificates"
down_revision = "0009_books"

# Certificates of a fund and year are numbered 1, 2, 3 … in the order they were given.
CERTIFICATE_GAPLESS = """
CREATE FUNCTION certificate_gapless() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before int;
BEGIN
    SELECT coalesce(max(number), 0) INTO before FROM certificate
        WHERE fund_id = NEW.fund_id AND year = NEW.year AND id <> NEW.id;
    IF NEW.number <> before + 1 THEN
        RAISE EXCEPTION 'certificate % of % leaves a gap after %', NEW.number, NEW.year, before
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""

TRIGGERS = """
CREATE TRIGGER certificate_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER certificate_gapless BEFORE INSERT ON certificate
    FOR EACH ROW EXECUTE FUNCTION certificate_gapless();
CREATE TRIGGER certificate_copy_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate_copy
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change()
"""


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("fund_id", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("period", sa.String(length=21), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("certified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("certified_by", sa.String(length=120), nullable=False),
        sa.Column("supersedes_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_certificate_number")),
        sa.CheckConstraint("supersedes_id <> id", name=op.f("ck_certificate_supersedes_another")),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_certificate_fund_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_certificate_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_certificate_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["supersedes_id", "document", "reference", "period"],
            [
                "certificate.id",
                "certificate.document",
                "certificate.reference",
                "certificate.period",
            ],
            name="fk_certificate_supersedes_one_of_the_same",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint(
            "fund_id", "year", "number", name=op.f("uq_certificate_fund_id_year_number")
        ),
        sa.UniqueConstraint(
            "id",
            "document",
            "reference",
            "period",
            name=op.f("uq_certificate_id_document_reference_period"),
        ),
        sa.UniqueConstraint("supersedes_id", name=op.f("uq_certificate_supersedes_id")),
    )
    op.create_index("ix_certificate_newest", "certificate", ["fund_id", "id"], unique=False)
    op.create_index(
        op.f("ix_certificate_organisation_id"), "certificate", ["organisation_id"], unique=False
    )
    op.create_index(op.f("ix_certificate_person_id"), "certificate", ["person_id"], unique=False)
    op.create_index(
        "uq_certificate_first",
        "certificate",
        ["document", "reference", "period"],
        unique=True,
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.create_table(
        "certificate_copy",
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_certificate_copy_size")),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_copy_certificate_id")
        ),
        sa.PrimaryKeyConstraint("certificate_id", "language", name=op.f("pk_certificate_copy")),
        sa.UniqueConstraint("sha256", name=op.f("uq_certificate_copy_sha256")),
    )
    op.create_table(
        "inquiry",
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("address", "begun_at", name=op.f("pk_inquiry")),
    )
    op.create_index("ix_inquiry_begun_at", "inquiry", ["begun_at"], unique=False)
    op.execute(CERTIFICATE_GAPLESS)
    for statement in TRIGGERS.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_inquiry_begun_at", table_name="inquiry")
    op.drop_table("inquiry")
    op.drop_table("certificate_copy")
    op.drop_index(
        "uq_certificate_first",
        table_name="certificate",
        postgresql_where=sa.text("supersedes_id IS NULL"),
    )
    op.drop_index(op.f("ix_certificate_person_id"), table_name="certificate")
    op.drop_index(op.f("ix_certificate_organisation_id"), table_name="certificate")
    op.drop_index("ix_certificate_newest", table_name="certificate")
    op.drop_table("certificate")
    op.execute("DROP FUNCTION certificate_gapless")
