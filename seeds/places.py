"""Where the demonstration's organisations work, and what organisations there call themselves."""

TONGUES = {
    **dict.fromkeys("BO CO GT HN PE".split(), "es"),  # noqa: SIM905 - easier to read and to add to
    **dict.fromkeys("BJ BF CM CI MG NE RW SN".split(), "fr"),  # noqa: SIM905
    **dict.fromkeys("EG IQ JO LB MA".split(), "ar"),  # noqa: SIM905
}
"""In which language an organisation of a country writes; English where none is named."""

PLACES = {
    "AL": ("Durrës", "Vlorë", "Shkodër"),
    "BD": ("Khulna", "Cox’s Bazar", "Sylhet"),
    "BJ": ("Cotonou", "Parakou", "Ouidah"),
    "BO": ("El Alto", "Cochabamba", "Santa Cruz"),
    "BR": ("Recife", "Belém", "Foz do Iguaçu"),
    "BF": ("Bobo-Dioulasso", "Ouahigouya", "Fada N’Gourma"),
    "KH": ("Poipet", "Sihanoukville", "Battambang"),
    "CM": ("Douala", "Bamenda", "Garoua"),
    "CO": ("Cúcuta", "Cartagena", "Pasto"),
    "CI": ("Abidjan", "Bouaké", "San-Pédro"),
    "EG": ("أسوان", "الإسكندرية", "المنيا"),
    "ET": ("Addis Ababa", "Dire Dawa", "Metemma"),
    "GM": ("Serrekunda", "Brikama", "Basse"),
    "GE": ("Batumi", "Tbilisi", "Kutaisi"),
    "GH": ("Accra", "Kumasi", "Yeji"),
    "GT": ("Tecún Umán", "Quetzaltenango", "Cobán"),
    "HN": ("San Pedro Sula", "La Ceiba", "Choluteca"),
    "IN": ("Kolkata", "Bhubaneswar", "Patna"),
    "ID": ("Batam", "Kupang", "Medan"),
    "IQ": ("أربيل", "البصرة", "الموصل"),
    "JO": ("عمّان", "إربد", "العقبة"),
    "KE": ("Mombasa", "Kisumu", "Kakuma"),
    "KG": ("Osh", "Bishkek", "Karakol"),
    "LB": ("طرابلس", "صيدا", "بيروت"),
    "MG": ("Antananarivo", "Toamasina", "Nosy Be"),
    "MW": ("Blantyre", "Mzuzu", "Mangochi"),
    "MD": ("Bălți", "Chișinău", "Cahul"),
    "MA": ("طنجة", "فاس", "الدار البيضاء"),
    "MM": ("Mandalay", "Mawlamyine", "Yangon"),
    "NP": ("Pokhara", "Birgunj", "Kathmandu"),
    "NE": ("Agadez", "Zinder", "Niamey"),
    "NG": ("Benin City", "Kano", "Calabar"),
    "PK": ("Karachi", "Peshawar", "Multan"),
    "PE": ("Iquitos", "Puerto Maldonado", "Tacna"),
    "PH": ("Zamboanga", "Cebu", "Tacloban"),
    "RW": ("Rusizi", "Kigali", "Huye"),
    "SN": ("Dakar", "Ziguinchor", "Saint-Louis"),
    "RS": ("Niš", "Subotica", "Belgrade"),
    "UG": ("Gulu", "Busia", "Kampala"),
    "UA": ("Odesa", "Chernivtsi", "Lviv"),
}
"""Three cities for each country."""

CALLED = {
    "en": (
        "New Shore Centre, {place}",
        "{place} Legal Aid Clinic",
        "Bright Path Trust, {place}",
        "Hearth and Home {place}",
        "Open Door Shelter, {place}",
        "Women of {place}",
        "River House {place}",
        "Survivors’ Network of {place}",
        "Safe Harbour {place}",
        "Lumina {place}",
        "Stand Beside, {place}",
        "{place} Centre for Working Children",
        "Second Morning {place}",
    ),
    "es": (
        "Casa Segura de {place}",
        "Puente Firme, {place}",
        "Mujeres del Puerto de {place}",
        "Centro Otra Orilla, {place}",
        "Asociación Luz Propia, {place}",
    ),
    "fr": (
        "Maison d’Espoir de {place}",
        "Association Nouveau Départ, {place}",
        "Femmes debout de {place}",
        "Pas à Pas {place}",
        "Foyer des Acacias, {place}",
        "Collectif Main Tendue de {place}",
    ),
    "ar": (
        "جمعية دار الأمان في {place}",
        "مركز خطوة للدعم القانوني في {place}",
        "مؤسسة بيتنا، {place}",
        "رابطة نساء {place}",
    ),
}
"""Names of organisations by language, each with its city: no two are alike."""


def tongue(country: str) -> str:
    """The language in which an organisation of this country writes."""
    return TONGUES.get(country, "en")


def place(country: str, number: int) -> str:
    """One of the country's cities."""
    return PLACES[country][number % len(PLACES[country])]


def name(country: str, number: int, turn: int) -> str:
    """What the organisation is called; `turn` counts how often this country came before."""
    names = CALLED[tongue(country)]
    pattern = names[(number + turn) % len(names)]
    here = place(country, turn)
    return pattern.format(place=here)
