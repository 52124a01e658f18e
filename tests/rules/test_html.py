"""The checker of HTML finds faults; tests of the walks ask it about every page they fetch."""

from tests.rules.nu import faults_of

SOUND = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title></head>'
    "<body><h1>A page</h1>{}</body></html>"
)


def test_the_checker_finds_what_is_wrong_with_a_page() -> None:
    faulty = {
        "/action": '<form action=""><button>Go</button></form>',
        "/autocomplete": '<input autocomplete="" aria-label="Name">',
        "/twice": '<p id="a">One</p><p id="a">Two</p>',
        "/role": "<p><div>A block in a line</div></p>",
    }
    found = faults_of((where, SOUND.format(part)) for where, part in faulty.items())
    assert {fault.split(":")[0] for fault in found} == set(faulty)
    assert faults_of([("/sound", SOUND.format("<p>Nothing is wrong.</p>"))]) == []
