"""Each country has the code that its telephone numbers begin with."""

from grants.core.countries.calling_codes import CALLING_CODE, FIRST
from grants.core.countries.countries import CODES
from grants.platform.forms.typed import telephone_abroad

UNINHABITED = {"BV", "HM", "TF", "UM"}


def test_every_country_where_people_live_has_a_code_that_numbers_can_begin_with() -> None:
    assert CALLING_CODE.keys() == set(CODES) - UNINHABITED
    for code in CALLING_CODE.values():
        assert telephone_abroad(f"+{code} 5551234")


def test_a_code_that_several_share_stands_for_one_of_them() -> None:
    codes = list(CALLING_CODE.values())
    shared = {code for code in codes if codes.count(code) > 1}
    stands_for = [CALLING_CODE[country] for country in FIRST]
    assert sorted(stands_for) == sorted(shared - {"672"})
