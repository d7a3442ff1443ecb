import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.images import library
from articles.models import Image
from tests.articles.admin.desk import said
from tests.factories import make_article, make_image, make_picture_file, make_user

LIST = reverse("admin:articles_image_changelist")
ADD = reverse("admin:articles_image_add")


def form_of(image, name="change"):
    return reverse(f"admin:articles_image_{name}", args=[image.pk])


def sent(name="IMG_0001.png", **how):
    return SimpleUploadedFile(name, make_picture_file(**how).read())


def described(image, **fields):
    return {
        "alt": image.alt,
        "title": "",
        "caption": "",
        "credit": "",
        "licence": "",
        "source": "",
        "focal_x": "0.5",
        "focal_y": "0.5",
    } | fields


def on_the_screen(page):
    """The form's data as a browser sends them when nobody changes anything."""
    form = page.context["adminform"].form
    sent = {}
    for field in form:
        value = field.value()
        if field.name == "replacement":
            continue
        if field.field.show_hidden_initial:
            sent[field.html_initial_name] = "" if value is None else str(value)
        if value not in [None, False]:
            sent[field.html_name] = "on" if value is True else value
    return sent


def test_of_two_who_describe_one_picture_neither_undoes_what_the_other_did(desk):
    image = make_image(alt="A harbour", caption="At noon.\r\nBy boat.", credit="Ana")
    mine = on_the_screen(desk.get(form_of(image)))
    assertContains(desk.get(form_of(image)), 'name="initial-alt" value="A harbour"')
    others = on_the_screen(desk.get(form_of(image))) | {
        "alt": "A lake",
        "focal_x": "0.25",
        "decorative": "on",
    }
    desk.post(form_of(image), others)
    assert desk.post(form_of(image), mine | {"credit": "Ben"}).status_code == 302
    image.refresh_from_db()
    assert (image.alt, image.focal_x, image.decorative) == ("A lake", 0.25, True)
    assert (image.credit, image.caption) == ("Ben", "At noon.\r\nBy boat.")


def test_of_what_two_have_changed_of_one_picture_the_later_one_is_asked(desk):
    image = make_image(alt="A harbour", credit="Ana")
    mine = on_the_screen(desk.get(form_of(image))) | {"alt": "A pond", "credit": ""}
    others = on_the_screen(desk.get(form_of(image))) | {"alt": "A lake", "credit": "B"}
    desk.post(form_of(image), others)
    page = desk.post(form_of(image), mine)
    assertContains(page, "Someone set this to “A lake” after you opened the form.")
    assertContains(page, "Someone set this to “B”")
    again = on_the_screen(page)
    assert (again["alt"], again["credit"]) == ("A pond", "")
    again |= {
        f"initial-{name}": getattr(Image.objects.get(), name)
        for name in ["alt", "credit"]
    }
    assertContains(page, 'name="initial-alt" value="A lake"')
    assert desk.post(form_of(image), again).status_code == 302
    image.refresh_from_db()
    assert (image.alt, image.credit) == ("A pond", "")


def test_of_many_files_each_is_taken_refused_or_there_already(desk, editor):
    there = library.upload(make_picture_file(colour="red"), alt="A field")
    page = desk.post(
        ADD,
        {
            "files": [
                sent("new.png"),
                sent("again.png", colour="red"),
                SimpleUploadedFile("page.png", b"<html>"),
            ]
        },
    )
    assert page.status_code == 200
    assertContains(page, "It is in the library.")
    assertContains(page, f"already in the library: “{there}”")
    assertContains(page, "This file is a web page.")
    new = Image.objects.exclude(pk=there.pk).get()
    assert (new.created_by, new.alt, new.needs_words) == (editor, "", True)
    assertContains(page, form_of(new))


def test_the_script_gets_the_same_for_one_file(desk):
    page = desk.post(ADD, {"files": [sent()]}, headers={"Accept": "application/json"})
    [result] = json.loads(page.content)["results"]
    assert (result["state"], result["key"]) == ("taken", Image.objects.get().pk)
    page = desk.post(
        ADD,
        {"files": [SimpleUploadedFile("x.svg", b"<svg xmlns=''>")]},
        headers={"Accept": "application/json"},
    )
    assert page.status_code == 422
    assert "an SVG" in json.loads(page.content)["results"][0]["sentence"]


def test_without_a_file_the_page_says_what_to_do(desk):
    page = desk.post(ADD, {})
    assert page.status_code == 422
    assertContains(page, "Choose at least one picture.", status_code=422)


def test_a_picture_must_say_what_is_to_be_seen_or_that_it_decorates(desk):
    image = make_image(alt="")
    page = desk.post(form_of(image), described(image))
    assertContains(page, "Describe what the picture shows, or mark it as decorative.")
    page = desk.post(form_of(image), described(image, alt="IMG_0815.JPG"))
    assertContains(page, "This is a file name.")
    desk.post(form_of(image), described(image, decorative="on"))
    image.refresh_from_db()
    assert image.decorative


def test_another_file_takes_its_place_and_a_bad_one_does_not(desk):
    image = make_image()
    bad = SimpleUploadedFile("x.pdf", b"%PDF-1.7")
    page = desk.post(form_of(image), described(image, credit="Ben", replacement=bad))
    assertContains(page, "This file is a PDF.")
    assertContains(page, 'value="Ben"')
    desk.post(form_of(image), described(image, replacement=sent(width=90, height=30)))
    image.refresh_from_db()
    assert (image.width, image.height) == (90, 30)


