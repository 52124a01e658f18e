"""What next year's call of the demonstration asks besides: the costs by year, in a table with its
own rows and a computed column, below a guide to download; a declaration; and each place of work.
"""

from grants.platform.questionnaires.form import Section
from grants.platform.questions import (
    Amount,
    Choice,
    Computed,
    Content,
    Declaration,
    RowRule,
    ShortText,
    Table,
    YesNo,
)


def _texts(*words: str) -> dict[str, str]:
    return dict(zip(("en", "fr", "es", "ar", "ru", "zh"), words, strict=True))


def _year(number: int) -> Amount:
    label = _texts(
        f"Year {number}",
        f"Année {number}",
        f"Año {number}",
        f"السنة {number}",
        f"{number}-й год",
        f"第{number}年",
    )
    return Amount(key=f"year_{number}", label=label, zero=True)


YEARLY_COSTS = Table(
    key="yearly_costs",
    label=_texts(
        "How do the costs fall on the years?",
        "Comment les coûts se répartissent-ils par année ?",
        "¿Cómo se reparten los costos por año?",
        "كيف تتوزع التكاليف على السنوات؟",
        "Как расходы распределяются по годам?",
        "各年的费用如何分配？",
    ),
    row_head=_texts("Costs", "Coûts", "Costos", "التكاليف", "Расходы", "费用"),
    fixed_rows=(
        Choice(
            "people", _texts("Staff", "Personnel", "Personal", "الموظفون", "Персонал", "工作人员")
        ),
        Choice(
            "aid",
            _texts(
                "Aid to victims",
                "Aide aux victimes",
                "Ayuda",
                "مساعدة الضحايا",
                "Помощь жертвам",
                "对受害者的援助",
            ),
        ),
        Choice(
            "other",
            _texts(
                "Other costs",
                "Autres coûts",
                "Otros costos",
                "تكاليف أخرى",
                "Прочие расходы",
                "其他费用",
            ),
        ),
    ),
    columns=(
        _year(1),
        _year(2),
        Computed(
            key="both",
            label=_texts(
                "Both years", "Deux années", "Ambos años", "السنتان معا", "Оба года", "两年合计"
            ),
            formula="year_1 + year_2",
            money="USD",
        ),
    ),
    totals=("year_1", "year_2", "both"),
    rules=(
        RowRule(
            "year_2 <= 0.7 * both",
            _texts(
                "The second year takes up to 70% of a line.",
                "La deuxième année prend au plus 70 % d’une ligne.",
                "El segundo año toma hasta el 70 % de una línea.",
                "تأخذ السنة الثانية ما يصل إلى 70% من البند.",
                "На второй год приходится не более 70 % строки.",
                "第二年最多占每项费用的70%。",
            ),
            "year_2",
        ),
    ),
)

GUIDE = Content(
    key="guide_to_costs",
    label=_texts(
        "Before you plan",
        "Avant de planifier",
        "Antes de planificar",
        "قبل أن تخططوا",
        "Прежде чем планировать",
        "规划之前",
    ),
    help=_texts(
        "The guide has examples of costs that the fund pays.",
        "Le guide donne des exemples de coûts que le fonds prend en charge.",
        "La guía da ejemplos de costos que el fondo paga.",
        "يتضمن الدليل أمثلة على التكاليف التي يدفعها الصندوق.",
        "В руководстве приведены примеры расходов, которые оплачивает фонд.",
        "指南中列有本基金支付的费用示例。",
    ),
    file_name="costs.pdf",
)
"""Its file is uploaded when the call is made."""

DECLARATION = Declaration(
    key="declaration",
    label=_texts("Declaration", "Déclaration", "Declaración", "إقرار", "Заявление", "声明"),
    help=_texts(
        "No other donor pays for the same costs.",
        "Aucun autre donateur ne paie les mêmes coûts.",
        "Ningún otro donante paga los mismos costos.",
        "لا تدفع أي جهة مانحة أخرى التكاليف نفسها.",
        "Ни один другой донор не оплачивает те же расходы.",
        "没有其他捐助方支付相同的费用。",
    ),
)

PLACES = Section(
    key="place",
    title=_texts(
        "Place of work",
        "Lieu de travail",
        "Lugar de trabajo",
        "مكان العمل",
        "Место работы",
        "工作地点",
    ),
    most_times=5,
    questions=(
        ShortText(
            key="town",
            label=_texts("Town", "Ville", "Localidad", "المدينة", "Населенный пункт", "城镇"),
            required=True,
            limit=100,
        ),
        YesNo(
            key="works_there",
            label=_texts(
                "Do you work there already?",
                "Y travaillez-vous déjà ?",
                "¿Trabajan ya allí?",
                "هل تعملون هناك بالفعل؟",
                "Вы уже работаете там?",
                "您是否已在当地开展工作？",
            ),
            required=True,
        ),
    ),
)
"""Asked for each place."""
