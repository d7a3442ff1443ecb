"""The page of the rules, and changing a rule after its backtest was shown."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from comments.models import RuleSetting, Signal, Weight
from comments.screening import load_posted, run_rules
from comments.screening.rules import RULES
from tests.comments.admin.desk import said
from tests.comments.admin.test_roles import ROLES, sign_in
from tests.factories import make_comment, make_user, make_visible_article

PAGE = "/admin/comments/rulesetting/"
LINKS = f"{PAGE}links/change/"
SETTABLE = [rule.name for rule in RULES if not rule.is_fixed]
AS_IT_COMES = "None/None"


@pytest.fixture
def decided(moderator):
    """Comments with one, two and three links; the one with three was spam."""
    article = make_visible_article(title="<i>Links</i>")
    for number, step in [(1, "approve"), (2, "approve"), (3, "mark_spam")]:
        body = " ".join(f"https://{n}.example" for n in range(number))
        comment = make_comment(article=article, name="<b>Inés</b>", body=body)
        getattr(comment, step)(by=moderator)
    return list(article.comments.order_by("id"))


def sent(**data):
    return {"seen": AS_IT_COMES, "limit": "", "weight": ""} | data


def shown_trial(client, address=LINKS, **data):
    """The page after the first press, and the data of the second."""
    page = client.post(address, sent(**data))
    assert page.status_code == 200
    return page, sent(**data) | {"tried": page.context["form"].mark, "_store": "yes"}


def set_links(limit=5.0, weight=None, by_name="Bo Lind"):
    seen = RuleSetting.objects.of("links")
    return RuleSetting.objects.change(
        "links", limit=limit, weight=weight, by_name=by_name, seen=seen
    )


def test_every_rule_is_on_the_page(client, moderator):
    page = client.get(PAGE)
    assert [line["rule"].name for line in page.context["lines"]] == [
        rule.name for rule in RULES
    ]
    assertContains(page, "Comments with more links than a comment needs")
    for rule in RULES:
        has_a_page = f'href="{PAGE}{rule.name}/change/"' in page.text
        assert has_a_page is not rule.is_fixed


def test_it_says_how_often_a_rule_fired_and_moderators_agreed(client, decided):
    for comment in decided:
        Signal.objects.create(comment=comment, text_revision=1, rule="links", value=2)
    page = client.get(PAGE)
    line = next(one for one in page.context["lines"] if one["rule"].name == "links")
    fired = line["fired"]
    assert (fired.times, fired.approved, fired.rejected, fired.agreed) == (3, 2, 1, 1)
    assertContains(page, "1 of 3")
    assertContains(page, "the latest 3 comments of readers")


def test_the_first_press_shows_what_it_would_have_done_and_stores_nothing(
    client, decided
):
    page = client.post(LINKS, sent(limit="2"))
    assertContains(
        page,
        "It would have held 1 of the last 3 decided comments. Moderators did not approve it.",
    )
    assertContains(
        page,
        "It would have held 2 of the last 3 decided comments. Moderators approved 1 of them.",
    )
    let_go = page.context["let_go"]["shown"]
    assert [hit.comment for hit in let_go] == [decided[1]]
    assertContains(page, "Save these settings")
    assertContains(page, "Comments it would no longer find")
    assert not RuleSetting.objects.exists()


def test_what_is_found_only_as_asked_for_is_said_to_be(client, decided):
    page = client.post(LINKS, sent(limit="0"))
    assertContains(page, "Only with the new settings", count=1)


def test_the_second_press_keeps_what_was_shown(client, decided):
    _, second = shown_trial(client, limit="2", weight="2")
    answer = client.post(LINKS, second)
    assert said(answer) == ["Saved. Links: limit 2, marks the comment as spam"]
    row = RuleSetting.objects.get()
    assert (row.rule, row.limit, row.weight) == ("links", 2, Weight.MARKS)
    assert row.changed_by_name == "Ana Sousa"
    assert LogEntry.objects.get().object_id == str(row.pk)
    assertContains(client.get(PAGE), "Set by <bdi>Ana Sousa</bdi>")
    body = "https://a.example https://b.example https://c.example"
    found = run_rules(load_posted(make_comment(body=body)))
    weights = {one.rule: one.weight for one in found}
    assert weights["links"] == Weight.MARKS


def test_a_rule_can_be_made_to_inform_only(client, decided):
    page, second = shown_trial(client, weight="0")
    assertContains(page, "and held none")
    client.post(LINKS, second)
    assert RuleSetting.objects.get().weight == Weight.INFORMS


def test_the_second_press_keeps_nothing_that_was_not_shown(client, decided):
    _, second = shown_trial(client, limit="2")
    for changed in [{"limit": "3"}, {"weight": "2"}, {"tried": "x"}, {"tried": ""}]:
        page = client.post(LINKS, second | changed)
        assert page.context["trial"]
        assert page.status_code == 200
    assert not RuleSetting.objects.exists()


def test_a_rule_goes_back_to_how_it_comes_in_two_presses_as_well(client, decided):
    set_links(limit=2.0)
    assertContains(client.get(LINKS), 'name="_default"')
    data = sent(seen="2.0/None", limit="2")
    page = client.post(LINKS, data | {"_default": "yes"})
    assertContains(page, "New settings (limit 1, holds the comment)")
    assert RuleSetting.objects.get().limit == 2
    second = {"tried": page.context["form"].mark, "_store": "yes"}
    client.post(LINKS, sent(seen="2.0/None") | second)
    row = RuleSetting.objects.get()
    assert (row.limit, row.weight, row.changed_by_name) == (None, None, "Ana Sousa")
    assertNotContains(client.get(LINKS), 'name="_default"')


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("links", "-1"),
        ("links", "1.5"),
        ("links", "101"),
        ("links", "many"),
        ("links", "nan"),
        ("links", "inf"),
        ("links", "1e400"),
        ("flood", "0"),
        ("similar_text", "0"),
        ("similar_text", "1.1"),
        ("heated_thread", "500"),
    ],
)
def test_a_limit_that_means_nothing_comes_back(client, moderator, name, limit):
    page = client.post(f"{PAGE}{name}/change/", sent(limit=limit))
    assert page.status_code == 422
    assert page.context["form"].errors["limit"]
    assert page.context["form"]["limit"].value() == limit
    assertContains(page, f'value="{limit}"', status_code=422)


@pytest.mark.parametrize("weight", ["3", "-1", "x", "0.5"])
def test_there_is_nothing_else_that_a_rule_can_do(client, moderator, weight):
    assert client.post(LINKS, sent(weight=weight)).status_code == 422


def test_a_rule_is_not_set_to_how_it_is_set(client, moderator):
    answer = client.post(LINKS, sent())
    assertContains(answer, "The rule already has these settings", status_code=422)


def test_what_another_set_meanwhile_is_not_overwritten(client, decided):
    _, second = shown_trial(client, limit="2")
    set_links(limit=3.0)
    page = client.post(LINKS, second)
    assertContains(
        page, "Bo Lind has changed this rule in the meantime", status_code=409
    )
    assertContains(page, "Now: limit 3, holds the comment.", status_code=409)
    assertContains(page, "It would have held", status_code=409)
    assert RuleSetting.objects.get().limit == 3
    again = sent(seen="3.0/None", limit="2")
    again |= {"tried": page.context["form"].mark, "_store": "yes"}
    assert client.post(LINKS, again).status_code == 302
    assert RuleSetting.objects.get().limit == 2


@pytest.mark.parametrize("name", SETTABLE)
def test_every_rule_that_can_be_set_is_tried(client, decided, name):
    data = sent(weight="2") if name != "banned_terms" else sent(weight="1")
    page = client.post(f"{PAGE}{name}/change/", data)
    assert page.status_code == 200
    assert page.context["trial"].tried == 3
    assertContains(page, "Save these settings")


def test_it_says_which_rule_cannot_be_tried_on_the_past(client, decided):
    Signal.objects.create(
        comment=decided[0], text_revision=1, rule="quick_post", value=1.5
    )
    page = client.post(f"{PAGE}quick_post/change/", sent(limit="2"))
    assertContains(page, "it cannot be tried on past comments")
    assert [hit.comment for hit in page.context["hits"]["shown"]] == [decided[0]]
    assertContains(
        page, "Sent less than 2 seconds after the page was opened (limit: 2)."
    )


@pytest.mark.parametrize(
    "name", [rule.name for rule in RULES if rule.is_fixed] + ["nothing", "failed"]
)
def test_fixed_rules_and_unknown_ones_have_no_page(client, moderator, name):
    address = f"{PAGE}{name}/change/"
    assert client.get(address).status_code == 404
    assert client.post(address, sent(limit="2", weight="0")).status_code == 404
    assert not RuleSetting.objects.exists()


def test_nothing_that_people_wrote_is_run(client, decided):
    Signal.objects.create(
        comment=decided[1], text_revision=1, rule="links", words="<i>x</i>"
    )
    set_links(by_name="<b>Bo</b>")
    pages = [
        client.get(PAGE),
        client.get(LINKS),
        client.post(LINKS, sent(seen="5.0/None", limit="0")),
        client.post(LINKS, sent(seen="<b>", limit="0")),
    ]
    for page in pages:
        assert "<b>" not in page.text
        assert "<i>" not in page.text


MAY_SEE = [302, 302, 403, 403, 403, 200, 200]


@pytest.mark.parametrize(
    ("address", "data"), [(PAGE, None), (LINKS, None), (LINKS, sent(limit="2"))]
)
@pytest.mark.parametrize("role", ROLES)
def test_the_rules_answer_each_role_as_it_may(client, db, role, address, data):
    sign_in(client, role)
    answer = client.get(address) if data is None else client.post(address, data)
    assert answer.status_code == MAY_SEE[ROLES.index(role)]


@pytest.mark.parametrize(
    ("rights", "get", "post"),
    [
        (["moderate_comment"], 200, 403),
        (["change_rulesetting"], 403, 403),
        (["moderate_comment", "change_rulesetting"], 200, 200),
    ],
)
def test_to_set_a_rule_takes_its_right_and_that_of_a_moderator(
    client, db, rights, get, post
):
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(user)
    assert client.get(PAGE).status_code == get
    assert client.get(LINKS).status_code == get
    assert client.post(LINKS, sent(limit="2")).status_code == post
    if get == 200 != post:
        assertNotContains(client.get(LINKS), 'name="limit"')
        assertContains(client.get(LINKS), "Only people with the permission")


def test_only_from_our_own_pages(db, moderator):
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    assert client.post(LINKS, sent(limit="2")).status_code == 403


def test_the_page_costs_the_same_for_one_comment_and_many(
    client, decided, moderator, django_assert_num_queries
):
    # Session, user, two for permissions, one for the sidebar; judged, signals, settings.
    with django_assert_num_queries(8):
        client.get(PAGE)
    for comment in [*decided, make_comment(), make_comment()]:
        comment.approve(by=moderator) if comment.is_waiting else None
        for rule in SETTABLE:
            Signal.objects.create(comment=comment, text_revision=1, rule=rule)
    set_links()
    with django_assert_num_queries(8):
        client.get(PAGE)


@pytest.mark.parametrize("name", SETTABLE)
def test_a_trial_costs_the_same_for_one_comment_and_many(
    client, moderator, name, django_assert_max_num_queries
):
    address, data = (
        f"{PAGE}{name}/change/",
        sent(weight="2" if name != "banned_terms" else "1"),
    )
    article = make_visible_article()
    make_comment(article=article, body="casino").approve(by=moderator)
    # Session, user, two for permissions, one for the sidebar; the setting, and at most two for the past.
    with django_assert_max_num_queries(8) as once:
        client.post(address, data)
    for _ in range(8):
        make_comment(
            article=article, body="https://a.example https://b.example"
        ).approve(by=moderator)
    with django_assert_max_num_queries(len(once)):
        client.post(address, data)
