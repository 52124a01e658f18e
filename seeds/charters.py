"""What the demonstration's two funds are, and what they say of themselves."""

from decimal import Decimal

from sqlalchemy import select

from grants.core.funds.models import Fund
from grants.core.funds.service import UNVTF, Charter
from grants.core.people.models import Organisation
from grants.core.people.permissions import Role
from grants.deciding.awards.models import Award
from grants.deciding.awards.workflow import SIGNED
from grants.desk.fund_setup.service import describe_fund
from grants.publishing.naming.service import publish_name, withhold_name
from seeds.company import Company

SLAVERY_FUND = Charter(
    code="UNVTFCFS",
    name={
        "en": "United Nations voluntary trust fund on contemporary forms of slavery",
        "ar": "صندوق الأمم المتحدة للتبرعات لمكافحة أشكال الرق المعاصرة",
    },
    purpose={
        "en": "The fund helps people whose human rights were gravely violated by contemporary "
        "forms of slavery, through organisations that give them humanitarian, legal and "
        "financial aid.",
        "ar": "يساعد الصندوق من انتُهكت حقوقهم انتهاكا جسيما نتيجة لأشكال الرق المعاصرة، عن طريق "
        "منظمات تقدّم لهم المعونة الإنسانية والقانونية والمالية.",
    },
    psc_percent=Decimal(13),
    annual_target_minor=120_000_000,
    bank_details=UNVTF.bank_details,
    signatory={"en": "Secretariat of the fund", "ar": "أمانة الصندوق"},
    time_zone=UNVTF.time_zone,
    languages=UNVTF.languages,
)
MANDATES = {
    UNVTF.code: {
        "en": "General Assembly resolution 64/293 established the fund in the United Nations "
        "Global Plan of Action to Combat Trafficking in Persons.",
        "ar": "أنشأت الجمعية العامة الصندوق بقرارها 64/293 ضمن خطة عمل الأمم المتحدة العالمية "
        "لمكافحة الاتجار بالأشخاص.",
    },
    SLAVERY_FUND.code: {
        "en": "General Assembly resolution 46/122 established the fund.",
        "ar": "أنشأت الجمعية العامة الصندوق بقرارها 46/122.",
    },
}
LETTERHEADS = {
    UNVTF.code: {
        "en": "United Nations Office on Drugs and Crime\n"
        "Vienna International Centre\nP.O. Box 500, 1400 Vienna, Austria",
        "ar": "مكتب الأمم المتحدة المعني بالمخدرات والجريمة\n"
        "مركز فيينا الدولي\nP.O. Box 500, 1400 Vienna, Austria",
    },
    SLAVERY_FUND.code: {
        "en": "Office of the United Nations High Commissioner for Human Rights\n"
        "Palais des Nations\n1211 Geneva 10, Switzerland",
        "ar": "مفوضية الأمم المتحدة لحقوق الإنسان\nقصر الأمم\n1211 Geneva 10, Switzerland",
    },
}


def describe(company: Company, *funds: Fund) -> None:
    """The fund manager enters what established each fund, and the head of its letters."""
    for fund in funds:
        given = {
            "mandate": MANDATES[fund.code],
            "letterhead": LETTERHEADS[fund.code],
            "contact_email": f"{fund.code.lower()}@example.org",
            "contact_telephone": "+999 20 555 0100",
        }
        describe_fund(company.session, fund, given, company.act(Role.FUND_MANAGER))


def decide_names(company: Company) -> None:
    """The fund manager publishes the name of one organisation with its grant, and withholds one."""
    signed = select(Award).where(Award.state.in_(SIGNED)).join(Award.organisation)
    willing = signed.where(Organisation.may_be_named.is_not(False)).order_by(Award.id)
    awards = company.session.scalars(willing.limit(2)).all()
    for award, decide in zip(awards, (publish_name, withhold_name), strict=False):
        decide(company.session, award, company.act(Role.FUND_MANAGER))
