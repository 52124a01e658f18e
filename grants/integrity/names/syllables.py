"""How single syllables of Chinese, Korean and Japanese names are written in Latin letters."""

import re
from functools import cache

from anyascii import anyascii

_WADE_GILES = (
    *(("^zhi$", "chih"), ("^chi$", "chih"), ("^shi$", "shih"), ("^ri$", "jih"), ("^zi$", "tzu")),
    *(("^ci$", "tzu"), ("^si$", "ssu"), ("^yan$", "yen"), ("^er$", "erh"), ("^you$", "yu")),
    *(("^(zh|q)", "ch"), ("^j", "ch"), ("^x", "hs"), ("^z", "ts"), ("^c(?!h)", "ts")),
    *(("^b", "p"), ("^d", "t"), ("^g", "k"), ("^r", "j"), ("ian$", "ien"), ("ong$", "ung")),
    *(("(?<=[^aeiou])ie$", "ieh"), ("^ye$", "yeh"), ("(?<=[^aeiougkh])uo$", "o"), ("ue$", "ueh")),
)


@cache
def wade_giles(pinyin: str) -> tuple[str, ...]:
    """A syllable as Taiwan and older books write it, with and without what is often left out."""
    word = pinyin
    for pattern, replacement in _WADE_GILES:
        word = re.sub(pattern, replacement, word)
    ways = {word, word.removesuffix("h") if word.endswith(("ieh", "ueh", "erh", "yeh")) else word}
    ways |= {way.replace("ssu", "szu") for way in ways} | {way.replace("iu", "iou") for way in ways}
    ways |= {way.replace("iu", "eou") for way in ways}
    if pinyin in ("ge", "ke", "he", "e"):
        ways.add(word[:-1] + "o")
    if pinyin.startswith(("lu", "nu")):
        ways.add(pinyin)
    return tuple(sorted(ways))


_CANTONESE = (
    *(("^z", "(?:ch|ts|j|z|tz)"), ("^c", "(?:ch|ts)"), ("^s", "(?:sh|s)"), ("^d", "(?:t|d)")),
    *(("^b", "(?:p|b)"), ("^gw", "(?:kw|gw|ku)"), ("^g", "(?:k|g)"), ("^j", "(?:y|i|)")),
    *(
        ("^ng", "(?:ng|)"),
        ("^n", "(?:n|l)"),
        ("aa", "(?:a|ah|aa)"),
        ("oeng", "(?:eung|eong|oeng|iang)"),
    ),
    *(("oe", "(?:oe|eu|o)"), ("eoi", "(?:ui|oi|eoi|eui|uy)"), ("eo", "(?:u|o|eo)")),
    *(("yu", "(?:ue|u|yu|uy|yue)"), ("uk$", "(?:uk|ook)"), ("ung$", "(?:ung|oong)"), ("uo", "uo")),
    *(("(?<=[a-z)])ou$", "(?:o|ou|ow|oe|u)"), ("au$", "(?:au|ow|aw)"), ("ai$", "(?:ai|ay|i|y)")),
    *(("ei$", "(?:ei|i|ay|ee|ey|ai)"), ("ing$", "(?:ing|eng)"), ("ik$", "(?:ik|ick|ek)")),
    *(
        ("(?<=\\))an$", "(?:an|un|en)"),
        ("(?<=\\))am$", "(?:am|um)"),
        ("(?<=\\))ang$", "(?:ang|ung)"),
    ),
    *(("(?<=\\))ap$", "(?:ap|up)"), ("(?<=\\))at$", "(?:at|ut)"), ("(?<=\\))ak$", "(?:ak|ack|uk)")),
    *(("o$", "(?:o|or|oh)"), ("i$", "(?:i|ie|y|ee|ze)")),
)
_CANTONESE_SURNAMES = {
    "wong": "wong vong huang", "can": "chan tan chin", "lei": "lee li", "lam": "lam lim lum",
    "ng": "ng eng", "coi": "choi tsoi choy", "ze": "tse che", "zau": "chow chau", "coeng": "cheung",
    "zoeng": "cheung tseung", "gwok": "kwok", "zeng": "cheng", "dang": "tang", "hoeng": "heung",
    "cang": "tsang", "hau": "hau", "joeng": "yeung young", "jip": "yip", "lau": "lau", "lo": "law lo",
    "cin": "chien", "dung": "tung", "siu": "siu shiu", "hin": "hsien hin", "lung": "lung loong",
    "zan": "chun jun", "jing": "ying", "jyut": "yuet", "ngo": "ngor", "ngok": "ngok", "man": "man",
    "kwan": "kwan", "jam": "yam", "kyun": "kuen", "kin": "kin", "gaai": "kai", "sek": "shek",
}  # fmt: skip


