"""What the people who apply are called, by the part of the world where they live: all invented."""

REGIONS = {
    "Latin America": "BO BR CO GT HN PE",
    "West Africa": "BJ BF CM CI GM GH MG NE NG RW SN",
    "East Africa": "ET KE MW UG",
    "Arab States": "EG IQ JO LB MA",
    "South Asia": "BD IN NP PK",
    "South-East Asia": "KH ID MM PH",
    "Eastern Europe": "AL GE KG MD RS UA",
}
FIRST = {
    "Latin America": "Ana Carlos Gloria Ines Joaquin Luis Marisol Paula Rosa Teresa Ximena",
    "West Africa": "Aminata Bintou Emeka Fanta Kofi Mariam Moussa Ngozi Salif Yaw Zara",
    "East Africa": "Amina Daudi Esther Grace Hanna Joseph Neema Peter Selam Thandi Zola",
    "Arab States": "Dalia Fatima Hassan Huda Karima Layla Nabil Omar Rania Samir Yusuf",
    "South Asia": "Anjali Bishnu Farzana Imran Kavita Meera Rafiq Sabina Sita Usha Vikram",
    "South-East Asia": "Aung Dewi Khin Ligaya Maricel Nur Ramil Sokha Sophea Thida Wayan",
    "Eastern Europe": "Aida Boris Dana Elira Giorgi Ilze Marko Natia Oksana Rustam Vera",
}
LAST = {
    "Latin America": (
        "Castro Escobar Flores Juarez Lopes Mamani Ortega Quintero Quispe Ramos Salas Torres Vargas"
    ),
    "West Africa": (
        "Adeyemo Bello Camara Diop Eze Kone Mensah Ndiaye Okoye Ouedraogo Sesay Toure Traore"
    ),
    "East Africa": (
        "Achieng Banda Desta Kamau Lema Mwangi Nakato Ochieng Otieno Phiri Tadesse Wekesa Zulu"
    ),
    "Arab States": (
        "Aziz Barakat Darwish Fares Hamdan Ibrahim Jaber Khoury Mansour Nasser Rahal Saleh Youssef"
    ),
    "South Asia": (
        "Ahmed Begum Chaudhry Gurung Iyer Joshi Khan Menon Mirza Rai Sharma Sultana Tamang"
    ),
    "South-East Asia": (
        "Bautista Chan Dela-Cruz Hlaing Lim Lopez Myint Reyes Sari Santoso Sok Win Yulianti"
    ),
    "Eastern Europe": (
        "Abashidze Berisha Ceban Dvali Hoxha Ivanova Jovanovic Kovalenko Melnyk Petrovic "
        "Rusu Sulta Toktogulova"
    ),
}


def region_of(country: str) -> str:
    return next(region for region, codes in REGIONS.items() if country in codes.split())


def person(country: str, number: int) -> str:
    """Whom a proposal of this number names as its contact: of 143 people in each region."""
    region = region_of(country)
    first, last = FIRST[region].split(), LAST[region].split()
    return f"{first[number * 3 % len(first)]} {last[(number * 5 + number // 143) % len(last)]}"
