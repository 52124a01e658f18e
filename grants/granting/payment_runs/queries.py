"""Payment runs: for lists, for one page, and what may still be put into one."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from grants.core.kernel.errors import Missing
from grants.core.kernel.language import gettext as _
from grants.core.people.permissions import Permission
from grants.core.people.queries import in_funds_with
from grants.core.people.viewer import Viewer
from grants.deciding.awards.models import Award
from grants.granting.payment_runs.files import USUAL
from grants.granting.payment_runs.models import FileLayout, PaymentRun, RunFile, RunPart
from grants.granting.payment_runs.workflow import RunState
from grants.granting.payments.models import Instalment


def runs_for(viewer: Viewer) -> Select[PaymentRun]:
    """The payment runs of the funds whose payments this person sees."""
    return (
        select(PaymentRun)
        .where(_of_funds(viewer, Permission.DISBURSEMENT_SEE))
        .options(
            joinedload(PaymentRun.account),
            selectinload(PaymentRun.parts).options(
                joinedload(RunPart.payee),
                joinedload(RunPart.instalment).options(
                    joinedload(Instalment.paid_to),
                    joinedload(Instalment.award).joinedload(Award.organisation),
                ),
            ),
        )
    )


def run_for_viewer(session: Session, reference: str, viewer: Viewer) -> PaymentRun:
    """One payment run, or Missing."""
    run = session.scalar(runs_for(viewer).where(PaymentRun.reference == reference))
    if run is None:
        raise Missing(_("Payment run not found."))
    return run


def file_of_run(session: Session, run: PaymentRun, number: int) -> RunFile:
    """The file of a run with this number, or Missing."""
    file = session.scalar(select(RunFile).where(RunFile.run_id == run.id, RunFile.id == number))
    if file is None:
        raise Missing(_("File not found."))
    return file


def open_run_of(session: Session, instalment: Instalment) -> PaymentRun | None:
    """The run that is being put together and holds this instalment."""
    return session.scalar(
        select(PaymentRun)
        .join(PaymentRun.parts)
        .where(RunPart.instalment_id == instalment.id, PaymentRun.state == RunState.OPEN)
    )


def candidates_for(session: Session, run: PaymentRun) -> Sequence[Instalment]:
    """The approved payments of the fund that are in no run that is being put together."""
    in_open_run = (
        select(RunPart.id)
        .join(RunPart.run)
        .where(RunPart.instalment_id == Instalment.id, PaymentRun.state == RunState.OPEN)
    )
    return session.scalars(
        select(Instalment)
        .join(Instalment.award)
        .where(
            Award.fund_id == run.fund_id,
            Award.is_running,
            Instalment.is_approved,
            ~in_open_run.exists(),
        )
        .order_by(Award.reference, Instalment.number)
        .options(contains_eager(Instalment.award).joinedload(Award.organisation))
    ).all()


def columns_of(session: Session, fund_id: int) -> list[dict[str, str]]:
    """The columns of a fund's files for other systems."""
    layout = session.get(FileLayout, fund_id)
    return list(layout.columns) if layout else list(USUAL)


def to_send(viewer: Viewer) -> Select[int]:
    """How many payment runs are being put together, for this person to send."""
    query = select(func.count()).select_from(PaymentRun).where(PaymentRun.state == RunState.OPEN)
    return query.where(_of_funds(viewer, Permission.INSTALMENT_RELEASE))


def _of_funds(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    return in_funds_with(viewer, permission, PaymentRun.fund_id)


def awaited_of(run: PaymentRun) -> Sequence[RunPart]:
    """The payments of a run that wait for the bank's debit."""
    return [part for part in run.parts if part.instalment.is_sent]
