"""Setting up a fund."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from grants.core.funds.models import (
    BY_ONE,
    DOUBTFUL,
    GIFT_LIMIT,
    PAYMENT_DAYS,
    BankAccount,
    Fund,
)
from grants.core.kernel.money import FUNCTIONAL_CURRENCY
from grants.core.kernel.taxonomies import Licence


@dataclass(frozen=True, slots=True)
class Charter:
    """What a fund is, before it exists. Percent for PSC; USD cents for sums."""

    code: str
    name: dict[str, str]
    purpose: dict[str, str]
    psc_percent: Decimal = Decimal(13)
    operating_reserve_minor: int = 0
    annual_target_minor: int = 0
    bank_details: dict[str, str] = field(default_factory=dict)
    signatory: dict[str, str] = field(default_factory=dict)
    time_zone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    mandate: dict[str, str] = field(default_factory=dict)
    currencies: tuple[str, ...] = ()
    letterhead: dict[str, str] = field(default_factory=dict)
    signatories: tuple[dict[str, Any], ...] = ()
    doubtful_percents: dict[str, str] = field(default_factory=lambda: dict(DOUBTFUL))
    smallest_count: int = 11
    board_quorum: int = 0
    payment_days: int = PAYMENT_DAYS
    approval_tiers: tuple[dict[str, Any], ...] = (BY_ONE,)
    change_days: int = 30
    budget_tolerance: Decimal = Decimal(10)
    audit_from_minor: int = 0
    gift_limit_minor: int = GIFT_LIMIT
    names_grantees: bool = False
    identifier: str = ""
    licence: Licence = Licence.BY
    contact_email: str = ""
    contact_telephone: str = ""
    outside_email: str = ""
    earmark_limit: Decimal = Decimal(100)
    thanks_months: int = 6
    account_wait_days: int = 0
    bank_letter_days: int = 0
    decision_making: dict[str, str] = field(default_factory=dict)
    conflict_rules: dict[str, str] = field(default_factory=dict)
    complaints: dict[str, str] = field(default_factory=dict)
    common_questions: dict[str, str] = field(default_factory=dict)


UNVTF = Charter(
    code="UNVTF",
    name={
        "en": "United Nations voluntary trust fund for victims of trafficking in persons, "
        "especially women and children",
        "ar": "صندوق الأمم المتحدة الاستئماني للتبرعات لضحايا الاتجار بالأشخاص، "
        "وبخاصة النساء والأطفال",
        "zh": "联合国人口贩运受害者特别是妇女和儿童自愿信托基金",
        "fr": "Fonds de contributions volontaires des Nations Unies pour les victimes de la traite "
        "des personnes, en particulier les femmes et les enfants",
        "ru": "Добровольный целевой фонд Организации Объединенных Наций для жертв торговли "
        "людьми, особенно женщинами и детьми",
        "es": "Fondo fiduciario de contribuciones voluntarias de las Naciones Unidas para las "
        "víctimas de la trata de personas, especialmente mujeres y niños",
    },
    purpose={
        "en": "The fund gives humanitarian, legal and financial aid to victims of trafficking in "
        "persons through governmental, intergovernmental and non-governmental organisations. "
        "It is funded by voluntary contributions from States and all other stakeholders.",
        "ar": "يقدّم الصندوق المعونة الإنسانية والقانونية والمالية لضحايا الاتجار بالأشخاص عن طريق "
        "المنظمات الحكومية والحكومية الدولية وغير الحكومية، ويقوم على تبرعات الدول وسائر الجهات "
        "صاحبة المصلحة.",
        "zh": "本基金通过政府、政府间和非政府组织向人口贩运受害者提供人道主义、法律和财政援助，"
        "资金来自各国和所有其他利益攸关方的自愿捐款。",
        "fr": "Le fonds apporte une aide humanitaire, juridique et financière aux victimes de la "
        "traite des personnes par l’intermédiaire d’organisations gouvernementales, "
        "intergouvernementales et non gouvernementales. Il est financé par les contributions "
        "volontaires des États et de toutes les autres parties prenantes.",
        "ru": "Фонд оказывает гуманитарную, юридическую и финансовую помощь жертвам торговли "
        "людьми через правительственные, межправительственные и неправительственные "
        "организации. Он финансируется за счет добровольных взносов государств и всех других "
        "заинтересованных сторон.",
        "es": "El fondo presta ayuda humanitaria, jurídica y financiera a las víctimas de la trata "
        "de personas por conducto de organizaciones gubernamentales, intergubernamentales y no "
        "gubernamentales. Se financia con contribuciones voluntarias de los Estados y de todas "
        "las demás partes interesadas.",
    },
    annual_target_minor=300_000_000,
    time_zone="Europe/Vienna",
    languages=("en", "ar", "zh", "fr", "ru", "es"),
    bank_details={
        "en": "Account details are sent with the acknowledgement letter. Quote the pledge’s "
        "reference in each payment.",
        "ar": "تُرسل بيانات الحساب مع رسالة الإشعار بالتعهد. يُرجى ذكر مرجع التعهد في كل دفعة.",
        "zh": "银行资料随认捐确认函一并寄送。每次付款请注明认捐编号。",
        "fr": "Les coordonnées bancaires sont envoyées avec la lettre accusant réception de "
        "l’annonce de contribution. Indiquez la référence de l’annonce à chaque paiement.",
        "ru": "Реквизиты счета направляются вместе с письмом о подтверждении взноса. Указывайте "
        "номер объявленного взноса в каждом платеже.",
        "es": "Los datos de la cuenta se envían con la carta de acuse de recibo de la promesa. "
        "Indique la referencia de la promesa en cada pago.",
    },
    signatory={
        "en": "Manager of the fund, United Nations Office on Drugs and Crime",
        "ar": "مدير الصندوق، مكتب الأمم المتحدة المعني بالمخدرات والجريمة",
        "zh": "联合国毒品和犯罪问题办公室基金管理人",
        "fr": "Gestionnaire du Fonds, Office des Nations Unies contre la drogue et le crime",
        "ru": "Управляющий фондом, Управление Организации Объединенных Наций по наркотикам и "
        "преступности",
        "es": "Responsable del fondo, Oficina de las Naciones Unidas contra la Droga y el Delito",
    },
)


def establish(session: Session, charter: Charter) -> Fund:
    """Open a fund's books, with its main bank account. Repeating it changes nothing."""
    fund = session.scalar(select(Fund).where(Fund.code == charter.code))
    if fund is None:
        fund = Fund(
            code=charter.code,
            name=charter.name,
            purpose=charter.purpose,
            psc_percent=charter.psc_percent,
            operating_reserve_minor=charter.operating_reserve_minor,
            annual_target_minor=charter.annual_target_minor,
            bank_details=charter.bank_details,
            signatory=charter.signatory,
            time_zone=charter.time_zone,
            languages=list(charter.languages),
            mandate=charter.mandate,
            currencies=list(charter.currencies),
            letterhead=charter.letterhead,
            signatories=list(charter.signatories),
            doubtful_percents=charter.doubtful_percents,
            smallest_count=charter.smallest_count,
            board_quorum=charter.board_quorum,
            payment_days=charter.payment_days,
            change_days=charter.change_days,
            budget_tolerance=charter.budget_tolerance,
            audit_from_minor=charter.audit_from_minor,
            gift_limit_minor=charter.gift_limit_minor,
            names_grantees=charter.names_grantees,
            identifier=charter.identifier,
            licence=charter.licence,
            contact_email=charter.contact_email,
            contact_telephone=charter.contact_telephone,
            outside_email=charter.outside_email,
            earmark_limit=charter.earmark_limit,
            thanks_months=charter.thanks_months,
            account_wait_days=charter.account_wait_days,
            bank_letter_days=charter.bank_letter_days,
            decision_making=charter.decision_making,
            conflict_rules=charter.conflict_rules,
            complaints=charter.complaints,
            common_questions=charter.common_questions,
            approval_tiers=[dict(tier) for tier in charter.approval_tiers],
        )
        session.add(BankAccount(fund=fund, is_main=True, **_main_account(charter)))
        session.flush()
    return fund


def _main_account(charter: Charter) -> dict[str, str]:
    """The account every fund has from the first day; its bank and number are entered later."""
    return {
        "code": f"{charter.code}-{FUNCTIONAL_CURRENCY}",
        "name": f"{charter.code}, main account",
        "currency": FUNCTIONAL_CURRENCY,
    }
