"""Titles of the demonstration's projects: what, and for whom, in the applicant's language."""

AIMS = {
    "en": (
        "Shelter and recovery for {who}",
        "Legal aid and court accompaniment for {who}",
        "A way back to school and work for {who}",
        "Safe return and family reunification of {who}",
        "First days: emergency aid for {who}",
        "Medical and psychosocial care for {who}",
        "Night line and first shelter for {who}",
    ),
    "fr": (
        "Hébergement et rétablissement pour {who}",
        "Aide juridique et accompagnement au tribunal pour {who}",
        "Le chemin de l’école et du travail pour {who}",
        "Retour sûr et retrouvailles familiales pour {who}",
        "Les premiers jours : aide d’urgence pour {who}",
        "Soins médicaux et psychosociaux pour {who}",
        "Ligne de nuit et premier accueil pour {who}",
    ),
    "es": (
        "Albergue y recuperación para {who}",
        "Asistencia jurídica y acompañamiento judicial para {who}",
        "De vuelta a la escuela y al trabajo: apoyo para {who}",
        "Retorno seguro y reencuentro familiar para {who}",
        "Los primeros días: ayuda de emergencia para {who}",
        "Atención médica y psicosocial para {who}",
        "Línea nocturna y primera acogida para {who}",
    ),
    "ar": (
        "المأوى والتعافي: مساندة {who}",
        "المساعدة القانونية والمرافقة أمام المحاكم: مساندة {who}",
        "العودة إلى المدرسة والعمل: مساندة {who}",
        "العودة الآمنة ولم شمل الأسر: مساندة {who}",
        "الأيام الأولى: المعونة العاجلة ومساندة {who}",
        "الرعاية الطبية والنفسية: مساندة {who}",
        "خط ليلي واستقبال أول: مساندة {who}",
    ),
}
PEOPLE = {
    "en": (
        "girls exploited along the coast",
        "domestic workers who fled their employers",
        "boys freed from forced begging",
        "men and women freed from forced labour on fishing boats",
        "women returned from forced marriages",
        "young people forced into online fraud",
        "families freed from debt bondage in brick kilns",
        "children who left armed groups",
        "quarry workers freed from forced labour",
        "mothers who were trafficked, and their children",
        "boys lured away by false football academies",
    ),
    "fr": (
        "les filles exploitées sur la côte",
        "les employées de maison qui ont fui leurs employeurs",
        "les garçons sortis de la mendicité forcée",
        "les équipages libérés du travail forcé sur les bateaux de pêche",
        "les femmes revenues d’un mariage forcé",
        "les jeunes contraints à la fraude en ligne",
        "les familles libérées de la servitude pour dettes dans les briqueteries",
        "les enfants sortis des groupes armés",
        "les ouvriers des carrières libérés du travail forcé",
        "les mères victimes de la traite et leurs enfants",
        "les garçons attirés par de fausses académies de football",
    ),
    "es": (
        "niñas explotadas en la costa",
        "trabajadoras del hogar que huyeron de sus empleadores",
        "niños liberados de la mendicidad forzada",
        "tripulaciones liberadas del trabajo forzoso en barcos pesqueros",
        "mujeres que volvieron de matrimonios forzados",
        "jóvenes obligados a cometer fraudes en línea",
        "familias liberadas de la servidumbre por deudas en ladrilleras",
        "niños y niñas que salieron de grupos armados",
        "trabajadores de canteras liberados del trabajo forzoso",
        "madres víctimas de trata y sus hijos",
        "muchachos captados por falsas academias de fútbol",
    ),
    "ar": (
        "الفتيات المستغلات على الساحل",
        "العاملات المنزليات الهاربات من أرباب عملهن",
        "الفتيان المحررين من التسول القسري",
        "العاملين المحررين من العمل القسري على قوارب الصيد",
        "النساء العائدات من زواج قسري",
        "الشباب المرغمين على الاحتيال عبر الإنترنت",
        "الأسر المحررة من عبودية الدين في مصانع الطوب",
        "الأطفال الذين تركوا الجماعات المسلحة",
        "عمال المقالع المحررين من العمل القسري",
        "الأمهات ضحايا الاتجار وأطفالهن",
        "الفتيان الذين استدرجتهم أكاديميات كرة قدم وهمية",
    ),
}
"""Nobody is named, and no place where somebody could be found."""


def title(language: str, number: int) -> str:
    """77 titles in each language, no two of neighbouring numbers alike."""
    aims, people = AIMS[language], PEOPLE[language]
    return aims[number % len(aims)].format(who=people[number * 5 % len(people)])
