"""The checklist of a fund as pages show it: by stage, each line with a link where it opens."""

from collections.abc import Iterable
from typing import Any

from flask import current_app, url_for

from grants.core.funds.models import Fund
from grants.core.kernel.language import gettext as _
from grants.desk.fund_setup.checklist import Item, Stage
from grants.platform.web.access import opens

Task = dict[str, str]


def by_stage(fund: Fund, items: Iterable[Item]) -> list[tuple[Stage, list[Task]]]:
    """The items of each stage that has any."""
    listed = list(items)
    stages = {stage: [item for item in listed if item.stage is stage] for stage in Stage}
    return [
        (stage, [_task_of(item, fund) for item in open_items])
        for stage, open_items in stages.items()
        if open_items
    ]


def _task_of(item: Item, fund: Fund) -> Task:
    """A line of the list; a link where this person may open the page."""
    values: dict[str, Any] = {"code": fund.code} if item.by_code else {}
    may = opens(current_app.view_functions[item.endpoint])
    return {
        "text": item.text,
        "href": url_for(item.endpoint, **values) if may else "",
        "status": _("Complete") if item.done else _("Missing"),
        "tone": "",
    }
