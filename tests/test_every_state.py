"""The demonstration shows every state that a record can be in, and reads like life."""

from enum import Enum
from typing import Any

from sqlalchemy import extract, func, select
from sqlalchemy.orm import Session

from grants.applying.applications.models import Application
from grants.core.database.db import Base
from grants.core.funds.models import Fund
from grants.core.funds.service import UNVTF
from grants.core.kernel.workflow import Workflow
from grants.core.people.models import Organisation, Person
from grants.deciding.awards.models import Award
from grants.desk.data_protection.erasing import is_erased
from grants.giving.contributions.models import Deposit
from grants.platform.web.steps import all_workflows
from tests.rules.demonstration import Demonstration

PASSING = {
    ("history_import", "uploaded"): "the worker checks a file within seconds",
    ("history_import", "confirmed"): "the worker imports a file within minutes",
    ("card_mandate", "started"): "within a day it is given, or the provider closes its page",
    ("card_mandate", "stopping"): "the worker stops it at the provider within minutes",
    ("card_return", "asked"): "the worker hands a refund to the provider within minutes",
    ("set_off", "deducted"): "its payment is made once the next report is accepted",
    ("statement_run", "printed"): "the worker prints the run that is ordered when it starts",
}
"""States in which the demonstration has no record, and why none stays in them."""


def column_of(workflow: Workflow) -> Any:
    """The column that keeps the state of this kind of record; records have versions, figures of
    them have none.
    """
    (found,) = (
        mapper.class_.state
        for mapper in Base.registry.mappers
        if mapper.version_id_col is not None
        and "state" in mapper.columns
        and getattr(mapper.columns.state.type, "enum_class", None) is type(workflow.initial)
    )
    return found


def states_of(session: Session, workflow: Workflow) -> set[Enum]:
    return set(session.scalars(select(column_of(workflow)).distinct()))


def test_every_kind_of_record_is_there_in_every_state(demonstration: Demonstration) -> None:
    with demonstration.database.session() as session:
        missing = {
            (workflow.subject, state.value)
            for workflow in all_workflows()
            for state in workflow.names.keys() - states_of(session, workflow)
        }
    assert missing == PASSING.keys()


def test_names_are_names(demonstration: Demonstration) -> None:
    """No numerals, but where a name was erased, and nobody is called like somebody else."""
    with demonstration.database.session() as session:
        for column in (Organisation.name, Person.name, Application.title):
            names = session.scalars(select(column).where(column.is_not(None))).all()
            numbered = {name for name in names if any(sign.isdigit() for sign in name)}
            erased = {
                person.name for person in session.scalars(select(Person)) if is_erased(person)
            }
            assert numbered - erased == set()
        for column in (Organisation.name, Person.name):
            twice = select(column).group_by(column).having(func.count() > 1)
            assert session.scalars(twice).all() == []


def test_no_year_of_the_fund_has_money_and_no_grants(demonstration: Demonstration) -> None:
    with demonstration.database.session() as session:
        fund = select(Fund.id).where(Fund.code == UNVTF.code).scalar_subquery()
        given, made = extract("year", Deposit.value_on), extract("year", Award.approved_on)
        years = set(session.scalars(select(given).where(Deposit.fund_id == fund).distinct()))
        assert len(years) == 4
        assert years == set(session.scalars(select(made).where(Award.fund_id == fund).distinct()))
