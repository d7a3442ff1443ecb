from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comments.models import Appeal, Batch, Comment, Thread
from tests.comments.admin.desk import form_of, said, status_of
from tests.factories import (
    HOUR,
    make_article,
    make_comment,
    make_report,
    make_shown_comment,
    make_visible_article,
)

LIST = "admin:comments_comment_changelist"


def rows(client, query=""):
    page = client.get(reverse(LIST) + query)
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


def draw(client, query="?status=all"):
    """The data about the rows on the page, as a browser sends them."""
    drawn = client.get(reverse(LIST) + query)
    return [f"{row.pk}-{row.version}" for row in drawn.context["cl"].result_list]


def post(client, action, comments, seen, query="?status=all", **data):
    return client.post(
        reverse(LIST) + query,
        {
            "action": action,
            "index": "0",
            "_selected_action": [comment.pk for comment in comments],
            "seen": seen,
            **data,
        },
    )


def test_the_list_opens_with_what_waits_longest(client, moderator):
    now = timezone.now()
    newer = make_comment(created_at=now - HOUR)
    older = make_comment(created_at=now - 2 * HOUR)
    approved = make_shown_comment()
    spam = make_comment()
    spam.mark_spam()
    assert rows(client) == [older, newer]
    assert rows(client, "?status=approved") == [approved]
    assert rows(client, "?status=spam") == [spam]
    assert set(rows(client, "?status=all")) == {older, newer, approved, spam}
    assert rows(client, "?status=nonsense") == [older, newer]


def test_a_search_looks_at_every_status(client, moderator):
    waiting = make_comment(body="The car park floods.")
    approved = make_shown_comment(name="Parker")
    titled = make_comment(article=make_visible_article(title="A new park"))
    titled.reject(reason="off_topic")
    make_comment(body="Nothing of the kind")
    assert set(rows(client, "?q=park")) == {waiting, approved, titled}
    assert rows(client, "?q=park&status=pending") == [waiting]


def test_the_list_can_be_narrowed_to_a_time(client, moderator):
    now = timezone.now()
    make_comment(created_at=now - timedelta(days=20))
    recent = make_comment(created_at=now - timedelta(days=2))
    since = (now - timedelta(days=7)).isoformat().replace("+", "%2B")
    assert rows(client, f"?created_at__gte={since}") == [recent]


def test_a_row_shows_the_comment_with_what_it_is_about(client, moderator):
    article = make_visible_article(title="The meadow")
    parent = make_shown_comment(article=article, name="Grete", body="It floods.")
    make_comment(parent=parent, name="Tom", body="Every spring.")
    page = client.get(reverse(LIST)).text
    for words in ["The meadow", "Grete", "It floods.", "Tom", "Every spring."]:
        assert words in page
    assert f'href="{article.get_absolute_url()}"' in page
    assert '<span class="status status--pending">Pending</span>' in page


def test_an_article_that_readers_cannot_see_is_named_without_a_link(client, moderator):
    article = make_article(title="Not yet")
    make_comment(article=article)
    page = client.get(reverse(LIST)).text
    assert "Not yet" in page
    assert article.get_absolute_url() not in page


def test_a_decided_row_says_who_decided(client, moderator, other):
    make_comment().reject(by=other, reason="abuse")
    assert "Bo Lind" in client.get(reverse(LIST) + "?status=rejected").text


def appeal(comment, **fields):
    comment.reject()
    return Appeal.objects.create(
        **{"comment": comment, "message": "Look again."} | fields
    )


def links(page):
    """The addresses of the list's filters, by their labels."""
    filters = page.context["cl"].filter_specs
    choices = [one for spec in filters for one in spec.choices(page.context["cl"])]
    return {choice["display"]: choice["query_string"] for choice in choices}


def test_what_was_reported_most_comes_first_whatever_its_status(client, moderator):
    once, thrice, twice = (make_shown_comment() for _ in range(3))
    make_shown_comment()
    for comment, times in [(once, 1), (thrice, 3), (twice, 2)]:
        for _ in range(times):
            make_report(comment)
    thrice.hold_for_reports()
    assert rows(client, "?look=reported") == [thrice, twice, once]
    assert rows(client, "?look=reported&status=approved") == [twice, once]
    twice.refresh_from_db()
    twice.keep(by=moderator)
    assert rows(client, "?look=reported") == [thrice, once]
    assert rows(client, "?look=nonsense") == [thrice]


