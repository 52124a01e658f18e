"""One act on many records of a list: ticked, checked on a page, then done for all of them or none.

    ACCEPT = Bulk(
        text=_l("Accept the suggestions"),
        endpoint="screening.accept",
        model=Application,
        seen=lambda: queries.screened(viewer()),       # every record that this person may act on
        queue=lambda: filtered(queries.queue(viewer())),   # the list that the address asks for
        name=lambda a: a.reference,
        foresee=suggested.foresee,                     # what would happen to each of them
        do=suggested.accept,                           # the act, for one
    )

    @pages.route("/suggestions", methods=["GET", "POST"])
    @needs(Permission.SCREENING_DECIDE)
    def accept() -> ResponseReturnValue:
        return ACCEPT.page("deciding/screening/suggestions.html", back=url_for(".index"))

The list says `listing(listed, …, acts=acts(ACCEPT))`, the page extends layout/bulk.html. All of it
works without a script.

What is done is what was seen: each ticked row carries a digest of the record and of what decides
about it. Before anything is done the records are locked, read and looked at again; one that was
changed meanwhile, or that may not be acted on any more, stops the whole and is named.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from grants.core.audit.act import Act
from grants.core.kernel.errors import FundError
from grants.core.kernel.language import gettext as _
from grants.core.kernel.language import ngettext
from grants.platform.forms.forms import Form
from grants.platform.tables.picking import LISTS, back_to_rows, filters_here, list_here, numbers
from grants.platform.web.access import opens, this_act
from grants.platform.web.database import session, transaction

MOST = 300
"""Records that one page checks and one transaction changes; a longer list takes several."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would happen to one record.

    `cells` are shown under the heads of the page. `why_not`: why nothing would, a sentence.
    `basis`: the facts that decide, besides the record's own version: if they change before the
    act, a person has to look again. `note`: what to know before it is done, a sentence.
    """

    subject: Any
    cells: Sequence[Any] = ()
    why_not: str = ""
    basis: object = ""
    note: str = ""

    @property
    def digest(self) -> str:
        """Of what the person looks at."""
        version = getattr(self.subject, "version", 0)
        facts = f"{self.subject.id}:{version}:{self.basis}"
        return hashlib.sha256(facts.encode()).hexdigest()[:12]

    @property
    def ticket(self) -> str:
        """What a ticked row sends."""
        return f"{self.subject.id}.{self.digest}"


class _Stopped(Exception):
    """Nothing was done: what stopped it, by the number of the record."""

    def __init__(self, faults: Mapping[int, str]) -> None:
        super().__init__(faults)
        self.faults = faults


Foresight = Callable[[Session, Sequence[Any], Any, Act], Sequence[Outlook]]
"""What would happen to the records if this person did it now, in the order in which it is done."""


@dataclass(frozen=True, eq=False)
class Bulk:
    """An act that a list offers for several records at once."""

    text: Any
    endpoint: str
    model: Any
    seen: Callable[[], Select[Any]]
    queue: Callable[[], Select[Any]]
    name: Callable[[Any], str]
    foresee: Foresight
    do: Callable[[Session, Any, Any, Act], object] | None = None
    """The act, for one record."""
    do_all: Callable[[Session, Sequence[Any], Any, Act], object] | None = None
    """Or for all of them, in few statements. Where it refuses, each record is tried alone, to name
    the one that stops it.
    """
    heads: Sequence[Any] = ()
    form: Callable[[], Form] = Form
    ask: Callable[[Any, Sequence[Outlook]], None] = field(default=lambda _form, _ready: None)
    """Says on the form what it needs for the records that would be done."""
    before: Callable[[Session, Sequence[int]], object] = field(default=lambda _session, _ids: None)
    """Locks that come before those of the records, such as a fund's."""
    shown_left_out: int = 2
    """Cells that are shown of a record that is left out."""
    status: Callable[[Any], str] = field(default=lambda _subject: "")
    """How a record stands once it is done."""
    takes: Callable[[Any], bool] = field(default=lambda _subject: True)
    """Is it for a record as it stands now? For lists that hold others too."""
    most: int = MOST
    """Records that one page takes: fewer where each costs much, such as a paper that is drawn."""

    def page(self, template: str, back: str, **more: Any) -> ResponseReturnValue:
        """Check what would happen; do it; show what has been done."""
        back = back_to_rows(back)
        if "done" in request.args:
            return self._show_done(template, back, more)
        form = self.form()
        faults: Mapping[int, str] = {}
        if request.method == "POST" and form.validate() and "again" not in request.form:
            ticked = _ticked_digests(self.most)
            faults = self._try_all(form, ticked)
            if ticked and not faults:
                return redirect(self._address_with(done="-".join(map(str, ticked))))
            form.refuse(_nothing_done(len(faults)))
        return self._show_check(template, form, faults, {"back_to": back, **more})

    def _try_all(self, form: Form, ticked: Mapping[int, str]) -> Mapping[int, str]:
        """Do all of it, or nothing: what stopped it, by record."""
        act = this_act(getattr(getattr(form, "reason", None), "data", None) or None)
        try:
            with suppress(FundError), transaction() as opened:
                self._do_locked(opened, form, ticked, act, self._do_all)
                return {}
            with transaction() as opened:  # refused: alone, each record is named that stops it
                self._do_locked(opened, form, ticked, act, self._do_each)
        except _Stopped as stop:
            return stop.faults
        except StaleDataError:
            return dict.fromkeys(ticked, _changed_text())
        return {}

    def _do_locked(
        self,
        opened: Session,
        form: Form,
        ticked: Mapping[int, str],
        act: Act,
        do: Callable[[Session, Sequence[Any], Form, Act], object],
    ) -> None:
        self.before(opened, list(ticked))
        locked = self.seen().where(self.model.id.in_(ticked)).order_by(None)
        locked = locked.order_by(self.model.id).with_for_update(key_share=True, of=self.model)
        locked = locked.execution_options(populate_existing=True)
        records = opened.scalars(locked).unique().all()
        outlooks = self.foresee(opened, records, form, act)
        if faults := _faults_of(outlooks, ticked):
            raise _Stopped(faults)
        do(opened, [outlook.subject for outlook in outlooks], form, act)

    def _do_all(self, opened: Session, subjects: Sequence[Any], form: Form, act: Act) -> None:
        if self.do_all is None:
            self._do_each(opened, subjects, form, act)
        else:
            self.do_all(opened, subjects, form, act)

    def _do_each(self, opened: Session, subjects: Sequence[Any], form: Form, act: Act) -> None:
        for subject in subjects:
            try:
                if self.do is None:
                    self._do_all(opened, [subject], form, act)
                else:
                    self.do(opened, subject, form, act)
            except FundError as refusal:
                raise _Stopped({subject.id: refusal.message}) from refusal

    def _show_check(
        self, template: str, form: Form, faults: Mapping[int, str], more: Mapping[str, Any]
    ) -> ResponseReturnValue:
        ticked = _ticked_digests(self.most) if request.method == "POST" else None
        if "again" in request.form:
            ticked = ticked or None  # nothing could be ticked before: all of it
        outlooks = self.foresee(session(), self._chosen_records(ticked or {}), form, this_act())
        ids = {outlook.subject.id for outlook in outlooks}
        ready = [outlook for outlook in outlooks if not outlook.why_not]
        self.ask(form, ready)
        return render_template(
            template,
            bulk=self,
            form=form,
            ready=ready,
            left_out=[outlook for outlook in outlooks if outlook.why_not],
            faults=faults,
            gone=[text for key, text in faults.items() if key not in ids],
            first=len(outlooks) if "all" in request.args and len(outlooks) >= self.most else 0,
            is_ticked=lambda outlook: ticked is None or outlook.subject.id in ticked,
            **more,
        ), 200 if not faults else 409

    def _chosen_records(self, ticked: Mapping[int, str]) -> Sequence[Any]:
        """The records that the address names, and those that were ticked."""
        ids = {*self._named_numbers(), *ticked}
        query = self.seen().where(self.model.id.in_(ids)).order_by(None).order_by(self.model.id)
        return session().scalars(query.limit(self.most)).unique().all()

    def _named_numbers(self) -> Sequence[int]:
        """The numbers of the records that the address names: some rows, or the whole list."""
        if "all" not in request.args:
            return numbers(request.args.getlist("row"))
        query = LISTS.get(list_here(), self.queue)()
        listed = query.with_only_columns(self.model.id, maintain_column_froms=True)
        return (
            session().scalars(listed.order_by(None).order_by(self.model.id).limit(self.most)).all()
        )

    def _show_done(self, template: str, back: str, more: Mapping[str, Any]) -> ResponseReturnValue:
        ids = numbers(request.args["done"].split("-"))
        query = self.seen().where(self.model.id.in_(ids)).order_by(None).order_by(self.model.id)
        done = session().scalars(query).unique().all()
        return render_template(
            template, bulk=self, done=done, form=None, ready=(), left_out=(), back_to=back, **more
        )

    def _address_with(self, **values: str) -> str:
        arguments: dict[str, Any] = {**(request.view_args or {}), **values}
        if list_name := list_here():
            arguments = {**filters_here(), "picked": list_name, **arguments}
        return url_for(self.endpoint, **arguments)


