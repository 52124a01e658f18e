"""Questions of a report on what people assisted have been through: counts, never a person."""

from dataclasses import dataclass
from typing import ClassVar

from grants.core.kernel.language import lazy_gettext as _l
from grants.core.kernel.taxonomies import CountryRole, Ground, Pillar, Recruitment, Term
from grants.platform.questions.people import InOneColumn


@dataclass(frozen=True, kw_only=True)
class ByPillar(InOneColumn):
    """Numbers of people by pillar of the Global Plan of Action."""

    kind: ClassVar[str] = "by_pillar"
    row_head: ClassVar[str] = _l("Pillar")
    rows: ClassVar[type[Term]] = Pillar


@dataclass(frozen=True, kw_only=True)
class ByRole(InOneColumn):
    """Numbers of people by what the country of the project was for them."""

    kind: ClassVar[str] = "by_role"
    row_head: ClassVar[str] = _l("Role of the country")
    rows: ClassVar[type[Term]] = CountryRole


@dataclass(frozen=True, kw_only=True)
class ByRecruitment(InOneColumn):
    """Numbers of people by how traffickers recruited them."""

    kind: ClassVar[str] = "by_recruitment"
    row_head: ClassVar[str] = _l("Recruitment")
    rows: ClassVar[type[Term]] = Recruitment


@dataclass(frozen=True, kw_only=True)
class ByGround(InOneColumn):
    """Numbers of people by ground of discrimination."""

    kind: ClassVar[str] = "by_ground"
    row_head: ClassVar[str] = _l("Ground of discrimination")
    rows: ClassVar[type[Term]] = Ground