@cache
def cantonese(jyutping: str) -> tuple[str, ...]:
    """A syllable as names are written in Hong Kong and by Chinese families abroad."""
    sound = re.sub("[0-9]", "", jyutping)
    if not sound:
        return ()
    pattern = sound
    for written, replacement in _CANTONESE:
        pattern = re.sub(written, replacement, pattern)
    return (pattern, *_CANTONESE_SURNAMES.get(sound, "").split())


TWO_SYLLABLE_SURNAMES = frozenset(
    [
        "欧阳",
        "诸葛",
        "司马",
        "上官",
        "夏侯",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "南宫",
    ]
)

HANGUL_STARTS = [
    row.split("/")
    for row in [
        "g/k",
        "kk/gg/k",
        "n",
        "d/t",
        "tt/dd/t",
        "r/l/n",
        "m",
        "b/p",
        "pp/bb/p",
        "s/sh",
        "ss/s",
        "/",
        "j/ch/z",
        "jj/j/ch",
        "ch/tch/j",
        "k/kh",
        "t/th",
        "p/ph",
        "h/",
    ]
]
HANGUL_VOWELS = [
    row.split("/")
    for row in [
        "a/ah/aa",
        "ae/ai/ay/e/a",
        "ya/yah",
        "yae/yay",
        "eo/o/u/oh/uh/ou/er",
        "e/eh/ae/ay",
        "yeo/yo/yu/you/yuh/youn/ye/iu",
        "ye/e/yeh",
        "o/oh/ou",
        "wa/oa/wha",
        "wae/wai",
        "oe/oi/we/oy",
        "yo/yoh",
        "u/oo/woo/wu/ou/w",
        "wo/weo/wu/uo",
        "we/wei",
        "wi/wee/ui",
        "yu/yoo/you/iu",
        "eu/u/oo/y/e/o",
        "ui/eui/i/ee/ey",
        "i/ee/ie/yi/ea",
    ]
]
HANGUL_ENDS = [
    row.split("/")
    for row in [
        "",
        "k/g/ck/c",
        "k/kk",
        "k",
        "n",
        "n",
        "n",
        "t/d",
        "l/r",
        "k",
        "m",
        "l",
        "l",
        "l",
        "p",
        "l",
        "m",
        "p/b",
        "p",
        "t/s",
        "t",
        "ng",
        "t",
        "t",
        "k",
        "t",
        "p",
        "t",
    ]
]
HANGUL_SURNAMES = {
    "이": "yi lee rhee ri li i yee rhie reeh", "리": "ri lee yi rhee li rhie", "박": "park pak bak back",
    "김": "kim gim ghim", "최": "choi choe choy chwe", "노": "roh noh no ro", "로": "ro roh no noh",
    "정": "chung jung jeong jong cheong", "유": "yoo yu ryu you", "류": "ryu yoo yu lyu ryoo",
    "임": "lim im rim yim leem", "림": "rim lim im", "안": "ahn an", "오": "oh o", "우": "woo u wu",
    "양": "yang ryang", "여": "yeo ryo lyuh", "량": "ryang yang", "조": "cho jo joe", "주": "joo ju chu",
    "구": "koo ku gu goo", "강": "kang gang", "문": "moon mun", "신": "shin sin", "전": "chun jeon jun chon",
    "윤": "yoon yun youn", "서": "seo suh so sue", "허": "heo hur huh ho", "변": "byun byeon pyon",
    "현": "hyun hyeon hyon", "선": "sun seon son", "천": "chun cheon chon",
}  # fmt: skip

