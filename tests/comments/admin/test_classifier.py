import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from comments.admin.classifier import ActsForm
from comments.classifier.measuring import measure
from comments.models import Classifier
from tests.factories import make_comment, make_user, make_visible_article

PAGE = "/admin/comments/classifier/"


@pytest.fixture
def decided(moderator):
    """Forty decisions; one of the newest is about an honest comment that reads like spam."""
    article = make_visible_article()

    def decide(step, body):
        comment = make_comment(article=article, name="<b>Inés</b>", body=body)
        getattr(comment, step)(by=moderator)
        return comment

    for _ in range(20):
        decide("mark_spam", "casino bonus free money")
        decide("approve", "thanks for this calm report")
    return decide("approve", "casino bonus free <i>money</i>")


@pytest.fixture
def chief(client, moderator):
    moderator.user_permissions.add(
        Permission.objects.get(codename="let_classifier_act")
    )
    return moderator


def test_the_list_of_comments_leads_to_it(client, moderator):
    assert reverse("admin:comments_classifier_changelist") == PAGE
    assertContains(client.get("/admin/comments/comment/"), PAGE)


@pytest.mark.parametrize(
    ("role", "status"),
    [(None, 302), ("Writers", 403), ("Editors", 403), ("Moderators", 200)],
)
def test_moderators_alone_see_it(db, client, role, status):
    client.force_login(make_user(role=role))
    assert client.get(PAGE).status_code == status


@pytest.mark.parametrize("role", [None, "Writers", "Editors", "Moderators"])
def test_who_may_not_let_it_act_cannot(db, client, role):
    client.force_login(make_user(role=role))
    answer = client.post(PAGE, {"acts": "mark"})
    assert answer.status_code == (302 if role is None else 403)
    assert Classifier.objects.now().acts == "inform"
    if role == "Moderators":
        assertNotContains(client.get(PAGE), 'name="acts"')


def test_to_let_it_act_one_must_be_a_moderator(db, client):
    user = make_user(role="Editors")
    user.user_permissions.add(Permission.objects.get(codename="let_classifier_act"))
    client.force_login(user)
    assert client.post(PAGE, {"acts": "mark"}).status_code == 403


def test_it_shows_how_often_it_was_right(client, moderator, decided):
    page = client.get(PAGE)
    measured = page.context["measured"]
    assert measured.honest.total + measured.spam.total == 8
    assert measured.honest.spam == 1
    assertContains(page, f"{measured.precision:.3f}")
    assertContains(page, "It would have marked 4 comments as spam")
    assertContains(page, "Moderators marked 3 of them as spam")
    assertContains(page, "It needs 50 of each before it judges comments.")


def test_it_shows_where_it_would_have_said_something_else(client, moderator, decided):
    page = client.get(PAGE)
    assertContains(page, f"Comment {decided.pk} by")
    assertContains(page, "&lt;i&gt;money")
    assertNotContains(page, "<i>money")
    assertNotContains(page, "<b>Inés")
    assert [comment for comment, *_ in page.context["mistakes"]] == [decided]


def test_who_may_lets_it_act_on_what_was_measured(client, chief, decided):
    precision = client.get(PAGE).context["measured"].precision
    answer = client.post(PAGE, {"acts": "mark"}, follow=True)
    classifier = Classifier.objects.now()
    assert (classifier.acts, classifier.chosen_by) == ("mark", "Ana Sousa")
    assert classifier.measured_precision == precision == pytest.approx(0.75)
    assertContains(answer, "when the precision was 0.750")
    assert classifier.spam_comments == 20
    client.post(PAGE, {"acts": "inform"})
    assert Classifier.objects.now().acts == "inform"


def test_nobody_lets_it_act_before_it_was_measured(client, chief):
    answer = client.post(PAGE, {"acts": "hold"})
    assertContains(answer, "Its accuracy is not known yet", status_code=422)
    assert Classifier.objects.now().acts == "inform"
    assert client.post(PAGE, {"acts": "inform"}).status_code == 302


@pytest.mark.parametrize("acts", ["", "delete"])
def test_there_is_nothing_else_that_it_can_do(acts):
    measured = measure([], surely_honest=0.2, surely_spam=0.9)
    assert not ActsForm({"acts": acts}, measured=measured).is_valid()


def test_only_from_our_own_pages(db, chief):
    client = Client(enforce_csrf_checks=True)
    client.force_login(chief)
    assert client.post(PAGE, {"acts": "inform"}).status_code == 403


def test_the_page_costs_the_same_for_one_decision_and_many(
    client, moderator, django_assert_num_queries, decided
):
    # Session, user, two for permissions, one for the sidebar; the classifier, the decisions, the mistakes.
    with django_assert_num_queries(8):
        client.get(PAGE)
    again = make_comment(body="casino bonus free money")
    again.approve(by=moderator)
    with django_assert_num_queries(8):
        client.get(PAGE)
