"""How the fund goes to its donors: a World Day that is over, a conference, a round of letters."""

from collections import Counter
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from grants.core.audit.act import Act
from grants.core.funds.models import Fund
from grants.core.kernel.taxonomies import DonorKind, RegionalGroup
from grants.core.people.permissions import Role
from grants.fundraising.appeals import service as appeals
from grants.fundraising.appeals.models import MailingLine, Post
from grants.fundraising.appeals.queries import lines_of
from grants.fundraising.appeals.sending import finish, go_out
from grants.fundraising.thanks import service as thanks
from grants.fundraising.thanks.queries import readers_to_thank
from grants.giving.donors.facts import profile_of
from grants.giving.donors.service import describe
from grants.giving.outreach import service
from grants.giving.outreach.models import Campaign, CampaignKind, Means, Outcome
from grants.giving.outreach.queries import likely_results
from grants.giving.outreach.service import ContactDetails, NextStep, Plan
from grants.platform.messages.models import Message
from grants.platform.undelivered.reading import Report
from grants.platform.undelivered.service import note_undelivered
from seeds import appealing
from seeds.company import Company, days_after, on
from seeds.giving import Known

DESK = "Desk officer"
BY_POST, POSTAL_ADDRESS = "Sisters of the Harbour", "4 Quay Street, Galway, Ireland"
"""A donor whom e-mails do not reach, and where its letters go."""
TALKS = (
    (Means.NOTE_VERBALE, "Permanent Mission", Outcome.AWAITED, "Sent with the fund’s leaflet."),
    (Means.MEETING, "Head of department", Outcome.INTERESTED, "Wants figures by region."),
    (Means.CALL, DESK, Outcome.WILL_PLEDGE, "The budget is agreed; it comes this month."),
    (Means.EMAIL, DESK, Outcome.ASKED_MORE, "Asked for the last audited statement."),
    (Means.MEETING, "Ambassador", Outcome.DECLINED, "Nothing is left. Ask again in spring."),
)
"""How, with whom, what followed, what was said; mentioned the donors in turn."""


