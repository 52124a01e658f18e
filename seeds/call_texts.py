"""Titles and summaries of the demonstration's calls, in the languages of the United Nations."""

TITLES = (
    {
        "en": "Short-term humanitarian aid to victims of trafficking, {year}",
        "ar": "مساعدة إنسانية قصيرة الأجل لضحايا الاتجار، {year}",
        "es": "Ayuda humanitaria a corto plazo a las víctimas de la trata, {year}",
        "fr": "Aide humanitaire de courte durée aux victimes de la traite, {year}",
        "ru": "Краткосрочная гуманитарная помощь жертвам торговли людьми, {year}",
        "zh": "向人口贩运受害者提供短期人道主义援助，{year}",
    },
    {
        "en": "Comprehensive assistance to victims of trafficking, {year}",
        "ar": "مساعدة شاملة لضحايا الاتجار، {year}",
        "es": "Asistencia integral a las víctimas de la trata, {year}",
        "fr": "Assistance globale aux victimes de la traite, {year}",
        "ru": "Комплексная помощь жертвам торговли людьми, {year}",
        "zh": "向人口贩运受害者提供综合援助，{year}",
    },
    {
        "en": "Aid after the floods of spring {year}",
        "ar": "المعونة بعد فيضانات ربيع {year}",
        "es": "Ayuda tras las inundaciones de la primavera de {year}",
        "fr": "Aide après les inondations du printemps {year}",
        "ru": "Помощь после весеннего наводнения, {year}",
        "zh": "春季水灾后的援助，{year}",
    },
    {
        "en": "Small organisations that work alone, {year}",
        "ar": "المنظمات الصغيرة التي تعمل وحدها، {year}",
        "es": "Organizaciones pequeñas que trabajan solas, {year}",
        "fr": "Petites organisations qui travaillent seules, {year}",
        "ru": "Небольшие организации, работающие самостоятельно, {year}",
        "zh": "独立开展工作的小型组织，{year}",
    },
    {
        "en": "Legal aid to survivors who claim compensation",
        "ar": "المساعدة القانونية للناجين الذين يطالبون بالتعويض",
        "es": "Asistencia jurídica a supervivientes que reclaman una indemnización",
        "fr": "Aide juridique aux personnes rescapées qui demandent réparation",
        "ru": "Юридическая помощь пострадавшим, которые требуют компенсации",
        "zh": "向要求赔偿的幸存者提供法律援助",
    },
    {
        "en": "Safe houses and what follows them",
        "ar": "البيوت الآمنة وما بعدها",
        "es": "Viviendas seguras y lo que viene después",
        "fr": "Des maisons sûres, et ce qui vient après",
        "ru": "Безопасное жилье и дальнейшая поддержка",
        "zh": "安全住所及后续支持",
    },
)
SUMMARY = {
    "en": "Direct humanitarian, legal and financial aid to victims of trafficking in persons, "
    "given by organisations that work with them every day.",
    "ar": "معونة إنسانية وقانونية ومالية مباشرة لضحايا الاتجار بالأشخاص، تقدمها منظمات تعمل معهم "
    "كل يوم.",
    "es": "Ayuda humanitaria, jurídica y financiera directa a las víctimas de la trata de "
    "personas, prestada por organizaciones que trabajan con ellas cada día.",
    "fr": "Une aide humanitaire, juridique et financière directe aux victimes de la traite des "
    "personnes, apportée par des organisations qui travaillent chaque jour avec elles.",
    "ru": "Непосредственная гуманитарная, юридическая и финансовая помощь жертвам торговли "
    "людьми, которую оказывают организации, ежедневно работающие с ними.",
    "zh": "由每天与人口贩运受害者一起工作的组织，直接向他们提供人道主义、法律和财政援助。",
}
TWO_STAGES = {
    "en": "Safe housing for survivors of trafficking in persons, and the way from it to a home and "
    "an income of their own. Send a short concept note first.",
    "ar": "سكن آمن للناجين من الاتجار بالأشخاص، والطريق منه إلى منزل ودخل خاصين بهم. أرسلوا أولاً "
    "مذكرة مفاهيمية قصيرة.",
    "es": "Vivienda segura para supervivientes de la trata de personas, y el camino hacia un hogar "
    "y unos ingresos propios. Envíe primero una breve nota conceptual.",
    "fr": "Un logement sûr pour les personnes rescapées de la traite, et le chemin vers un foyer "
    "et un revenu à elles. Envoyez d’abord une courte note conceptuelle.",
    "ru": "Безопасное жилье для пострадавших от торговли людьми и путь к собственному дому и "
    "собственному заработку. Сначала направьте краткую концептуальную записку.",
    "zh": "为人口贩运幸存者提供安全住所，并帮助他们拥有自己的家和收入。请先提交简短的概念说明。",
}


def in_every_language(english: str) -> dict[str, str]:
    """The title of a call, which may end with a year, by language."""
    head, year = (english[:-4], english[-4:]) if english[-4:].isdigit() else (english, "")
    found = next(texts for texts in TITLES if texts["en"].removesuffix("{year}") == head)
    return {code: text.format(year=year) for code, text in found.items()}
