"""Imported once by the server that processes are forked from: what each of them needs is loaded
here, and they share it.

Nothing here may open a connection or start a thread, which a fork would break. Pango starts one
with the first letter that it typesets, so the typefaces are cut here and nothing is printed.
"""

import gc

import grants.papers.printing.press.worker  # noqa: F401 - for those forked from here
from grants.papers.typesetting import pdf

pdf.cut()
gc.collect()
gc.freeze()  # the collector never looks at it again, so its memory stays shared
