"""Stale forms: fields that this user did not touch keep what others have saved."""

import pytest
from django.conf import settings
from django.contrib.flatpages.models import FlatPage
from django.urls import reverse

from articles.models import Person, Tag
from tests.factories import make_person


def make_page():
    page = FlatPage.objects.create(
        url="/contact/", title="Contact", content="<p>Write to us.</p>"
    )
    page.sites.add(settings.SITE_ID)
    return page


def make_tag():
    return Tag.objects.create(name="Harbour", slug="harbour")


def make_signed():
    return make_person(name="Ana Ruiz", slug="ana-ruiz", about="Writes.")


# How to make a row, the address of its form, a field that somebody else changes and its
# new value, and a field that this editor changes.
FORMS = {
    "person": (
        make_signed,
        "admin:articles_person_change",
        ("about", "Writes and edits."),
        ("name", "Ana Maria Ruiz"),
    ),
    "tag": (
        make_tag,
        "admin:articles_tag_change",
        ("slug", "the-harbour"),
        ("name", "Harbours"),
    ),
    "page": (
        make_page,
        "admin:flatpages_flatpage_change",
        ("content", "<p>Ring us.</p>"),
        ("title", "How to reach us"),
    ),
}


@pytest.fixture(params=FORMS)
def opened(request, desk):
    """A row, the data of its form as opened, and the changes by both editors."""
    make, address, theirs, mine = FORMS[request.param]
    row = make()
    address = reverse(address, args=[row.pk])
    form = desk.get(address).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields}
    data |= {f"initial-{name}": value for name, value in data.items()}
    return row, address, data, theirs, mine


def as_stored(row):
    return type(row).objects.get(pk=row.pk)


def test_what_others_have_saved_stays_where_one_did_not_touch_it(desk, opened):
    row, address, data, (field, value), (own, typed) = opened
    type(row).objects.filter(pk=row.pk).update(**{field: value})
    assert desk.post(address, data | {own: typed}).status_code == 302
    stored = as_stored(row)
    assert (getattr(stored, field), getattr(stored, own)) == (value, typed)


def test_where_both_have_changed_the_same_one_is_asked(desk, opened):
    row, address, data, (field, value), _ = opened
    other = {"slug": "mine", "about": "Mine.", "content": "<p>Mine.</p>"}[field]
    type(row).objects.filter(pk=row.pk).update(**{field: value})
    answer = desk.post(address, data | {field: other})
    assert answer.status_code == 200
    assert "Someone set this to" in answer.content.decode()
    assert getattr(as_stored(row), field) == value
    # Sent again, this editor's value wins.
    form = answer.context["adminform"].form
    again = data | {field: other, f"initial-{field}": form.data[f"initial-{field}"]}
    assert desk.post(address, again).status_code == 302
    assert getattr(as_stored(row), field) == other


def test_a_page_sends_along_what_was_on_the_screen(desk, opened):
    _, address, data, (field, _), _ = opened
    assert f'name="initial-{field}"' in desk.get(address).content.decode()


def test_only_what_was_changed_is_written(desk, monkeypatch):
    person, written = make_signed(), []
    save = Person.save

    def watched(self, *args, **how):
        written.append(how.get("update_fields"))
        return save(self, *args, **how)

    monkeypatch.setattr(Person, "save", watched)
    address = reverse("admin:articles_person_change", args=[person.pk])
    opened = {"name": "Ana Ruiz", "slug": "ana-ruiz", "about": "Writes."}
    seen = {f"initial-{name}": value for name, value in opened.items()}
    desk.post(address, opened | seen)
    assert written == []
    desk.post(address, opened | seen | {"name": "Ana M. Ruiz"})
    assert written == [["name", "skeleton", "key"]]
    assert as_stored(person).skeleton != person.skeleton
