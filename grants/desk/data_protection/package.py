"""A copy of a person's own data: one ZIP with JSON for machines, and HTML and CSV for people."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from grants.core.audit.models import TrailRow
from grants.desk.data_protection.own_data import Row
from grants.platform.tables.exports import csv_parts

NAME = "your-data"


def pack_own_data(rows: Sequence[Row], acts: Sequence[TrailRow], page: str) -> bytes:
    """`page`: the readable page. Each kind of data is a file of its own as well."""
    kinds = {name: [row.facts for row in part] for name, part in groupby(rows, lambda r: r.table)}
    kinds["acts"] = [_act_facts(act) for act in acts]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}.html", page)
        archive.writestr(f"{NAME}.json", json.dumps(kinds, ensure_ascii=False, indent=1))
        for name, facts in kinds.items():
            if facts:
                archive.writestr(f"csv/{name}.csv", b"".join(csv_parts(*_cells_of(facts))))
    return file.getvalue()


def _act_facts(act: TrailRow) -> dict[str, Any]:
    return {
        "at": act.at.isoformat(),
        "record": f"{act.subject} {act.subject_id}",
        "action": act.action,
        "reason": act.reason,
    }


def _cells_of(facts: Sequence[Mapping[str, Any]]) -> tuple[list[str], Iterable[list[str]]]:
    heads = list(facts[0])
    return heads, ([plain_text(row.get(name)) for name in heads] for row in facts)


def plain_text(value: Any) -> str:
    """A value as people read it in a table."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
