"""What the demonstration's two funds are, and what they say of themselves."""

from decimal import Decimal

from sqlalchemy import select

from grants.books.settings.service import Value, propose_change, put_in_force
from grants.books.settings.workflow import Setting
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
        "zh": "联合国当代形式奴隶制问题自愿信托基金",
        "fr": "Fonds de contributions volontaires des Nations Unies pour la lutte contre les "
        "formes contemporaines d’esclavage",
        "ru": "Целевой фонд добровольных взносов Организации Объединенных Наций по современным "
        "формам рабства",
        "es": "Fondo fiduciario de contribuciones voluntarias de las Naciones Unidas para luchar "
        "contra las formas contemporáneas de la esclavitud",
    },
    purpose={
        "en": "The fund helps people whose human rights were gravely violated by contemporary "
        "forms of slavery, through organisations that give them humanitarian, legal and "
        "financial aid.",
        "ar": "يساعد الصندوق من انتُهكت حقوقهم انتهاكاً جسيماً نتيجة لأشكال الرق المعاصرة، عن طريق "
        "منظمات تقدّم لهم المعونة الإنسانية والقانونية والمالية.",
        "zh": "本基金通过提供人道主义、法律和财政援助的组织，"
        "帮助人权因当代形式奴隶制而受到严重侵犯的人。",
        "fr": "Le fonds aide les personnes dont les droits humains ont été gravement violés par "
        "des formes contemporaines d’esclavage, par l’intermédiaire d’organisations qui leur "
        "apportent une aide humanitaire, juridique et financière.",
        "ru": "Фонд помогает людям, права которых были грубо нарушены в результате современных "
        "форм рабства, через организации, оказывающие им гуманитарную, юридическую и "
        "финансовую помощь.",
        "es": "El fondo ayuda a las personas cuyos derechos humanos han sido gravemente vulnerados "
        "por formas contemporáneas de la esclavitud, por conducto de organizaciones que les "
        "prestan ayuda humanitaria, jurídica y financiera.",
    },
    psc_percent=Decimal(13),
    annual_target_minor=120_000_000,
    bank_details=UNVTF.bank_details,
    signatory={
        "en": "Secretariat of the fund",
        "ar": "أمانة الصندوق",
        "zh": "基金秘书处",
        "fr": "Secrétariat du fonds",
        "ru": "Секретариат фонда",
        "es": "Secretaría del fondo",
    },
    time_zone=UNVTF.time_zone,
    languages=UNVTF.languages,
)
MANDATES = {
    UNVTF.code: {
        "en": "General Assembly resolution 64/293 established the fund in the United Nations "
        "Global Plan of Action to Combat Trafficking in Persons.",
        "ar": "أنشأت الجمعية العامة الصندوق بقرارها 64/293 ضمن خطة عمل الأمم المتحدة العالمية "
        "لمكافحة الاتجار بالأشخاص.",
        "zh": "大会第64/293号决议在《联合国打击贩运人口全球行动计划》中设立本基金。",
        "fr": "Le fonds a été créé par la résolution 64/293 de l’Assemblée générale, dans le cadre "
        "du Plan d’action mondial des Nations Unies pour la lutte contre la traite des personnes.",
        "ru": "Фонд учрежден резолюцией 64/293 Генеральной Ассамблеи в рамках Глобального плана "
        "действий Организации Объединенных Наций по борьбе с торговлей людьми.",
        "es": "El fondo fue establecido por la resolución 64/293 de la Asamblea General, en el "
        "marco del Plan de Acción Mundial de las Naciones Unidas para Combatir la Trata de "
        "Personas.",
    },
    SLAVERY_FUND.code: {
        "en": "General Assembly resolution 46/122 established the fund.",
        "ar": "أنشأت الجمعية العامة الصندوق بقرارها 46/122.",
        "zh": "大会第46/122号决议设立本基金。",
        "fr": "Le fonds a été créé par la résolution 46/122 de l’Assemblée générale.",
        "ru": "Фонд учрежден резолюцией 46/122 Генеральной Ассамблеи.",
        "es": "El fondo fue establecido por la resolución 46/122 de la Asamblea General.",
    },
}
LETTERHEADS = {
    UNVTF.code: {
        "en": "United Nations Office on Drugs and Crime\n"
        "Vienna International Centre\nP.O. Box 500, 1400 Vienna, Austria",
        "ar": "مكتب الأمم المتحدة المعني بالمخدرات والجريمة\n"
        "مركز فيينا الدولي\nP.O. Box 500, 1400 Vienna, Austria",
        "zh": "联合国毒品和犯罪问题办公室\n维也纳国际中心\nP.O. Box 500, 1400 Vienna, Austria",
        "fr": "Office des Nations Unies contre la drogue et le crime\n"
        "Centre international de Vienne\nP.O. Box 500, 1400 Vienne (Autriche)",
        "ru": "Управление Организации Объединенных Наций по наркотикам и преступности\n"
        "Венский международный центр\nP.O. Box 500, 1400 Vienna, Austria",
        "es": "Oficina de las Naciones Unidas contra la Droga y el Delito\n"
        "Centro Internacional de Viena\nP.O. Box 500, 1400 Viena (Austria)",
    },
    SLAVERY_FUND.code: {
        "en": "Office of the United Nations High Commissioner for Human Rights\n"
        "Palais des Nations\n1211 Geneva 10, Switzerland",
        "ar": "مفوضية الأمم المتحدة لحقوق الإنسان\nقصر الأمم\n1211 Geneva 10, Switzerland",
        "zh": "联合国人权事务高级专员办事处\n万国宫\n1211 Geneva 10, Switzerland",
        "fr": "Haut-Commissariat des Nations Unies aux droits de l’homme\n"
        "Palais des Nations\n1211 Genève 10 (Suisse)",
        "ru": "Управление Верховного комиссара ООН по правам человека\n"
        "Дворец Наций\n1211 Geneva 10, Switzerland",
        "es": "Oficina del Alto Comisionado de las Naciones Unidas para los Derechos Humanos\n"
        "Palacio de las Naciones\n1211 Ginebra 10 (Suiza)",
    },
}


OFFICE = "contributions@office.example"


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
        _settle(company, fund, Setting.OUTSIDE_EMAIL, OFFICE, "The office has named its address.")


def limit_earmarks(company: Company, fund: Fund) -> None:
    """The fund follows the funding compact from now on; what it accepted before stays."""
    why = "The Board asked for less earmarking, as the funding compact does."
    _settle(company, fund, Setting.EARMARK_LIMIT, Decimal(40), why)


def _settle(company: Company, fund: Fund, setting: Setting, value: Value, why: str) -> None:
    """One person proposes a setting, another one approves it."""
    act = company.act(Role.FINANCE_OFFICER, why)
    change = propose_change(company.session, fund, setting, value, act)
    put_in_force(company.session, change, company.act(Role.APPROVING_OFFICER))


def decide_names(company: Company) -> None:
    """The fund manager publishes the name of one organisation with its grant, and withholds one."""
    signed = select(Award).where(Award.state.in_(SIGNED)).join(Award.organisation)
    willing = signed.where(Organisation.may_be_named.is_not(False)).order_by(Award.id)
    awards = company.session.scalars(willing.limit(2)).all()
    for award, decide in zip(awards, (publish_name, withhold_name), strict=False):
        decide(company.session, award, company.act(Role.FUND_MANAGER))
