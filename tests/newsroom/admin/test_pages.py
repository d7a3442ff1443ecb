import pytest
from django.contrib.flatpages.models import FlatPage
from django.contrib.messages import get_messages
from django.urls import reverse

from tests.factories import make_user

PAGES = reverse("admin:flatpages_flatpage_changelist")
ADD_PAGE = reverse("admin:flatpages_flatpage_add")


def page_form(page):
    return reverse("admin:flatpages_flatpage_change", args=[page.pk])


def test_an_editor_makes_a_page_that_readers_find(desk, client):
    response = desk.post(
        ADD_PAGE,
        {
            "title": "Contact",
            "url": "/about/contact/",
            "content": "<h2>Write</h2><script>x()</script><p>us</p>",
        },
    )
    assert response.status_code == 302
    page = FlatPage.objects.get(url="/about/contact/")
    assert page.content == '<h2 id="s-write">Write</h2><p>us</p>'
    client.logout()
    assert "<p>us</p>" in client.get("/about/contact/").content.decode()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("/tags/", "belongs to another page"),
        ("/admin/", "belongs to another page"),
        ("/about/", "A page already exists at /about/"),
        ("about", "leading slash"),
        ("/a//b/", "Enter an address such as"),
        ("/", "Enter an address such as"),
        ("/x y/", "must contain only"),
    ],
)
def test_a_page_takes_no_address_that_is_taken_or_none(desk, url, sentence):
    before = FlatPage.objects.count()
    page = desk.post(ADD_PAGE, {"title": "Kept", "url": url, "content": "<p>x</p>"})
    html = page.content.decode()
    assert sentence in html
    assert 'value="Kept"' in html
    assert FlatPage.objects.count() == before


def test_pages_lead_to_their_neighbours_and_to_the_site(desk):
    page = FlatPage.objects.get(url="/rules/")
    form = desk.get(page_form(page)).content.decode()
    assert 'class="neighbours"' in form
    assert 'href="/rules/"' in form
    response = desk.post(
        page_form(page),
        {"title": "Rules", "url": "/rules/", "content": "<p>Be kind.</p>"},
    )
    assert response.url == PAGES
    assert "was changed" in str(next(iter(get_messages(response.wsgi_request))))
    assert desk.get("/rules/").status_code == 200


@pytest.mark.parametrize("role", ["Writers", "Moderators"])
def test_only_editors_write_pages(client, db, role):
    client.force_login(make_user(role=role))
    page = FlatPage.objects.get(url="/rules/")
    for address in (PAGES, ADD_PAGE, page_form(page)):
        assert client.get(address).status_code == 403
    sent = {"title": "x", "url": "/rules/", "content": ""}
    assert client.post(page_form(page), sent).status_code == 403