NAME_READINGS = {
    "文": "fumi bumi bun", "雄": "o yu takeshi", "健": "ken takeru takeshi", "菅": "suga kan", "駿": "hayao shun",
    "大": "dai o hiro", "谷": "tani ya", "平": "hei taira hira", "博": "hiro haku hiroshi", "一": "ichi kazu hajime",
    "二": "ji", "三": "zo mi san", "四": "shi", "五": "go", "郎": "ro", "太": "ta", "次": "ji tsugi", "治": "ji haru osamu",
    "子": "ko", "美": "mi", "恵": "e kei megumi", "香": "ka kaori", "奈": "na", "由": "yu yoshi", "里": "ri sato", "花": "ka hana",
    "智": "tomo chi satoshi", "明": "aki akira mei", "昭": "aki sho", "秋": "aki", "春": "haru", "夏": "natsu", "冬": "fuyu",
    "正": "masa tadashi sho", "雅": "masa", "昌": "masa sho", "和": "kazu", "義": "yoshi gi", "良": "yoshi ryo", "吉": "yoshi kichi",
    "芳": "yoshi", "孝": "taka", "隆": "taka ryu takashi", "高": "taka", "貴": "taka ki", "浩": "hiro ko hiroshi",
    "弘": "hiro ko hiroshi", "宏": "hiro ko hiroshi", "広": "hiro ko", "裕": "hiro yu yutaka", "幸": "yuki sachi ko",
    "行": "yuki", "之": "yuki no", "雪": "yuki", "久": "hisa", "寿": "toshi ju", "利": "toshi ri", "俊": "toshi shun",
    "敏": "toshi", "年": "toshi", "彦": "hiko", "介": "suke", "助": "suke", "輔": "suke", "男": "o", "夫": "o", "生": "o ki",
    "信": "nobu shin makoto", "伸": "nobu shin", "修": "shu osamu", "直": "nao", "尚": "nao hisa", "康": "yasu ko",
    "安": "yasu an", "保": "yasu ho", "泰": "yasu tai", "純": "jun", "順": "jun", "淳": "jun atsushi", "潤": "jun",
    "晋": "shin", "真": "ma shin makoto", "進": "susumu shin", "勝": "katsu masaru", "克": "katsu", "哲": "tetsu satoshi",
    "徹": "tetsu toru", "誠": "makoto sei", "実": "minoru mi", "学": "manabu gaku", "剛": "tsuyoshi go", "武": "takeshi take",
    "茂": "shigeru shige", "重": "shige ju", "繁": "shige shigeru", "清": "kiyoshi kiyo", "光": "mitsu hikaru ko",
    "龍": "ryu tatsu", "竜": "ryu tatsu", "樹": "ki ju itsuki", "輝": "teru ki", "照": "teru", "英": "hide ei", "秀": "hide shu",
    "栄": "ei", "角": "kaku", "偉": "hide i", "豊": "yutaka toyo", "悠": "yu", "優": "yu", "翔": "sho", "陽": "yo",
    "葉": "yo", "千": "chi sen", "代": "yo", "紀": "ki nori", "典": "nori", "則": "nori", "法": "nori", "憲": "nori ken",
    "賢": "ken", "謙": "ken", "研": "ken", "洋": "yo hiroshi hiro", "京": "kyo", "響": "kyo", "啓": "kei", "圭": "kei", "敬": "kei taka",
    "慎": "shin", "弥": "ya", "也": "ya", "哉": "ya", "人": "to hito", "斗": "to", "仁": "hito jin", "貞": "sada", "定": "sada",
    "慶": "yoshi kei", "善": "yoshi zen", "章": "aki sho", "彰": "aki", "聡": "satoshi", "悟": "satoru", "亮": "ryo", "涼": "ryo",
    "房": "fusa", "麻": "ma asa", "佐": "sa", "亜": "a", "江": "e", "枝": "e", "絵": "e", "理": "ri", "梨": "ri", "沙": "sa",
    "織": "ori", "瑞": "mizu", "穂": "ho", "希": "ki", "成": "nari", "忠": "tada", "唯": "yui", "結": "yu",
}  # fmt: skip
"""Characters of Japanese given names (and of a few surnames), and how they are read there."""

_KANA = ((r"([kgnhbpmr])iy([aou])", r"\1y\2"), (r"(sh|ch|j)iy([aou])", r"\1\2"), ("-", ""))


def romaji(kana: str) -> str:
    """Kana in Latin letters, after Hepburn."""
    latin = anyascii(kana).lower()
    for pattern, replacement in _KANA:
        latin = re.sub(pattern, replacement, latin)
    return latin
