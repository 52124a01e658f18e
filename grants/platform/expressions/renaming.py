"""Expressions with other keys of questions."""

import re
from collections.abc import Mapping


def with_new_keys(expression: str, new_keys: Mapping[str, str]) -> str:
    """An expression with other keys of questions; texts in quotes stay."""

    def rename(match: re.Match[str]) -> str:
        return match[0] if match[0][0] in "\"'" else new_keys.get(match[0], match[0])

    return re.sub(r"\"[^\"]*\"|'[^']*'|[A-Za-z_][A-Za-z0-9_]*", rename, expression)
