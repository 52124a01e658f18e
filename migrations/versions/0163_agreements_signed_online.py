"""Contribution agreements are signed online by both sides; a code is for any paper."""

import sqlalchemy as sa
from alembic import op

revision = "0163_agreements_signed_online"
down_revision = "0162_consents"

SIDES = ("donor", "fund")
WAYS = ("code", "factor", "upload")
STATES = ("out", "countersign", "signed", "sent_back", "withdrawn")
TABLES = ("agreement_signing", "agreement_signature")

SIGNING_KEPT = """
CREATE FUNCTION agreement_signing_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state NOT IN ('out', 'countersign') OR
        (OLD.pledge_id, OLD.language, OLD.document_id, OLD.facts_sha256, OLD.sent_at)
        IS DISTINCT FROM
        (NEW.pledge_id, NEW.language, NEW.document_id, NEW.facts_sha256, NEW.sent_at) THEN
        RAISE EXCEPTION 'what is signed is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
SIGNATURE_KEPT = """
CREATE FUNCTION agreement_signature_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.returned_at IS NOT NULL OR
        (OLD.signing_id, OLD.side, OLD.person_id, OLD.name, OLD.function, OLD.way, OLD.sha256,
        OLD.signed_at) IS DISTINCT FROM
        (NEW.signing_id, NEW.side, NEW.person_id, NEW.name, NEW.function, NEW.way, NEW.sha256,
        NEW.signed_at) THEN
        RAISE EXCEPTION 'a signature is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    _create_signings()
    _create_signatures()
    for table, function in zip(TABLES, (SIGNING_KEPT, SIGNATURE_KEPT), strict=True):
        op.execute(function)
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_kept()"
        )
    op.execute("DELETE FROM signing_code")
    op.drop_index("ix_signing_code_person", "signing_code")
    op.drop_column("signing_code", "signing_id")
    op.add_column("signing_code", sa.Column("subject", sa.String(40), nullable=False))
    op.add_column("signing_code", sa.Column("subject_id", sa.BigInteger(), nullable=False))
    columns = ["subject", "subject_id", "person_id", "id"]
    op.create_index("ix_signing_code_person", "signing_code", columns)


def _create_signings() -> None:
    op.create_table(
        "agreement_signing",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("pledge_id", sa.BigInteger(), sa.ForeignKey("pledge.id"), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("state", _choice("agreementstate", STATES), nullable=False),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id"), nullable=False),
        sa.Column("facts_sha256", sa.String(64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_document_id", sa.BigInteger(), sa.ForeignKey("document.id")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_document_id IS NOT NULL)", name="signed_with_a_copy"
        ),
        sa.Index("ix_agreement_signing_pledge", "pledge_id", "id"),
        sa.Index(
            "uq_agreement_signing_open",
            "pledge_id",
            unique=True,
            postgresql_where=sa.text("state IN ('out', 'countersign')"),
        ),
    )


def _create_signatures() -> None:
    signing = sa.ForeignKey("agreement_signing.id")
    op.create_table(
        "agreement_signature",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("signing_id", sa.BigInteger(), signing, nullable=False),
        sa.Column("side", _choice("party", SIDES), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("function", sa.String(120), nullable=False),
        sa.Column("way", _choice("way", WAYS), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True)),
        sa.Index("ix_agreement_signature_signing", "signing_id"),
        sa.Index(
            "uq_agreement_signature_standing",
            "signing_id",
            "side",
            unique=True,
            postgresql_where=sa.text("returned_at IS NULL"),
        ),
    )


def downgrade() -> None:
    op.execute("DELETE FROM signing_code")
    op.drop_index("ix_signing_code_person", "signing_code")
    op.drop_column("signing_code", "subject_id")
    op.drop_column("signing_code", "subject")
    signing = sa.Column("signing_id", sa.BigInteger(), sa.ForeignKey("signing.id"), nullable=False)
    op.add_column("signing_code", signing)
    op.create_index("ix_signing_code_person", "signing_code", ["signing_id", "person_id", "id"])
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION agreement_signing_kept, agreement_signature_kept")
