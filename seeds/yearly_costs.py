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


def _texts(english: str, french: str, spanish: str, arabic: str) -> dict[str, str]:
    return {"en": english, "fr": french, "es": spanish, "ar": arabic}


def _year(number: int) -> Amount:
    label = _texts(f"Year {number}", f"Année {number}", f"Año {number}", f"السنة {number}")
    return Amount(key=f"year_{number}", label=label, zero=True)


YEARLY_COSTS = Table(
    key="yearly_costs",
    label=_texts(
        "How do the costs fall on the years?",
        "Comment les coûts se répartissent-ils par année ?",
        "¿Cómo se reparten los costos por año?",
        "كيف تتوزع التكاليف على السنوات؟",
    ),
    row_head=_texts("Costs", "Coûts", "Costos", "التكاليف"),
    fixed_rows=(
        Choice("people", _texts("Staff", "Personnel", "Personal", "الموظفون")),
        Choice("aid", _texts("Aid to victims", "Aide aux victimes", "Ayuda", "مساعدة الضحايا")),
        Choice("other", _texts("Other costs", "Autres coûts", "Otros costos", "تكاليف أخرى")),
    ),
    columns=(
        _year(1),
        _year(2),
        Computed(
            key="both",
            label=_texts("Both years", "Deux années", "Ambos años", "السنتان معا"),
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
            ),
            "year_2",
        ),
    ),
)

GUIDE = Content(
    key="guide_to_costs",
    label=_texts("Before you plan", "Avant de planifier", "Antes de planificar", "قبل أن تخططوا"),
    help=_texts(
        "The guide has examples of costs that the fund pays.",
        "Le guide donne des exemples de coûts que le fonds prend en charge.",
        "La guía da ejemplos de costos que el fondo paga.",
        "يتضمن الدليل أمثلة على التكاليف التي يدفعها الصندوق.",
    ),
    file_name="costs.pdf",
)
"""Its file is uploaded when the call is made."""

DECLARATION = Declaration(
    key="declaration",
    label=_texts("Declaration", "Déclaration", "Declaración", "إقرار"),
    help=_texts(
        "No other donor pays for the same costs.",
        "Aucun autre donateur ne paie les mêmes coûts.",
        "Ningún otro donante paga los mismos costos.",
        "لا تدفع أي جهة مانحة أخرى التكاليف نفسها.",
    ),
)

PLACES = Section(
    key="place",
    title=_texts("Place of work", "Lieu de travail", "Lugar de trabajo", "مكان العمل"),
    most_times=5,
    questions=(
        ShortText(
            key="town",
            label=_texts("Town", "Ville", "Localidad", "المدينة"),
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
            ),
            required=True,
        ),
    ),
)
"""Asked for each place."""
