"""The file of exchange rates that people move in with."""

from sqlalchemy.orm import Session

from grants.books.ledger.rates import UNORE, NewRate, add_rates, refused_rates
from grants.core.audit.act import Act
from grants.core.texts.cells import currency_code, day, plain_decimal
from grants.core.texts.tabular import Table


def rates_table(name: str = "rates.csv") -> Table[NewRate]:
    """The columns of a file of rates: a currency, and the units of it for 1 USD from a day on."""
    readers = {"currency": currency_code, "effective_on": day, "rate": plain_decimal}
    return Table(name, NewRate, readers)


def take_rates(session: Session, table: Table[NewRate], act: Act, source: str = UNORE) -> int:
    """Enter the rates that were read, all or none; how many were new.

    UnreadableTable with a line for each fault, of the file itself and against the books.
    """
    rates = [row.value for row in table.rows]
    for number, refusal in refused_rates(session, rates).items():
        table.refuse(table.rows[number].line, "rate", refusal)
    table.require()
    return add_rates(session, rates, act, source)
