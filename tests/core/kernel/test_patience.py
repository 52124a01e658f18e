"""No file from outside keeps a process reading for long, whatever is in it."""

from collections.abc import Callable

import pytest

from grants.banking.bank.files.reading import read_statements
from grants.core.kernel import patience
from grants.core.kernel.errors import FundError
from grants.core.kernel.patience import within_time
from grants.core.texts.markup import read_markup
from grants.core.texts.tabular import Table

CAMT = b"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Id>1</Id></Stmt></BkToCstmrStmt></Document>"""


def a_table(content: bytes) -> object:
    return Table("rows.csv", dict, {"name": str}).read(content).require()


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (read_statements, CAMT),
        (read_statements, b":20:1\r\n:25:AT611904300234573201\r\n"),
        (lambda content: read_markup("list.xml", content), b"<a><b/></a>"),
        (a_table, b"name\nx\n"),
    ],
)
def test_reading_ends_when_its_time_is_over(
    read: Callable[[bytes], object], content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "READING", -1)
    with pytest.raises(FundError, match="takes too long"):
        read(content)


def test_within_its_time_nothing_is_left_out() -> None:
    assert list(within_time(range(1_000))) == list(range(1_000))