def test_a_file_that_is_another_picture_already_replaces_nothing(desk):
    there = library.upload(make_picture_file(colour="red"), alt="There")
    image = make_image()
    page = desk.post(
        form_of(image),
        described(image, credit="Ben", replacement=sent(colour="red")),
    )
    assertContains(page, f'<a href="{form_of(there)}">“There”</a>')
    assertContains(page, 'value="Ben"')
    assert Image.objects.get(pk=image.pk).content_hash == image.content_hash


def test_the_form_says_where_the_picture_stands(desk):
    image = make_image()
    assertContains(desk.get(form_of(image)), "Not used in any article.")
    make_article(title="Harbour", lead_image=image)
    assertContains(desk.get(form_of(image)), "Harbour")


def test_a_picture_in_use_is_not_deleted_and_the_articles_are_named(desk):
    image = make_image()
    make_article(title="Harbour", lead_image=image)
    for answer in [
        desk.get(form_of(image, "delete")),
        desk.post(form_of(image, "delete"), {"post": "yes"}),
    ]:
        assert answer.status_code == 409
        assertContains(answer, "Harbour", status_code=409)
    assert Image.objects.exists()


def test_a_picture_that_stands_nowhere_is_deleted(desk):
    image = make_image()
    desk.post(form_of(image, "delete"), {"post": "yes"})
    assert not Image.objects.exists()


def test_taking_down_wants_a_reason_and_names_the_articles(desk, editor):
    image = make_image()
    make_article(title="Harbour", lead_image=image)
    assertContains(desk.get(form_of(image, "take_down")), "Harbour")
    page = desk.post(form_of(image, "take_down"), {"reason": ""})
    assertContains(page, "Enter a reason", status_code=422)
    desk.post(form_of(image, "take_down"), {"reason": "The photographer asked."})
    image.refresh_from_db()
    assert image.taken_down_by_name == "Edda Torres"
    page = desk.get(form_of(image))
    assertContains(page, "The photographer asked.")
    assertContains(desk.get(LIST, {"pile": "off_site"}), "Off the site")
    assertContains(desk.get(form_of(image, "bring_back")), "The photographer asked.")
    desk.post(form_of(image, "bring_back"))
    image.refresh_from_db()
    assert image.is_on_site
    assertContains(
        desk.post(form_of(image, "bring_back"), follow=True), "is already on the site."
    )


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("pile", "found"),
    [
        ("no_alt", {"bare"}),
        ("no_credit", {"bare", "plain"}),
        ("unused", {"bare", "plain"}),
        ("mine", {"mine"}),
        ("animated", set()),
        ("x", {"bare", "plain", "mine"}),
    ],
)
def test_the_list_is_narrowed(desk, editor, pile, found):
    make_image(title="bare", alt="")
    make_image(title="plain")
    mine = make_image(title="mine", credit="Ben", created_by=editor)
    make_article(lead_image=mine)
    rows = desk.get(LIST, {"pile": pile}).context["cl"].result_list
    assert {image.title for image in rows} == found


def test_a_search_looks_into_all_that_is_said(desk):
    make_image(credit="Ben Cole", caption="At the pier")
    make_image(title="Another")
    rows = desk.get(LIST, {"q": "pier cole"}).context["cl"].result_list
    assert [image.credit for image in rows] == ["Ben Cole"]


def test_the_list_asks_as_much_for_one_picture_as_for_many(desk):
    numbers = set()
    for _ in range(2):
        for _ in range(5):
            make_image()
        desk.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        numbers.add(len(queries))
    assert len(numbers) == 1


def test_writers_upload_and_mend_their_own_pictures_alone(client, writer):
    client.force_login(writer)
    own, other = make_image(created_by=writer), make_image()
    client.post(form_of(own), described(own, credit="Me"))
    own.refresh_from_db()
    assert own.credit == "Me"
    assertNotContains(client.get(form_of(other)), 'name="credit"')
    assert client.post(form_of(other), described(other)).status_code == 403
    client.post(ADD, {"files": [sent()]})
    assert Image.objects.filter(created_by=writer).count() == 2
    for name in ["delete", "take_down", "bring_back"]:
        assert client.get(form_of(own, name)).status_code == 403
        assert client.post(form_of(own, name), {"reason": "x"}).status_code == 403


def test_moderators_have_nothing_to_do_with_pictures(client, db):
    client.force_login(make_user(role="Moderators"))
    image = make_image()
    for address in [LIST, ADD, form_of(image), form_of(image, "take_down")]:
        assert client.get(address).status_code == 403
        assert client.post(address, {"files": [sent()]}).status_code == 403
    assert Image.objects.count() == 1


def test_nothing_is_uploaded_that_was_not_sent_from_here(editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(ADD, {"files": [sent()]}).status_code == 403
    assert not Image.objects.exists()


def test_no_name_of_a_file_becomes_a_part_of_the_page(desk):
    name = '"><script>alert(1)</script>.png'
    page = desk.post(ADD, {"files": [ContentFile(make_picture_file().read(), name)]})
    assertNotContains(page, "<script>alert")
    assert "<script" not in said(page)
