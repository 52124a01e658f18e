"""What was submitted, frozen: one JSON value whose canonical text has one SHA-256."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from grants.applying.applications.models import Application, SignOff
from grants.applying.drafts.work import Work
from grants.applying.organisations.facts import submitted_facts
from grants.core.audit.act import Act

FORMAT = 1


def snapshot_of(
    application: Application, work: Work, act: Act, signed: SignOff | None = None
) -> dict[str, Any]:
    """Everything that was said and attached, and by whom and when. Text, whole numbers, lists."""
    call, organisation = work.call, work.organisation
    return {
        "format": FORMAT,
        "application": application.reference,
        "fund": call.fund.code,
        "call": {
            "reference": call.reference,
            "title": dict(call.title),
            "form_version": work.form.version,
            "form_sha256": sha256_of(call.form),
        },
        "organisation": {"code": organisation.code, **submitted_facts(organisation)},
        "answers": answers_in(work),
        "requested": str(work.requested) if work.requested else None,
        "files": files_in(work),
        "language": application.language,
        "submitted_at": act.at.isoformat(timespec="microseconds"),
        "submitted_by": act.actor.name,
        **({"signed_off": _signed_off(signed)} if signed else {}),
    }


def _signed_off(signed: SignOff) -> dict[str, str]:
    assert signed.signed_at is not None
    return {
        "by": signed.signed_by.name if signed.signed_by else "",
        "at": signed.signed_at.isoformat(timespec="microseconds"),
    }


def answers_in(work: Work) -> dict[str, dict[str, Any]]:
    """What is answered, section by section."""
    return {
        part.section.key: {
            key: value for key, value in part.answered.values.items() if value is not None
        }
        for part in work.shown_parts
    }


def files_in(work: Work) -> list[dict[str, Any]]:
    """The files of an application, each with its hash."""
    return [
        {
            "id": attached.id,
            "question": attached.question,
            "name": attached.document.name,
            "media_type": attached.document.media_type,
            "size": attached.document.size,
            "sha256": attached.document.sha256,
        }
        for attached in work.counted_files
    ]


def canonical(value: Mapping[str, Any]) -> str:
    """The one text of a JSON value: sorted keys, no spaces, no escapes that are not needed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_of(value: Mapping[str, Any]) -> str:
    """The hash that proves a snapshot: anybody can compute it from the JSON again."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