def test_the_appeal_that_waits_longest_comes_first(client, moderator):
    newer, older, answered = make_comment(), make_comment(), make_comment()
    appeal(newer)
    appeal(older, created_at=timezone.now() - HOUR)
    appeal(answered)
    answered.keep(by=moderator)
    assert rows(client, "?look=appealed") == [older, newer]


def test_what_wants_a_second_look_is_one_link_away(client, moderator):
    make_report(make_shown_comment())
    page = client.get(reverse(LIST) + "?status=spam")
    assert links(page)["Reported"] == "?look=reported"
    assert links(page)["Appealed"] == "?look=appealed"
    page = client.get(reverse(LIST) + "?look=reported&status=spam")
    assert links(page)["Any"] == "?status=spam"
    assert links(page)["Approved"] == "?look=reported&status=approved"


def test_the_status_says_what_no_moderator_has_answered(client, moderator):
    reported, appealed = make_shown_comment(), make_comment()
    for _ in range(3):
        make_report(reported)
    appeal(appealed)
    page = client.get(reverse(LIST) + "?status=all").text
    assert page.count('<div class="flag">') == 2
    assert '<div class="flag">3 reports</div>' in page
    assert '<div class="flag">Appealed</div>' in page
    for comment in [reported, appealed]:
        comment.keep(by=moderator)
    assert '<div class="flag">' not in client.get(reverse(LIST) + "?status=all").text


def test_what_was_reported_is_kept_from_the_list_where_it_is_listed(client, moderator):
    marked = [make_shown_comment(), make_shown_comment()]
    for comment in marked:
        make_report(comment)
    assert 'value="keep"' not in client.get(reverse(LIST) + "?status=all").text
    query = "?look=reported"
    assert 'name="action" value="keep"' in client.get(reverse(LIST) + query).text
    answer = post(client, "keep", marked, draw(client, query), query)
    assert "It stays approved." in said(answer)[0]
    assert rows(client, query) == []
    assert [comment.decisions.first().by for comment in marked] == [moderator] * 2


@pytest.mark.parametrize("query", ["?look=reported", "?look=appealed"])
def test_the_neighbours_of_a_second_look_are_those_of_its_list(
    client, moderator, query
):
    comments = [make_comment() for _ in range(3)]
    for number, comment in enumerate(comments, start=1):
        comment.approve()
        for _ in range(number):
            make_report(comment)
        appeal(comment)
    listed = rows(client, query)
    assert len(listed) == 3
    page = client.get(form_of(listed[1], query.removeprefix("?")))
    neighbours = page.context["neighbours"]
    assert (neighbours.previous, neighbours.next) == (listed[0].pk, listed[2].pk)
    assert neighbours.place == "2 of 3"


def plan_of(query):
    text = query.explain()
    return " ".join(text.split())


def test_what_was_reported_is_found_by_the_index_made_for_it(db):
    article = make_visible_article()
    Comment.objects.bulk_create(
        Comment(article=article, name="Inés", body="x", status="approved")
        for _ in range(3000)
    )
    for comment in Comment.objects.all()[:3]:
        make_report(comment)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    order = ["-open_reports", "-created_at", "-id"]
    plan = plan_of(Comment.objects.reported().order_by(*order)[:51])
    assert "reported_comments" in plan
    assert "SORT" not in plan.upper().replace("B-TREE", "SORT")


@pytest.mark.every_case
@pytest.mark.parametrize("many", [1, 12])
@pytest.mark.parametrize(
    "query", ["", "?status=all", "?q=remark", "?look=reported", "?look=appealed"]
)
def test_the_list_takes_the_same_queries_for_one_and_for_many(
    client, moderator, django_assert_num_queries, many, query
):
    for _ in range(many):
        root = make_shown_comment()
        make_comment(parent=root)
        spam = make_comment()
        spam.mark_spam(by=moderator)
        make_report(root)
        Appeal.objects.create(comment=spam, message="Please.")
    # session, user, two of permissions, one for the sidebar; how many (up to a limit), the rows, their decisions
    with django_assert_num_queries(8):
        client.get(reverse(LIST) + query)


def test_the_list_never_counts_the_whole_table(client, moderator):
    make_comment()
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(LIST) + "?status=all")
    counts = [q["sql"] for q in queries if "COUNT(" in q["sql"]]
    # Of the list, and of what waits, for the sidebar.
    assert len(counts) == 2
    assert "LIMIT 10001" in counts[0]
    assert "LIMIT 1000)" in counts[1]