HEADING = {
    "en": "{campaign}: an appeal to {donor}",
    "ar": "{campaign}: نداء إلى {donor}",
    "fr": "{campaign}\u00a0: appel à {donor}",
    "es": "{campaign}: llamamiento a {donor}",
    "ru": "{campaign}: призыв к донору {donor}",
    "zh": "{campaign}：致{donor}的呼吁",
}
BODY = {
    "en": (
        "{salutation},\n\n"
        "Behind each figure on trafficking in persons is a person who was exploited, and who "
        "can be helped. The {fund} gives humanitarian, legal and financial aid to victims through "
        "organisations that are close to them.\n\n"
        "What the next calls can give depends on what donors give now. With this appeal we hope to "
        "raise {target}. We would be grateful if {donor} took part.\n\n"
        "A pledge takes five minutes, and can be paid in one go or in parts:\n{link}\n\n"
        "We would gladly tell you more, and show what earlier contributions have done."
    ),
    "ar": (
        "{salutation}،\n\n"
        "وراء كل رقم عن الاتجار بالأشخاص إنسان بيع ويمكن أن نساعده. يقدم {fund} المعونة الإنسانية "
        "والقانونية والمالية إلى الضحايا عن طريق منظمات قريبة منهم.\n\n"
        "يتوقف ما يمكن أن تقدمه الدعوات المقبلة على ما يقدمه المانحون الآن. نأمل أن نجمع "
        "بهذا النداء {target}، وسنكون ممتنين إذا شاركت {donor}.\n\n"
        "يستغرق التعهد خمس دقائق، ويمكن دفعه مرة واحدة أو على دفعات:\n{link}\n\n"
        "يسعدنا أن نخبركم بالمزيد وأن نبين ما حققته التبرعات السابقة."
    ),
    "fr": (
        "{salutation},\n\n"
        "Derrière chaque chiffre sur la traite des personnes, il y a une personne qui a été "
        "exploitée et que l’on peut aider. Le {fund} apporte une aide humanitaire, juridique et "
        "financière aux victimes par l’intermédiaire d’organisations qui sont proches d’elles.\n\n"
        "Ce que pourront donner les prochains appels à propositions dépend de ce que les donateurs "
        "donnent aujourd’hui. Par le présent appel, nous espérons réunir {target}. Nous serions "
        "reconnaissants à {donor} d’y prendre part.\n\n"
        "Une annonce de contribution demande cinq minutes et peut être payée en une ou plusieurs "
        "fois\u00a0:\n{link}\n\n"
        "Nous vous en dirions volontiers plus et vous montrerions ce qu’ont permis les "
        "contributions précédentes."
    ),
    "es": (
        "{salutation}:\n\n"
        "Detrás de cada cifra sobre la trata de personas hay una persona que fue explotada y a la "
        "que se puede ayudar. El {fund} presta ayuda humanitaria, jurídica y financiera a las "
        "víctimas por conducto de organizaciones cercanas a ellas.\n\n"
        "Lo que puedan financiar las próximas convocatorias depende de lo que los donantes aporten "
        "ahora. "
        "Con este llamamiento esperamos reunir {target}. Agradeceríamos que {donor} "
        "participara.\n\n"
        "Una promesa de contribución se hace en cinco minutos y puede pagarse de una vez o por "
        "partes:\n{link}\n\n"
        "Con gusto le contaremos más y le mostraremos lo que han logrado contribuciones anteriores."
    ),
    "ru": (
        "{salutation}!\n\n"
        "За каждой цифрой о торговле людьми стоит человек, которого эксплуатировали и которому "
        "можно помочь. {fund} оказывает жертвам гуманитарную, юридическую и финансовую помощь "
        "через организации, которые рядом с ними.\n\n"
        "Объем средств следующих конкурсов зависит от взносов, которые доноры делают сегодня. "
        "С помощью этого призыва мы надеемся собрать {target}. Мы были бы благодарны за участие "
        "донору {donor}.\n\n"
        "Объявить взнос можно за пять минут, а уплатить — сразу или частями:\n{link}\n\n"
        "Мы охотно расскажем Вам больше и покажем, чего позволили добиться прежние взносы."
    ),
    "zh": (
        "{salutation}：\n\n"
        "每一个关于贩运人口的数字背后，都是一个遭受剥削而又能够得到帮助的人。"
        "{fund}通过贴近受害者的组织，向他们提供人道主义、法律和财政援助。\n\n"
        "今后的征集能提供多少赠款，取决于捐助方现在捐助多少。"
        "我们希望通过本次呼吁筹集{target}。如蒙{donor}参与，我们将不胜感激。\n\n"
        "认捐只需五分钟，款项可一次付清，也可分期支付：\n{link}\n\n"
        "我们乐意为您提供更多信息，并介绍以往的捐款取得了哪些成果。"
    ),
}
"""The text of every appeal of the story."""
THANKS = {
    "en": "Behind each of these figures is a person. Thank you for standing with them.",
    "ar": "وراء كل رقم من هذه الأرقام إنسان. شكرا لوقوفكم إلى جانبهم.",
    "fr": "Derrière chacun de ces chiffres, il y a une personne. Merci d’être à leurs côtés.",
    "es": "Detrás de cada una de estas cifras hay una persona. Gracias por estar a su lado.",
    "ru": "За каждой из этих цифр стоит человек. Спасибо, что Вы рядом с ними.",
    "zh": "每一个数字背后都是一个人。感谢您与他们站在一起。",
}


def plant_outreach(company: Company, fund: Fund, donors: list[Known]) -> None:
    """The three campaigns with their contacts and results."""
    _world_day(company, fund, donors)
    _conference(company, fund, donors)
    _letters(company, fund, donors)
    _called_off(company, fund)


def thank_donors(company: Company, fund: Fund) -> None:
    """Once the results are published, the donors are told what the fund did."""
    with on(days_after(company.today, -1), 15):
        _close_last_address(company, fund)
        thanks.begin_round(company.session, fund, THANKS, company.act(Role.FUND_MANAGER))
        thanks.send_letters(company.session, 1_000)


