"""What a person types into the standard form."""

from grants.core.kernel import clock

REQUIRED_PAPERS = (
    "registration_certificate",
    "audited_accounts",
    "reference_letters",
    "partner_declaration",
)

_TEXT = (
    "In our region people reach us without papers, money or a safe place to sleep. "
    "The nearest shelter is a day’s journey away and takes nobody without a referral."
)


def complete_answers(country: str, usd: int) -> dict[str, dict[str, list[str]]]:
    """Every required answer by section, as the browser sends it."""
    return {
        "organisation": {
            "q_legal_status": ["association"],
            "q_mission": [_TEXT],
            "q_contact": ["Luz Reyes, director, +504 2233 4455"],
        },
        "experience": {
            "q_experience_years": ["9"],
            "q_staff": ["12"],
            "q_annual_income": ["180,000"],
        },
        "grantee": {"q_direct": ["yes"], "q_own_account": ["yes"]},
        "project": {
            "q_title": ["A safe place for girls from the coast"],
            "q_country": [country],
            "q_places": ["Atlántida and Colón"],
            **_day("q_starts_on", "1", "9", str(clock.today().year + 1)),
            "q_months": ["8"],
            "q_summary": [_TEXT],
        },
        "problem": _texts("problem", "target_group", "victims_voice"),
        "objectives": _texts("objective", "results", "risks", "sustainability"),
        "beneficiaries": {
            "q_direct_beneficiaries-female-12-17": ["40"],
            "q_direct_beneficiaries-female-18-24": ["25"],
            **_texts("access"),
        },
        "exploitation": {"q_forms-sexual-people": ["65"]},
        "services": {"q_services": ["shelter", "legal"], **_texts("approach", "team")},
        "safeguarding": {
            "q_psea_policy": ["yes"],
            "q_child_policy": ["yes"],
            **_texts("measures", "complaints", "data_protection"),
        },
        "budget": {
            "q_budget-0-category": ["aid"],
            "q_budget-0-description": ["Shelter for 20 girls"],
            "q_budget-0-quantity": ["8"],
            "q_budget-0-unit_cost": [str(usd // 16)],
            "q_budget-1-category": ["staff"],
            "q_budget-1-description": ["Counsellor"],
            "q_budget-1-quantity": ["8"],
            "q_budget-1-unit_cost": [str((usd - usd // 16 * 8) // 8)],
        },
    }


def _texts(*keys: str) -> dict[str, list[str]]:
    return {f"q_{key}": [_TEXT] for key in keys}


def _day(name: str, *parts: str) -> dict[str, list[str]]:
    return {
        f"{name}-{part}": [text] for part, text in zip(("day", "month", "year"), parts, strict=True)
    }
