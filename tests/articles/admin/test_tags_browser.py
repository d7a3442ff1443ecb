"""An editor merges tags and undoes the merge."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from articles.models import Article, Tag
from tests.articles.admin.test_tags import LIST
from tests.factories import make_article, make_person, make_user, make_visible_article

pytestmark = pytest.mark.browser

PHONE = {"width": 320, "height": 700}


@pytest.fixture(params=[True, False], ids=["with-javascript", "without-javascript"])
def open_desk(transactional_db, open_page, request):
    """Opens a page as an editor."""

    def open_as_editor(**wishes):
        user = make_user(role="Editors")
        return open_page(user=user, java_script_enabled=request.param, **wishes)

    return open_as_editor


def kickers(page):
    page.goto("/")
    return page.locator(".kicker").all_inner_texts()


def test_an_editor_merges_two_tags_and_undoes_it(open_desk):
    article = make_visible_article(tags=["Harbor", "Fish"])
    make_visible_article(tags=["Harbour"])
    make_article(tags=["Harbour"])
    make_visible_article(tags=["Harbour", "Harbor"])
    page = open_desk()
    page.goto(LIST)
    page.get_by_role("link", name="Find duplicates").click()
    page.get_by_role("link", name="Merge…").click()
    page.get_by_text("2 articles have “Harbor”").wait_for()
    page.get_by_role("button", name="Merge").click()
    page.get_by_text("“Harbor” was merged into “Harbour”").wait_for()
    merged = page.url
    page.goto("/tags/harbor/")
    assert page.url.endswith("/tags/harbour/")
    assert [name.lower() for name in kickers(page)] == ["harbour"] * 3
    page.goto(merged)
    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo merge").click()
    page.get_by_text("“Harbor” is restored").wait_for()
    assert sorted(name.lower() for name in kickers(page)) == [
        "harbor",
        "harbour",
        "harbour",
    ]
    assert [tag.name for tag in article.tags.order_by("items__pk")] == [
        "Harbor",
        "Fish",
    ]
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_the_tags_are_for_everyone_on_a_phone(
    transactional_db, open_page, scheme
):
    long = "Donaudampfschifffahrtsgesellschaftskapitänswitwenverein"
    make_visible_article(title=long, tags=[long, f"{long}s"])
    one, other = Tag.objects.order_by("pk")
    ana = make_person(name="Ana")
    Article.objects.get().set_byline((ana, "by"), (ana, "photographs"))
    user = make_user(role="Editors")
    page = open_page(user=user, viewport=PHONE, color_scheme=scheme)
    merge = f"{LIST}merge/?stays={one.pk}&goes={other.pk}"
    public = ["/people/ana/", "/people/ana/?role=photographs"]
    for address in [f"{LIST}duplicates/", merge, *public]:
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], address
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