def _faults_of(outlooks: Sequence[Outlook], ticked: Mapping[int, str]) -> dict[int, str]:
    """What no longer is as it was seen."""
    now = {outlook.subject.id: outlook for outlook in outlooks}
    faults = {}
    for key, digest in ticked.items():
        outlook = now.get(key)
        if outlook is None:
            faults[key] = _("One of the records is no longer available to you.")
        elif outlook.why_not:
            faults[key] = outlook.why_not
        elif outlook.digest != digest:
            faults[key] = _changed_text()
    return faults


def _changed_text() -> str:
    return _("Another user changed this while you had it open. Check it again before you decide.")


def _nothing_done(faults: int) -> str:
    if not faults:
        return _("Select at least one row.")
    return ngettext(
        "Nothing has been done, because %(num)s row has changed or cannot be completed.",
        "Nothing has been done, because %(num)s rows have changed or cannot be completed.",
        faults,
    )


def _ticked_digests(most: int) -> dict[int, str]:
    """The ticked rows: number of the record and digest of what was seen of it."""
    digests = {}
    for text in request.form.getlist("row")[:most]:
        number, _dot, digest = text.partition(".")
        if parsed := numbers([number]):
            digests[parsed[0]] = digest
    return digests


class Offered(NamedTuple):
    """An act under a list: its words, its address, and the numbers of the rows that it is for;
    none where the list holds no others.
    """

    text: str
    href: str
    fits: tuple[int, ...] = ()


