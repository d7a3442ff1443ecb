import pytest
from django.test import Client

from tests.factories import make_user, make_visible_article


@pytest.fixture
def editor(db):
    return make_user(role="Editors")


def test_the_browser_of_whoever_signs_out_forgets_what_it_kept(client, editor):
    client.force_login(editor)
    answer = client.post("/admin/logout/")
    assert answer.status_code == 200
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert not answer.wsgi_request.user.is_authenticated


def test_nobody_elses_browser_forgets_anything(client, editor):
    assert "Clear-Site-Data" not in client.post("/admin/logout/").headers
    client.force_login(editor)
    answer = client.get("/admin/logout/")
    assert answer.status_code == 405
    assert "Clear-Site-Data" not in answer.headers
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    answer = strict.post("/admin/logout/")
    assert answer.status_code == 403
    assert "Clear-Site-Data" not in answer.headers


@pytest.mark.browser
@pytest.mark.parametrize("knows_the_header", [True, False])
def test_what_a_browser_kept_is_gone_after_the_sign_out(
    transactional_db, open_page, live_server, knows_the_header
):
    article = make_visible_article()
    page = open_page(user=make_user(role="Editors"))
    page.goto(article.get_absolute_url())
    page.evaluate(
        """() => {
            localStorage.setItem("own-comments", "[1]");
            localStorage.setItem("desk:kept:1:/x/", "{}");
            sessionStorage.setItem("desk:/x/", "{}");
        }"""
    )
    if not knows_the_header:

        def without_it(route):
            answer = route.fetch()
            headers = {
                name: value
                for name, value in answer.headers.items()
                if name != "clear-site-data"
            }
            route.fulfill(response=answer, headers=headers)

        page.route("**/admin/logout/", without_it)
    else:
        page.route("**/desk/signed_out.js", lambda route: route.abort())
    page.goto("/admin/")
    page.locator("#logout-form button").click()
    page.get_by_text("You are signed out").wait_for()
    page.wait_for_load_state()
    kept = page.evaluate(
        "[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
    )
    # The admin stores its colour scheme again at once.
    assert set(kept) <= {"theme"}
