"""The same documents with what people really type: Arabic, Chinese, and more than fits a line."""

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

from grants.core.kernel.money import Money
from grants.papers.typesetting.paper import Paper

WORDS = {
    "arabic": "وزارة الخارجية، دولة الكويت",
    "chinese": "中华人民共和国常驻联合国代表团",
    "long": "Ministry of Foreign and European Affairs and of the Environment of the Grand Duchy",
}
_DATA = re.compile(r"‹([^‹›]*)›")


def written(value: Any, script: str) -> Any:
    """Facts in which every text that a person typed is in a script, with its own words after it."""
    if isinstance(value, str):
        return _DATA.sub(rf"‹{WORDS[script]} \1›", value) if type(value) is str else value
    if isinstance(value, tuple):
        return tuple(written(item, script) for item in value)
    if is_dataclass(value) and not isinstance(value, Money | type):
        return replace(
            value,
            **{item.name: written(getattr(value, item.name), script) for item in fields(value)},
        )
    return value


def in_script(paper: Paper, script: str) -> Paper:
    """A document about records whose every name is in that script. References stay as they are."""
    return replace(paper, facts=written(paper.facts, script))
