"""The trail cannot be rewritten."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from grants.core.audit.act import Act
from grants.core.audit.advance import record
from grants.core.funds.models import Fund


@pytest.mark.parametrize(
    "attack",
    ["UPDATE trail SET actor = 'somebody else'", "DELETE FROM trail", "TRUNCATE trail CASCADE"],
)
def test_the_database_refuses_to_change_the_trail(
    session: Session, fund: Fund, attack: str
) -> None:
    record(session, fund, "establish", Act.by_system("set-up"))
    with pytest.raises(DBAPIError, match="never changed or deleted"):
        session.execute(text(attack))