def _close_last_address(company: Company, fund: Fund) -> None:
    """Of a donor whose only contact has an address that is closed: thanked by post."""
    readers = readers_to_thank(company.session, fund)
    people = Counter(reader.contact.organisation_id for reader in readers)
    alone = [reader.contact for reader in readers if people[reader.contact.organisation_id] == 1]
    contact = next(card for card in alone if card.donor.organisation.name == BY_POST)
    profile = replace(profile_of(contact.donor), mailing_address=POSTAL_ADDRESS)
    describe(company.session, contact.donor, profile, company.act(Role.FUND_MANAGER))
    close_address(company, contact.email or "")


def close_address(company: Company, email: str) -> None:
    """The newest e-mail to the address comes back."""
    newest = select(Message).where(Message.recipient == email).order_by(Message.id.desc())
    message = company.session.scalars(newest.limit(1)).one()
    words = "550 5.2.1 The mailbox has been disabled"
    report = Report(message.id, "5.2.1", words, permanent=True)
    note_undelivered(company.session, report, Act.by_system("mail"))


def _called_off(company: Company, fund: Fund) -> None:
    """An evening that was planned, and did not take place."""
    first = days_after(company.today, -70)
    plan = Plan(
        CampaignKind.OTHER,
        {
            "en": "Evening at the opera for survivors",
            "ar": "أمسية في الأوبرا من أجل الناجين",
            "fr": "Soirée à l’opéra pour les personnes rescapées",
            "es": "Velada en la ópera en favor de las personas supervivientes",
            "ru": "Вечер в опере в помощь пострадавшим",
            "zh": "为幸存者举办的歌剧之夜",
        },
        4_000_000,
        days_after(first, 40),
        days_after(first, 50),
        kinds=[DonorKind.PRIVATE],
    )
    with on(first):
        campaign = service.plan(company.session, fund, plan, company.act(Role.PROGRAMME_OFFICER))
    with on(days_after(first, 12)):
        why = "The house is being renovated, and no other hall is free."
        service.take_step(company.session, campaign, "cancel", company.act(Role.FUND_MANAGER, why))


def _world_day(company: Company, fund: Fund, donors: list[Known]) -> None:
    """30 July, of the last year in which it is over for six weeks."""
    year = company.today.year
    if days_after(date(year, 7, 30), 40) > company.today:
        year -= 1
    plan = Plan(
        CampaignKind.WORLD_DAY,
        {
            "en": f"World Day against Trafficking in Persons {year}",
            "ar": f"اليوم العالمي لمكافحة الاتجار بالأشخاص {year}",
            "fr": f"Journée mondiale de la lutte contre la traite d’êtres humains {year}",
            "es": f"Día Mundial contra la Trata de Personas {year}",
            "ru": f"Всемирный день борьбы с торговлей людьми {year}",
            "zh": f"{year}年世界打击贩运人口行为日",
        },
        60_000_000,
        date(year, 7, 1),
        days_after(date(year, 7, 30), 30),
        kinds=[DonorKind.MEMBER_STATE, DonorKind.IGO, DonorKind.FOUNDATION],
        public_text=appealing.WORLD_DAY,
    )
    campaign = _launched(company, fund, plan, date(year, 6, 20))
    _send(company, campaign, date(year, 7, 1))
    for number, known in enumerate(donors[:9]):
        _talk(company, fund, campaign, known, date(year, 7, 2 + 2 * number), number)
    closing = days_after(campaign.ends_on, 8)
    with on(closing):
        act = company.act(Role.FUND_MANAGER)
        for pledge in likely_results(company.session, campaign)[::2]:
            service.join(company.session, campaign, pledge, act)
        service.take_step(company.session, campaign, "close", act)


