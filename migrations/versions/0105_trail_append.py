"""The database puts rows of the trail at the end of the chain by a function, whose plan it keeps."""

from alembic import op

revision = "0105_trail_append"
down_revision = "0104_owed_by_days"

APPEND = """
CREATE FUNCTION trail_append(parts json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    rows bigint[];
    befores text[];
    afters text[];
    previous text[];
    hashes text[];
    place bigint;
    last text;
BEGIN
    SELECT array_agg(part.id ORDER BY part.nth), array_agg(part.before ORDER BY part.nth),
        array_agg(part.after ORDER BY part.nth) INTO rows, befores, afters
    FROM ROWS FROM (json_to_recordset(parts) AS (id bigint, before text, after text))
        WITH ORDINALITY AS part(id, before, after, nth)
    JOIN trail ON trail.id = part.id;
    IF rows IS NULL THEN
        RETURN;
    END IF;
    SELECT position, hash INTO place, last FROM trail_head WHERE id = 1 FOR UPDATE;
    FOR nth IN 1 .. cardinality(rows) LOOP
        previous[nth] := last;
        last := encode(sha256(convert_to(befores[nth] || last || afters[nth], 'UTF8')), 'hex');
        hashes[nth] := last;
    END LOOP;
    INSERT INTO trail_link (position, row_id, previous, hash)
        SELECT place + link.nth, link.id, link.previous, link.hash
        FROM unnest(rows, previous, hashes) WITH ORDINALITY AS link(id, previous, hash, nth);
    UPDATE trail_head SET position = place + cardinality(rows), hash = last WHERE id = 1;
END $$
"""


def upgrade() -> None:
    op.execute(APPEND)


def downgrade() -> None:
    op.execute("DROP FUNCTION trail_append(json)")