@pytest.mark.parametrize(
    ("action", "status"),
    [("approve", "approved"), ("reject", "rejected"), ("mark_spam", "spam")],
)
def test_marked_comments_are_decided_together(client, moderator, action, status):
    marked = [make_comment(), make_comment()]
    left = make_comment()
    post(client, action, marked, draw(client), reason="abuse")
    assert [status_of(comment) for comment in [*marked, left]] == [
        status,
        status,
        "pending",
    ]
    for comment in marked:
        decision = comment.decisions.get()
        assert (decision.by, decision.by_name) == (moderator, "Ana Sousa")
        assert decision.reason == ("abuse" if action == "reject" else "")


def test_many_decisions_are_summed_up_and_those_not_taken_are_named(
    client, moderator, other
):
    marked = [make_comment() for _ in range(5)]
    seen = draw(client)
    marked[0].mark_spam(by=other)
    lost, won = said(post(client, "reject", marked, seen, reason="abuse"))
    assert marked[0].body in lost
    assert "Bo Lind marked this comment as spam" in lost
    assert won.startswith("4 comments rejected. ")
    batch = Batch.objects.get()
    assert reverse("admin:comments_batch_change", args=[batch.pk]) in won
    assert batch.decisions.count() == 4


def test_decisions_are_undone_from_the_list(client, moderator):
    comment = make_shown_comment()
    answer = post(client, "undo", [comment], draw(client))
    assert status_of(comment) == "pending"
    assert Thread.objects.get(article=comment.article).shown_count == 0
    assert "Decision undone. Now pending." in said(answer)[0]


def test_where_nothing_was_decided_nothing_is_undone(client, moderator):
    comment = make_comment()
    answer = post(client, "undo", [comment], draw(client))
    assert "no decision that can be undone" in said(answer)[0]
    assert status_of(comment) == "pending"


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_rejection_needs_a_reason(client, moderator, reason):
    comment = make_comment()
    answer = post(client, "reject", [comment], draw(client), reason=reason)
    assert answer.status_code == 302
    assert len(said(answer)) == 1
    assert status_of(comment) == "pending"


def test_of_two_moderators_the_second_is_told_who_was_first(client, moderator, other):
    contested, free = make_comment(name="Inés"), make_comment(name="Tom")
    # The list of pending comments, which the comment leaves when it is decided.
    seen = draw(client, "")
    contested.reject(by=other, reason="abuse")
    at = timezone.localtime(contested.decisions.get().at)
    answer = post(client, "approve", [contested, free], seen, query="")
    assert status_of(contested) == "rejected"
    assert status_of(free) == "approved"
    lost, won = said(answer)
    assert "Inés" in lost
    assert f"Bo Lind rejected this comment on {at:%-d %B %Y, %H:%M %Z}" in lost
    assert "Tom" in won
    assert "Now approved." in won


def test_a_decision_is_on_what_was_drawn_even_when_it_fits_again(
    client, moderator, other
):
    comment = make_comment()
    seen = draw(client)
    comment.reject(by=other, reason="abuse")
    comment.undo(by=other)
    answer = post(client, "approve", [comment], seen)
    assert status_of(comment) == "pending"
    assert "Bo Lind undid a decision on this comment" in said(answer)[0]


@pytest.mark.parametrize(
    "seen", [[], ["nonsense"], ["1"], ["1-"], ["9" * 30 + "-1"], ["1-" + "9" * 5000]]
)
def test_what_was_not_seen_is_not_decided(client, moderator, seen):
    comment = make_comment()
    answer = post(client, "approve", [comment], seen)
    assert answer.status_code == 302
    assert len(said(answer)) == 1
    assert status_of(comment) == "pending"


def test_all_rows_of_all_pages_cannot_be_decided_at_once(client, moderator):
    marked, elsewhere = make_comment(), make_comment()
    seen = draw(client)
    post(client, "approve", [marked], seen, select_across="1")
    assert status_of(marked) == "approved"
    assert status_of(elsewhere) == "pending"


@pytest.mark.parametrize("key", ["x", "-1", "1 OR 1=1", "9" * 40])
def test_a_mark_that_is_no_comment_is_refused(client, moderator, key):
    data = {"action": "approve", "index": "0", "_selected_action": key}
    assert client.post(reverse(LIST), data).status_code == 400


def test_a_comment_that_is_not_there_is_passed_over(client, moderator):
    data = {"action": "approve", "index": "0", "_selected_action": "9" * 18}
    assert client.post(reverse(LIST), data).status_code == 302


def test_an_empty_list_says_what_to_do_next(client, moderator):
    page = client.get(reverse(LIST)).text
    assert "No comments here." in page
    assert 'name="action"' not in page
