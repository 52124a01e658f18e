"""The colours of the pages, read from the style sheets' one list of them."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("assets") / "_tokens.scss"


@cache
def colours() -> Mapping[str, str]:
    """The colour of each role, such as ink or received, as “#17212b”."""
    listed = SOURCE.read_text("utf-8")
    return dict(re.findall(r'^  "([\w-]+)": (#[0-9a-f]{3,6}),', listed, re.MULTILINE))
