"""The moment at which a statement is asked, for statements that are worded once and asked often."""

from datetime import datetime

from sqlalchemy import BindParameter, DateTime, bindparam

from grants.core.kernel import clock

NOW: BindParameter[datetime] = bindparam("now", callable_=clock.now, type_=DateTime(timezone=True))
"""This moment, each time the statement is asked."""
