"""Papers that both sides sign are sent out, signed online or on paper, sent back, or lapse."""

import sqlalchemy as sa
from alembic import op

revision = "0130_signing"
down_revision = "0129_approved_payments"

SIDES = ("grantee", "fund")
WAYS = ("code", "factor", "upload")
STATES = ("clearance", "out", "countersign", "signed", "sent_back", "withdrawn", "lapsed")
SENT = "state IN ('clearance', 'sent_back', 'withdrawn') OR sent_at IS NOT NULL"

SIGNING_KEPT = """
CREATE FUNCTION signing_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state NOT IN ('clearance', 'out', 'countersign') OR
        (OLD.award_id, OLD.kind, OLD.reference, OLD.language, OLD.first, OLD.document_id,
        OLD.facts_sha256, OLD.drawn_at) IS DISTINCT FROM
        (NEW.award_id, NEW.kind, NEW.reference, NEW.language, NEW.first, NEW.document_id,
        NEW.facts_sha256, NEW.drawn_at) THEN
        RAISE EXCEPTION 'what is signed is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
SIGNATURE_KEPT = """
CREATE FUNCTION signature_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.returned_at IS NOT NULL OR
        (OLD.signing_id, OLD.side, OLD.person_id, OLD.name, OLD.function, OLD.way, OLD.sha256,
        OLD.document_id, OLD.signed_at) IS DISTINCT FROM
        (NEW.signing_id, NEW.side, NEW.person_id, NEW.name, NEW.function, NEW.way, NEW.sha256,
        NEW.document_id, NEW.signed_at) THEN
        RAISE EXCEPTION 'a signature is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    _create_rules()
    _create_signings()
    _create_signatures()
    _create_codes()
    for table, function in (("signing", SIGNING_KEPT), ("signature", SIGNATURE_KEPT)):
        op.execute(function)
        op.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION {table}_kept()"
        )


def _create_rules() -> None:
    op.create_table(
        "signing_rules",
        sa.Column("fund_id", sa.BigInteger(), sa.ForeignKey("fund.id"), primary_key=True),
        sa.Column("first", _choice("side", SIDES), nullable=False),
        sa.Column("needs_clearance", sa.Boolean(), nullable=False),
        sa.Column("days_to_sign", sa.Integer(), nullable=False),
        sa.Column("asks_budget", sa.Boolean(), nullable=False),
        sa.Column("asks_finance", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("days_to_sign BETWEEN 0 AND 365", name="days_to_sign"),
    )


def _create_signings() -> None:
    document = sa.ForeignKey("document.id")
    op.create_table(
        "signing",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("award_id", sa.BigInteger(), sa.ForeignKey("award.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("state", _choice("signingstate", STATES), nullable=False),
        sa.Column("first", _choice("signing_side", SIDES), nullable=False),
        sa.Column("needs_clearance", sa.Boolean(), nullable=False),
        sa.Column("document_id", sa.BigInteger(), document, nullable=False),
        sa.Column("facts_sha256", sa.String(64), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("sign_by", sa.Date()),
        sa.Column("reminded_for", sa.Date()),
        sa.Column("signed_document_id", sa.BigInteger(), sa.ForeignKey("document.id")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(SENT, name="sent_before_it_is_signed"),
        sa.CheckConstraint(
            "(state = 'signed') = (signed_document_id IS NOT NULL)", name="signed_with_a_copy"
        ),
    )
    op.create_index("ix_signing_award", "signing", ["award_id", "id"])
    unfinished = sa.text("state IN ('clearance', 'out', 'countersign')")
    op.create_index(
        "uq_signing_open", "signing", ["award_id"], unique=True, postgresql_where=unfinished
    )


def _create_signatures() -> None:
    op.create_table(
        "signature",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("signing_id", sa.BigInteger(), sa.ForeignKey("signing.id"), nullable=False),
        sa.Column("side", _choice("signature_side", SIDES), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id")),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("function", sa.String(120), nullable=False),
        sa.Column("way", _choice("way", WAYS), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("document_id", sa.BigInteger(), sa.ForeignKey("document.id")),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "(way = 'upload') = (document_id IS NOT NULL)", name="upload_has_a_file"
        ),
    )
    op.create_index("ix_signature_signing", "signature", ["signing_id"])
    op.create_index(
        "uq_signature_standing",
        "signature",
        ["signing_id", "side"],
        unique=True,
        postgresql_where=sa.text("returned_at IS NULL"),
    )


def _create_codes() -> None:
    op.create_table(
        "signing_code",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("signing_id", sa.BigInteger(), sa.ForeignKey("signing.id"), nullable=False),
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("cipher", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_signing_code_person", "signing_code", ["signing_id", "person_id", "id"])


def downgrade() -> None:
    for table in ("signing_code", "signature", "signing", "signing_rules"):
        op.drop_table(table)
    op.execute("DROP FUNCTION signing_kept, signature_kept")
