"""Words that distinguish no name, or little: legal forms, titles, articles, general words.

General words stand for one idea in every language: bank, банк, بنك and 银行 are the same word.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from babel import Locale

_INSIDE = re.compile("['`’‘ʼʻʿʾ׳״\u200c\u200d\u0640]|(?<=\\w)\"(?=\\w)")
_MARKS = re.compile("[\u064b-\u065f\u0670\u0591-\u05c7\u0301]")


_ACRONYM = re.compile(r"\s\([A-Z]{2,6}\)")
_ARABIC = str.maketrans("أإآٱىيكةۀ", "ااااییکهه")
"""Letters that writers of Arabic and Persian use one for the other."""


def plain(text: str) -> str:
    """A text in small letters, without the marks that writers leave out."""
    text = _ACRONYM.sub("", text) or text
    normal = unicodedata.normalize("NFKC", text).casefold().translate(_ARABIC)
    return _MARKS.sub("", _INSIDE.sub("", normal)).replace("اخوند زاده", "اخوندزاده")


_LEGAL = (
    "ltd limited inc incorporated llc llp lp plc gmbh mbh ag kg kgaa sa sarl srl sas spa bv nv ab "
    "as oy oyj pte pty pvt ooo oao zao pao ao too tov odo ip corp corporation co company jsc ojsc "
    "cjsc pjsc oop kk ev eg asbl vzw sro doo ad jv fze fzco fzc wll bhd sdn ltda eirl ae epe "
    "aktiengesellschaft gesellschaft "
    "公司 회사 有限公司 有限責任公司 有限责任公司 股份有限公司 株式会社 有限会社 合同会社 財団法人 一般社団法人 "
    "주식회사 유한회사 재단법인 사단법인 ооо оао зао пао ао тоо тов ип одо "
    "لمتد لمیتد شركة ش.م.م ذ.م.م محدودة المحدودة شرکت αε επε οε बلिमिटेड लिमिटेड प्राइवेट "
    "компания общество ограниченной ответственностью акционерное"
)
_TITLES = (
    "mr mrs ms miss dr prof professor sir lord lady sheikh shaikh shaykh sheik cheikh mullah mulla "
    "maulana mawlawi maulavi mawlavi hajji haji hajj hadji al-hajj sayyid imam ayatollah general "
    "gen colonel col captain capt major maj lieutenant lt president minister hon rev fr sr jr ii "
    "iii esq eng engineer ustad akhund qari mufti shri smt shrimati kumari khun "
    "господин госпожа д-р г-н г-жа проф "
    "الشيخ شيخ السيد السيدة الدكتور دكتور د الحاج حاج الملا ملا ملأ مولوی مولوي مهندس المهندس العقيد "
    "اللواء الفريق العميد الأستاذ قاری قاضي آخوند حاجی استاد "
    'ד"ר דר מר גב פרופ הרב श्री श्रीमती डॉ कुमारी κύριος κυρία δρ κ'
)
_PARTICLES = (
    "al el ul the of and for in en de du des da do dos di del della la le les los las der die das den "
    "und von van zu y e et bin ben bint ibn ould wal wa wad oglu ogly kyzy qizi uulu "
    "и при для на της του των και το ο η οι "
    "بن ابن بنت ال آل و في من για की के का और و של ה 之"
)

_GENERAL = {
    "bank": "bank banque banco banka banca банк بنك مصرف بانک 银行 銀行 은행 בנק τράπεζα बैंक ธนาคาร "
    "banking",
    "foundation": "foundation fondation fundacion fundação fundacao stiftung fondazione stichting "
    "vakif фонд фонда مؤسسة بنیاد 基金会 基金會 재단 財団 קרן ίδρυμα फाउंडेशन มูลนิธิ",
    "fund": "fund fonds fondo صندوق 基金 기금 ταμείο कोष",
    "association": "association asociacion associação verein associazione associaciones assoc "
    "dernegi ассоциация جمعية رابطة انجمن 协会 協會 協会 협회 עמותה σύλλογος संघ สมาคม",
    "society": "society societe sociedad gesellschaft общество مجتمع",
    "organization": "organization organisation organizacion organização организация منظمة هيئة "
    "سازمان 组织 組織 조직 기구 ארגון οργάνωση οργανισμός संगठन องค์การ",
    "committee": "committee comite komitee комитет لجنة کمیته 委员会 委員會 委員会 위원회 επιτροπή समिति",
    "council": "council conseil consejo rat совет مجلس شورا 理事会 理事會 συμβούλιο परिषद",
    "ministry": "ministry ministere ministerio министерство وزارة وزارت 部 省 υπουργείο मंत्रालय",
    "centre": "centre center centro zentrum центр مركز مرکز 中心 센터 מרכז κέντρο केंद्र ศูนย์",
    "institute": "institute institut instituto институт معهد موسسه 研究所 学院 學院 연구소 מכון "
    "ινστιτούτο संस्थान สถาบัน",
    "university": "university universite universidad universität университет جامعة دانشگاه 大学 大學 "
    "대학교 אוניברסיטה πανεπιστήμιο विश्वविद्यालय มหาวิทยาลัย",
    "charity": "charity charitable charities caritative благотворительный خيرية الخيرية خیریه 慈善 "
    "자선 צדקה φιλανθρωπικό",
    "relief": "relief secours nothilfe помощь إغاثة الإغاثة اغاثة 救济 救濟 救援 구호 ανακούφιση राहत",
    "rescue": "rescue",
    "aid": "aid help aide ayuda hilfe مساعدات عون कल्याण",
    "development": "development developpement desarrollo entwicklung развитие развития تنمية للتنمية "
    "التنمية توسعه 发展 發展 開発 개발 פיתוח ανάπτυξη विकास",
    "trade": "trade trading commerce commercial comercio handel торговый торговая торговля торг "
    "تجارة للتجارة التجارية تجاري بازرگانی 贸易 貿易 무역 מסחר εμπορική व्यापार",
    "industry": "industry industries industrial industrie промышленность صناعة صناعي 工业 工業 공업",
    "transport": "transport transportation транспорт نقل للنقل 运输 運輸 운수",
    "shipping": "shipping maritime marine shiplines судоходный ملاحة للملاحة 海运 海運 해운",
    "general": "general generale générale総 عامة العامة 총 генеральный",
    "group": "group groupe grupo gruppe groups группа مجموعة جماعة الجماعة گروه گروپ 集团 集團 グループ 그룹 קבוצה "
    "όμιλος समूह",
    "international": "international internationale internacional intl международный международная "
    "دولية الدولية بین‌المللی 国际 國際 国際 국제 בינלאומי διεθνής अंतर्राष्ट्रीय",
    "national": "national nationale nacional национальный национальная وطني الوطنية الوطني ملی 国家 國家 "
    "국가 국립 לאומי εθνική εθνικό εθνικός राष्ट्रीय แห่งชาติ",
    "state": "state دولة الدولة государственный स्टेट",
    "central": "central centrale центральный مركزي المركزي المركزية مرکزی 中央 중앙 κεντρική",
    "islamic": "islamic islamique islamico исламский исламская إسلامي الإسلامي الإسلامية اسلامی 伊斯兰",
    "women": "women woman femmes mujeres frauen женщин نساء المرأة زنان 妇女 婦女 女性 여성",
    "youth": "youth jeunes jeunesse jovenes молодежь شباب الشباب جوانان 青年 청년",
    "children": "children child enfants niños ninos kinder детей أطفال الأطفال کودکان 儿童 兒童 아동",
    "rights": "rights derechos droits права حقوق",
    "human": "human humanos humains человека إنسان الإنسان",
    "humanitarian": "humanitarian humanitaire إنساني الإنسانية 人道",
    "network": "network reseau red netzwerk сеть شبكة 网络",
    "services": "services service servicios услуги خدمات",
    "initiative": "initiative iniciativa инициатива مبادرة",
    "union": "union union syndicat союз اتحاد 联盟 聯盟 연합",
    "party": "party parti partido партия حزب 党 黨 당",
    "army": "army armee ejercito армия جيش 军 軍 군",
    "front": "front frente фронт جبهة 阵线 전선",
    "movement": "movement mouvement movimiento движение حركة 运动 운동",
    "state_of": "emirate emirat emarat эмират إمارة الإمارة",
    "hospital": "hospital hopital больница مستشفى بیمارستان 医院 醫院 病院 병원",
    "school": "school ecole escuela школа مدرسة 学校 學校 학교",
    "oil": "oil petroleum petrole нефть نفط نفت 石油 석유",
    "mining": "mining mines minera горный تعدين 矿业 礦業 광업",
    "technology": "technology technologies technologie tecnologia технологии تكنولوجيا 技术 技術 기술",
    "foreign": "foreign",
    "peace": "peace paix paz frieden мир سلام السلام صلح 和平 平和 평화",
    "fighting": "fighting combatant combattant مقاتلة боевой",
    "jihad": "jihad djihad джихад جهاد",
    "trust": "trust",
    "mission": "mission миссия بعثة",
    "health": "health sante salud здоровье صحة الصحة 卫生 健康 보건",
    "education": "education educacion bildung образование تعليم التعليم 教育 교육",
    "media": "media медиа إعلام 媒体",
    "investment": "investment investments investissement инвестиции استثمار الاستثمار 投资 投資 투자",
    "construction": "construction construccion строительство بناء 建设 建設 건설",
    "insurance": "insurance assurance seguros страхование تأمين 保险 保険 보험",
    "global": "global world mondial mundial мир عالمي العالمية 世界 세계",
    "crescent": "crescent الهلال هلال",
    "red": "الأحمر احمر",
    "motor": "motor motors jidosha 自動車",
    "agricultural": "agricultural agricole agricola сельскохозяйственный زراعي الزراعي 农业 農業 농업",
}
"""An idea, and the words for it. Add to it freely."""

COMMON = frozenset(
    [
        "mohamed",
        "ahmed",
        "ali",
        "hasan",
        "husein",
        "omar",
        "abdul",
        "mohamad",
        "mahmud",
        "ibrahim",
        "yusuf",
        "khalid",
        "said",
        "maria",
        "jose",
        "juan",
        "john",
        "james",
        "david",
        "daniel",
        "peter",
        "paul",
        "anna",
        "ana",
        "ivan",
        "alexander",
        "sergei",
        "kim",
        "li",
        "lee",
        "wang",
        "zhang",
        "chen",
        "nguyen",
        "abdullah",
        "mustafa",
        "hamid",
        "karim",
        "kumar",
        "singh",
        "devi",
        "khan",
        "jan",
        "shah",
    ]
)
"""Given names and surnames of very many people: two of them alone are not yet a person."""


def _plain_words(text: str) -> frozenset[str]:
    return frozenset(plain(text).split())


LEGAL, TITLES, PARTICLES = _plain_words(_LEGAL), _plain_words(_TITLES), _plain_words(_PARTICLES)

_LANGUAGES = ("en", "fr", "es", "ar", "fa", "ru", "uk", "zh", "zh_Hant", "ja", "ko", "he", "el")
_ALSO = {
    "K": "조선 朝鲜 朝鮮 dprk korea korean 한국 韩国 韓國",
    "CN": "中国 中國 china chinese",
    "SY": "سوريا السوري السورية syria syrian",
    "IQ": "iraqi العراقي العراقية",
    "AF": "afghan",
    "IR": "iranian",
    "RU": "russian",
    "GR": "greek ελλάδος",
    "CY": "κύπρου",
    "IN": "भारतीय भारत indian",
    "IL": "israeli לישראל",
    "damascus": "damascus damas دمشق дамаск",
    "cairo": "cairo القاهرة каир",
    "jerusalem": "jerusalem القدس ירושלים иерусалим",
    "moscow": "moscow москва москвы moskva",
    "bangkok": "bangkok กรุงเทพ",
    "athens": "athens αθήνα αθηνών",
    "beirut": "beirut beyrouth بيروت",
    "aleppo": "aleppo alep حلب",
    "tehran": "tehran teheran تهران",
    "LY": "libyan ليبي الليبية",
    "MA": "moroccan مغربي المغربية",
    "TN": "tunisian tunisien تونسي التونسية",
    "EG": "egyptian مصري المصرية",
    "DZ": "algerian جزائري الجزائرية",
    "YE": "yemeni يمني اليمنية",
    "SO": "somali صومالي الصومالية",
    "SD": "sudanese سوداني السودانية",
    "PK": "pakistani باكستاني پاکستانی",
    "LB": "lebanese لبناني اللبنانية",
    "SA": "saudi سعودي السعودية",
    "levant": "levant الشام شام",
    "TW": "台湾 台灣 臺灣",
}


@cache
def ideas() -> Mapping[str, str]:
    """Each general word and each name of a country, and what it stands for."""
    meanings = {word: idea for idea, words in _GENERAL.items() for word in plain(words).split()}
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and " " not in name:
                meanings.setdefault(plain(name), f"={code}")
    meanings.update(
        {word: f"={code}" for code, words in _ALSO.items() for word in plain(words).split()}
    )
    return meanings


@cache
def ideographic() -> tuple[str, ...]:
    """General words, legal forms and countries that are written without spaces, the longest first."""
    words: Iterable[str] = {*ideas(), *LEGAL}
    long_enough = [word for word in words if _written_without_spaces(word) and len(word) > 1]
    return tuple(sorted(long_enough, key=lambda word: (-len(word), word)))


def _written_without_spaces(word: str) -> bool:
    return "\u3040" <= word[0] <= "\u9fff" or "\uac00" <= word[0] <= "\ud7af"


def distinguishes(word: str) -> bool:
    """Does a word tell one name from others? Legal forms, articles, general words and countries
    do not, with or without their accents.
    """
    bare = plain(word).strip(".,;")
    return bool(bare) and not any(_is_general(form) for form in (bare, _without_accents(bare)))


def _is_general(word: str) -> bool:
    return word in LEGAL or word in TITLES or word in PARTICLES or word in ideas()


def _without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
