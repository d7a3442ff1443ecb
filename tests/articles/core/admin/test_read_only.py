import pytest
from django.urls import reverse

from tests.articles.admin.desk import form_of
from tests.factories import make_article, make_user, make_visible_article


def test_the_form_shows_who_did_what_when_and_why(desk, editor):
    article = make_visible_article()
    article.withdraw(by=editor, reason="A wrong <name>")
    page = desk.get(form_of(article)).content.decode()
    assert "<strong>Edda Torres</strong>: withdrawn" in page
    assert "A wrong &lt;name&gt;" in page


@pytest.mark.parametrize("role", ["Writers", "Editors", "Moderators"])
def test_the_record_of_steps_is_never_changed(db, client, role):
    article = make_article()
    article.submit()
    step = article.steps.get()
    client.force_login(make_user(role=role))
    address = reverse("admin:articles_step_change", args=[step.pk])
    page = client.get(address)
    assert page.status_code == (200 if role == "Editors" else 403)
    assert client.post(address, {"reason": "x"}).status_code == 403
    assert client.get(reverse("admin:articles_step_add")).status_code == 403
    delete = reverse("admin:articles_step_delete", args=[step.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert article.steps.count() == 1
