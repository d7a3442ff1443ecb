"""The statistics page: its charts, and the tables to download."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from comments.admin.numbers import FIGURES
from comments.models import Comment, Decision, SecondLook, Signal
from tests.factories import HOUR, make_comment, make_user

PAGE = "/admin/comments/numbers/"
ROLES = [None, "Writers", "Editors", "Moderators"]
ATTACK = "<img src=x onerror=alert(1)>"


def make_figures(name="Ana", rule="links"):
    """Data for every chart."""
    user = make_user(first_name=name)
    decided = make_comment(created_at=timezone.now() - 3 * HOUR)
    Signal.objects.create(comment=decided, rule=rule, text_revision=1)
    decided.reject(by=user, reason="abuse")
    decided.approve(by=user)
    decided.undo(by=user)
    SecondLook.objects.create(
        comment=decided,
        status="approved",
        text_revision=1,
        verdict="spam",
        answered_at=timezone.now(),
    )
    make_comment()


def rows_of(client, name):
    answer = client.get(PAGE, {"csv": name})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_list_of_comments_leads_to_it(client, moderator):
    assert reverse("admin:comments_numbers_changelist") == PAGE
    assertContains(client.get("/admin/comments/comment/"), PAGE)


@pytest.mark.parametrize("query", ["", "?csv=waits", "?csv=nothing"])
@pytest.mark.parametrize(
    ("role", "status"), list(zip(ROLES, [302, 403, 403, 200], strict=True))
)
def test_moderators_alone_see_it(db, client, role, status, query):
    client.force_login(make_user(role=role))
    if status == 200 and "nothing" in query:
        status = 404
    assert client.get(PAGE + query).status_code == status


def test_an_empty_site_has_no_plots_and_says_why(client, moderator):
    page = client.get(PAGE)
    for figure in page.context["figures"]:
        assert not figure.plot
        assertContains(page, figure.empty)
    assertNotContains(page, 'role="img"')


@pytest.mark.parametrize("name", FIGURES)
def test_an_empty_table_has_a_head(client, moderator, name):
    head, *_ = rows_of(client, name)
    assert len(head) > 1


def test_one_decision_is_enough_for_a_plot(client, moderator):
    make_comment().approve(by=moderator)
    page = client.get(PAGE)
    drawn = {figure.name for figure in page.context["figures"] if figure.plot}
    assert drawn == {"waits", "reasons", "moderators"}
    assertNotContains(page, "nan")


def test_each_plot_has_a_name_a_description_and_a_table(client, moderator):
    make_figures()
    page = client.get(PAGE)
    assertContains(page, 'role="img"', count=7)
    for name in FIGURES:
        assertContains(page, f'aria-labelledby="{name}-title {name}-desc"')
        assertContains(page, f'<title id="{name}-title">')
        assertContains(page, f'href="?csv={name}"')
    assertContains(page, "<summary>Table: ", count=7)


def test_it_draws_the_same_in_a_language_with_decimal_commas(
    client, moderator, settings
):
    make_figures()
    settings.LANGUAGE_CODE = "de"
    page = client.get(PAGE, headers={"accept-language": "de"})
    assertContains(page, 'width="14.0"', count=0)
    assert ',5"' not in page.text
    assert 'x1="48" x2="348"' in page.text


def test_no_style_and_no_script_stands_in_it(client, moderator):
    make_figures()
    content = client.get(PAGE).text.partition('id="content-main"')[2]
    content = content.partition("<footer")[0]
    assert "style=" not in content
    assert "<style" not in content
    assert "onclick" not in content


def test_nothing_that_people_wrote_is_run(client, moderator):
    make_figures(name=ATTACK, rule=ATTACK)
    Decision.objects.create(
        comment=Comment.objects.first(),
        text_revision=1,
        from_status="pending",
        to_status="rejected",
        reason="<b>x</b>",
        by_name=ATTACK,
    )
    page = client.get(PAGE)
    assertNotContains(page, "<img src=x")
    assertNotContains(page, "<b>x</b>")
    assertContains(page, "&lt;img src=x onerror=")


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t"])
def test_no_table_has_a_formula_in_it(client, moderator, beginning):
    make_figures(name=f"{beginning}cmd|' /C calc'!A0", rule=f"{beginning}1+1")
    cells = [cell for name in FIGURES for row in rows_of(client, name) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert f"'{beginning}1+1" in cells or beginning == "\t"


def test_the_tables_have_the_numbers(client, moderator):
    make_figures()
    assert ["Rejected: abuse", "1"] in rows_of(client, "reasons")
    assert ["Ana", "3", "1", "1", "0", "1"] in rows_of(client, "moderators")
    assert ["Links", "1", "1", "0", "0", "100.0"] in rows_of(client, "rules")
    assert rows_of(client, "looks")[1][:4] == [
        "All automatic decisions",
        "1",
        "1",
        "100.0",
    ]
    assert rows_of(client, "waits")[-1][1:] == ["1", "3.0", "3.0"]
    assert rows_of(client, "reversals")[-1][1:] == ["3", "1", "1"]
    assert ["Less than an hour", "1"] in rows_of(client, "waiting")


def test_it_says_what_was_looked_at(client, moderator):
    make_figures()
    page = client.get(PAGE)
    assertContains(page, "newest 20,000 decisions")
    assertContains(page, "newest 20,000 findings of the screening")
    assertContains(page, "newest 10,000 answers of the audit sample")
    assertContains(page, "at most 1,000")


def test_what_waits_longest_is_told_with_its_moment(client, moderator):
    oldest = make_comment(created_at=timezone.now() - timedelta(days=2, minutes=5))
    page = client.get(PAGE)
    assertContains(page, f'<time datetime="{oldest.created_at:%Y-%m-%dT%H:%M}')
    assertContains(page, "waiting for 2 days, since")


def test_the_page_costs_the_same_for_one_decision_and_many(
    client, moderator, django_assert_num_queries
):
    for number in [1, 5]:
        for _ in range(number):
            make_figures()
        # Session, user, two for permissions, one for the sidebar; what waits, the waiting times, the decisions, the
        # findings, the audit samples.
        with django_assert_num_queries(10):
            client.get(PAGE)
        # A download queries only what its table needs.
        with django_assert_num_queries(5):
            client.get(PAGE, {"csv": "waits"})
