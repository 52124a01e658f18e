"""What next year's call of the demonstration asks besides: the costs by year, in a table with its
own rows and a computed column.
"""

from grants.platform.questions import Amount, Choice, Computed, RowRule, Table


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