def why_refused(check: Callable[[], object]) -> str:
    """Why the act would be refused on one record, as the act itself says; empty if it would not."""
    try:
        check()
    except FundError as refused:
        return refused.message
    return ""


def acts(*offered: Bulk, among: Sequence[Any] | None = None) -> list[Offered]:
    """The acts that this person may do with the rows of a list. `among`: its rows, where the list
    holds records that an act is not for; it is offered if one of them fits.
    """
    rows = [(row.id, _acts_for(offered, row)) for row in among or ()]
    offers = []
    for at, bulk in enumerate(offered):
        fits = tuple(number for number, places in rows if at in places)
        if (fits or among is None) and opens(current_app.view_functions[bulk.endpoint]):
            address = url_for(bulk.endpoint, **(request.view_args or {}))
            offers.append(Offered(str(bulk.text), address, fits))
    return offers


def _acts_for(offered: Sequence[Bulk], record: Any) -> frozenset[int]:
    """Which of the acts a record is for, by their places. Facts never change, a record does."""
    return (
        _known_takes(offered, record)
        if isinstance(record, tuple)
        else _acts_taking(offered, record)
    )


def _acts_taking(offered: Sequence[Bulk], record: Any) -> frozenset[int]:
    return frozenset(at for at, bulk in enumerate(offered) if bulk.takes(record))


_known_takes = lru_cache(maxsize=1000)(_acts_taking)
