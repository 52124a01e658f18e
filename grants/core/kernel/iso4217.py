"""ISO 4217: the currencies in use with their decimals, and those withdrawn with their month.

Source: List One (current) and List Three (historic) of the ISO 4217 maintenance agency, SIX
Financial Information, as amended by January 2026 (the euro in Bulgaria). Codes without a minor
unit (gold, special drawing rights, test codes …) are no money that can be pledged.

The Unicode tables (CLDR) tell how many decimals people usually write, which is fewer for thirteen
currencies (RSD, IQD and others): bank files and books go by ISO.
"""

from datetime import date

_BY_DECIMALS = {
    0: ("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD "
        "CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP "
        "GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK "
        "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
        "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS "
        "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST "
        "XAD XCD XCG YER ZAR ZMW ZWG"
    ),
    3: ("BHD IQD JOD KWD LYD OMR TND"),
    4: ("CLF UYW"),
}
DECIMALS = {code: places for places, codes in _BY_DECIMALS.items() for code in codes.split()}
"""Decimal places of each currency in use."""

_WITHDRAWN = {
    "1998-12": (
        "ALK AOK ARA ARP ARY BAD BEC BEL BGJ BGK BOP BRB BRC BRE BRN BRR BUK CSJ CSK DDM ESA ESB "
        "GEK GNE GNS GQE GWE GWP HRD ILP ILR ISJ LAJ LSM LTT LUC LUL LVR MLF MTP MVQ MXP MZE NIC "
        "PEH PEI PES PLZ RHD ROK SDP SUR UAK UGS UGW UYN UYP VNC YDD YUD YUN ZAL ZRZ ZWC"
    ),
    "1999-01": "XEU",
    "1999-06": "ZRN",
    "1999-11": "XRE",
    "2000-02": "AON AOR",
    "2000-09": "ECS ECV",
    "2001-01": "BYB",
    "2001-04": "TJR",
    "2002-03": "ATS BEF DEM ESP FIM FRF GRD IEP ITL LUF NLG PTE",
    "2002-11": "TPE",
    "2003-01": "AFA",
    "2003-07": "ADP YUM",
    "2003-11": "BGL",
    "2003-12": "SRG",
    "2004-01": "RUR",
    "2004-11": "CHC",
    "2004-12": "MGF",
    "2005-06": "ROL",
    "2005-10": "AYM",
    "2005-12": "AZM TRL",
    "2006-06": "MZM",
    "2006-09": "ZWN",
    "2006-10": "CSD XFO",
    "2007-01": "SIT",
    "2007-06": "GHP",
    "2007-07": "SDD",
    "2008-01": "CYP GHC MTL VEB",
    "2008-08": "ZWD",
    "2009-01": "SKK TMM",
    "2009-06": "ZWR",
    "2011-01": "EEK",
    "2012-12": "ZMK",
    "2013-11": "XFU",
    "2014-01": "LVL",
    "2014-03": "USS",
    "2014-12": "LTL",
    "2017-01": "BYR",
    "2017-12": "MRO STD",
    "2018-08": "VEF",
    "2021-06": "CUC",
    "2023-01": "HRK",
    "2023-12": "SLL",
    "2024-09": "ZWL",
    "2025-03": "ANG",
    "2026-01": "BGN",
}
"""By the month of withdrawal; "1998-12" stands for any month until then."""


def _month_after(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year + number // 12, number % 12 + 1, 1)


WITHDRAWN = {
    code: _month_after(month) for month, codes in _WITHDRAWN.items() for code in codes.split()
}
"""The first day on which nobody can pay in a currency that was withdrawn."""
