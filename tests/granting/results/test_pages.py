"""The map of where grants went, on the pages that everybody may read."""

from grants.core.kernel import clock
from tests.grants import Scene, pay
from tests.platform.web.client import StrictClient


def test_the_front_page_shows_where_the_newest_grants_went(
    scene: Scene, client: StrictClient
) -> None:
    running, code = scene.run(), scene.fund.code
    running.session.commit()
    assert 'class="map"' not in client.get(f"/funds/{code}").text
    today = clock.today()
    pay(running.session, running.instalments[0], running.people, today)
    running.session.commit()
    page = client.get(f"/funds/{code}")
    row = f"/funds/{code}/results/{today.year}#in-{running.award.country}"
    assert f'<a href="{row}"' in page.text, "each bubble leads to its country"
    assert f'id="in-{running.award.country}"' in client.get(row.split("#", maxsplit=1)[0]).text