def _conference(company: Company, fund: Fund, donors: list[Known]) -> None:
    """A pledging conference that goes on now; its next steps wait for a person."""
    first = days_after(company.today, -24)
    plan = Plan(
        CampaignKind.CONFERENCE,
        {
            "en": "Pledging conference for survivors",
            "ar": "مؤتمر التعهدات من أجل الناجين",
            "fr": "Conférence d’annonce de contributions pour les personnes rescapées",
            "es": "Conferencia sobre promesas de contribuciones en favor de las personas "
            "supervivientes",
            "ru": "Конференция по объявлению взносов в пользу пострадавших",
            "zh": "为幸存者举行的认捐会议",
        },
        150_000_000,
        first,
        days_after(company.today, 20),
        kinds=[DonorKind.MEMBER_STATE, DonorKind.IGO],
        public_text=appealing.CONFERENCE,
    )
    campaign = _launched(company, fund, plan, days_after(first, -5))
    with on(first):  # it has pledged, and is invited to speak all the same
        act = company.act(Role.PROGRAMME_OFFICER)
        service.choose(company.session, campaign, donors[0].organisation, act, include=True)
    _send(company, campaign, days_after(first, 1))
    with on(days_after(company.today, -1)):
        manager = company.act(Role.FUND_MANAGER)
        appeals.begin_mailing(company.session, campaign, Post.LETTER, "conference letters", manager)
    officers = company.people[Role.PROGRAMME_OFFICER] + company.people[Role.FUND_MANAGER]
    tasks = ("Send the figures by region", "Call back after the budget", "Confirm the seat")
    for number, known in enumerate(donors[:12]):
        held = days_after(first, number)
        step = NextStep(
            tasks[number % 3],
            days_after(company.today, number - 4),
            officers[number % len(officers)],
        )
        _talk(company, fund, campaign, known, held, number, step if number % 2 else None)


def _letters(company: Company, fund: Fund, donors: list[Known]) -> None:
    """A round of bilateral letters that is being prepared."""
    plan = Plan(
        CampaignKind.BILATERAL,
        {
            "en": "Letters to foundations and friends",
            "ar": "رسائل إلى المؤسسات والأصدقاء",
            "fr": "Lettres aux fondations et aux amis",
            "es": "Cartas a fundaciones y amigos",
            "ru": "Письма фондам и друзьям",
            "zh": "致基金会和友人的信",
        },
        25_000_000,
        days_after(company.today, 7),
        days_after(company.today, 60),
        kinds=[DonorKind.FOUNDATION, DonorKind.PRIVATE],
        regions=[RegionalGroup.WESTERN],
    )
    with on(days_after(company.today, -2)):
        act = company.act(Role.PROGRAMME_OFFICER)
        campaign = service.plan(company.session, fund, plan, act)
        friend = donors[-1].organisation
        service.choose(company.session, campaign, friend, act, include=True)


def _launched(company: Company, fund: Fund, plan: Plan, day: date) -> Campaign:
    with on(day):
        campaign = service.plan(company.session, fund, plan, company.act(Role.PROGRAMME_OFFICER))
        write = company.act(Role.PROGRAMME_OFFICER)
        appeals.write_appeal(company.session, campaign, HEADING, BODY, write)
    with on(days_after(day, 3)):
        service.take_step(company.session, campaign, "launch", company.act(Role.FUND_MANAGER))
    return campaign


def _send(company: Company, campaign: Campaign, day: date) -> None:
    """The e-mails of an appeal, all of them sent."""
    with on(day):
        session, manager = company.session, company.act(Role.FUND_MANAGER)
        mailing = appeals.begin_mailing(session, campaign, Post.EMAIL, campaign.code, manager)
        for line in session.scalars(lines_of(mailing).where(MailingLine.excluded.is_(None))):
            go_out(session, line, _no_letters)
        finish(session, mailing.id)


def _no_letters(document: str, reference: str) -> tuple[str, bytes]:
    raise AssertionError(f"an appeal by e-mail prints no letter: {document} {reference}")


def _talk(
    company: Company,
    fund: Fund,
    campaign: Campaign,
    known: Known,
    day: date,
    number: int,
    step: NextStep | None = None,
) -> None:
    means, whom, outcome, note = TALKS[number % len(TALKS)]
    with on(day):
        told = ContactDetails(means, day, whom, outcome, note, campaign, step)
        act = company.act(Role.PROGRAMME_OFFICER)
        service.record_contact(company.session, fund, known.organisation, told, act)
