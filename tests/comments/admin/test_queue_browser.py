"""The queue in a browser: by keyboard alone, without JavaScript, on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from comments.models import Appeal, Batch, Comment
from tests.factories import (
    make_comment,
    make_report,
    make_shown_comment,
    make_user,
    make_visible_article,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUEUE = "/admin/comments/queue/"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
# The keys that the moderator presses, for one comment after the other.
ROUND = ["a", "s", "r3", "a", "r5"]
BECOMES = ["approved", "spam", "rejected", "approved", "rejected"]


def unlike(number):
    return " ".join(
        f"{word}{number}" for word in ["river", "bread", "tram", "vote", "sun"]
    )


def make_waiting(number):
    article = make_visible_article()
    return [make_comment(article=article, body=unlike(n)) for n in range(number)]


def statuses():
    return list(Comment.objects.order_by("id").values_list("status", flat=True))


def focused(page):
    """The comment keys of the card or line that has the focus."""
    return page.evaluate("document.activeElement.dataset.keys")


@pytest.fixture
def open_queue(open_page):
    def open_as_moderator(query="", **wishes):
        user = make_user(role="Moderators", first_name="Ana", password=None)
        page = open_page(user=user, **wishes)
        page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        page.goto(f"{QUEUE}{query}")
        return page

    return open_as_moderator


def test_twenty_comments_are_cleared_with_the_keyboard_alone(open_queue):
    comments = make_waiting(20)
    page = open_queue(viewport=DESKTOP)
    page.keyboard.press("j")
    for number, comment in enumerate(comments):
        assert focused(page) == str(comment.pk)
        for key in ROUND[number % 5]:
            page.keyboard.press(key)
        line = page.locator(f".folded#comment-{comment.pk}")
        expect(line).to_contain_text(":")
    expect(page.locator(".card")).to_have_count(0)
    assert statuses() == BECOMES * 4
    reasons = set(
        Comment.objects.filter(status="rejected").values_list(
            "decisions__reason", flat=True
        )
    )
    assert reasons == {"spam", "personal_data"}
    page.keyboard.press("u")
    last = comments[-1]
    expect(page.locator(f".card#comment-{last.pk}")).to_be_focused()
    assert statuses() == [*(BECOMES * 4)[:-1], "pending"]
    assert page.complaints == []


def test_comments_are_cleared_with_buttons_and_without_javascript(open_queue):
    comments = make_waiting(6)
    page = open_queue(viewport=PHONE, java_script_enabled=False)
    for number, comment in enumerate(comments[:5]):
        card = page.locator(f"#comment-{comment.pk}")
        step = ROUND[number]
        if step.startswith("r"):
            card.locator(".card__reject > summary").click()
            name = {"r3": "Spam 3", "r5": "Personal data 5"}[step]
            card.get_by_role("button", name=name.rpartition(" ")[0]).first.click()
        else:
            name = {"a": "Approve", "s": "Spam"}[step]
            card.locator(".card__steps > button").filter(has_text=name).click()
        expect(page.locator(".messagelist")).to_contain_text(comment.body)
        assert page.url.endswith(f"#comment-{comments[number + 1].pk}")
    assert statuses()[:5] == BECOMES
    page.get_by_role("button", name="Undo your last decision").click()
    expect(page.locator(f"#comment-{comments[4].pk}")).to_be_visible()
    assert statuses() == [*BECOMES[:4], "pending", "pending"]
    boxes = page.locator(".card__select")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.locator(".queue__together").get_by_role("button", name="Approve").click()
    expect(page.locator(".messagelist")).to_contain_text("Approved: 2 comments")
    page.get_by_role("button", name="Undo your last decision").click()
    for comment in comments[4:]:
        expect(page.locator(f"#comment-{comment.pk}")).to_be_visible()
    assert statuses() == [*BECOMES[:4], "pending", "pending"]


def test_those_that_are_alike_are_decided_together_but_for_what_is_taken_out(
    open_queue,
):
    article = make_visible_article()
    body = "Buy cheap pills from my good friend now"
    alike = [make_comment(article=article, body=body) for _ in range(4)]
    page = open_queue()
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".card__alike")).to_contain_text("4 similar comments")
    page.locator(".card__members > summary").click()
    page.locator(".card__members input").nth(1).uncheck()
    page.locator(".card").focus()
    page.keyboard.press("s")
    expect(page.locator(".folded")).to_contain_text("3 comments at once")
    expect(page.locator(".card")).to_have_count(1)
    assert focused(page) == str(alike[1].pk)
    assert statuses() == ["spam", "pending", "spam", "spam"]
    page.keyboard.press("u")
    expect(page.locator(".card__alike")).to_contain_text("3 similar comments")
    assert statuses() == ["pending"] * 4
    assert page.complaints == []


def test_all_that_are_selected_are_decided_with_one_key(open_queue):
    comments = make_waiting(4)
    page = open_queue()
    expect(page.locator(".queue__together")).to_be_hidden()
    page.keyboard.press("Shift+A")
    expect(page.locator(".queue__said")).to_contain_text("Nothing is selected")
    for key in ["j", "x", "j", "j", "x"]:
        page.keyboard.press(key)
    expect(page.locator(".queue__together")).to_contain_text("2 selected.")
    page.keyboard.press("Shift+R")
    page.keyboard.press("2")
    expect(page.locator(".folded")).to_have_count(2)
    assert statuses() == ["rejected", "pending", "rejected", "pending"]
    assert Batch.objects.count() == 1
    expect(page.locator(".queue__said")).to_have_text("Rejected: 2 comments")
    assert focused(page) == str(comments[3].pk)
    page.keyboard.press("u")
    expect(page.locator(".folded")).to_have_count(0)
    assert statuses() == ["pending"] * 4


def test_the_reason_that_is_another_must_be_written(open_queue):
    (comment,) = make_waiting(1)
    page = open_queue()
    for key in ["j", "r", "7"]:
        page.keyboard.press(key)
    field = page.locator(f"#explanation-{comment.pk}")
    expect(field).to_be_focused()
    expect(page.locator(".card__notice")).to_contain_text("Write the reason")
    # In a text field, the shortcuts are letters again.
    page.keyboard.type("as us")
    expect(field).to_have_value("as us")
    assert statuses() == ["pending"]
    page.get_by_role("button", name="Another reason").click()
    expect(page.locator(".folded")).to_contain_text("Rejected:")
    assert comment.decisions.get().explanation == "as us"
    assert comment.decisions.get().told


def test_who_comes_second_sees_in_place_who_decided_what(open_queue):
    first, second = make_waiting(2)
    page = open_queue()
    page.keyboard.press("j")
    page.locator(".card__more > summary").first.click()
    page.locator(f"#note-{first.pk}").fill("Fine by me.")
    bo = make_user(role="Moderators", first_name="Bo", last_name="Lind", password=None)
    Comment.objects.get(pk=first.pk).reject(by=bo, reason="abuse")
    Comment.objects.get(pk=second.pk).edit("Quite other words.")
    page.locator(f"#comment-{first.pk}").focus()
    page.keyboard.press("a")
    notice = page.locator(f"#comment-{first.pk} .card__notice")
    expect(notice).to_contain_text("Bo Lind rejected this comment")
    page.locator(f"#comment-{second.pk}").focus()
    page.keyboard.press("a")
    notice = page.locator(f"#comment-{second.pk} .card__notice")
    expect(notice).to_contain_text("The text has changed")
    expect(notice).to_contain_text(unlike(1))
    assert statuses() == ["rejected", "pending"]
    page.keyboard.press("a")
    expect(page.locator(".folded")).to_have_count(1)
    assert statuses() == ["rejected", "approved"]


def test_what_is_new_is_told_and_nothing_moves_until_it_is_asked_for(open_queue):
    make_waiting(2)
    page = open_queue()
    page.keyboard.press("j")
    before = page.locator(".card").nth(1).bounding_box()
    new = make_comment(body="I have only just come.")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    link = page.locator(".queue__new a")
    expect(link).to_have_text("1 new")
    expect(page.locator(".card")).to_have_count(2)
    assert page.locator(".card").nth(1).bounding_box() == before
    page.keyboard.press("n")
    expect(page.locator(".card")).to_have_count(3)
    assert focused(page) == str(new.pk)
    expect(link).to_be_hidden()
    page.keyboard.press("a")
    expect(page.locator(".folded")).to_have_count(1)
    assert statuses() == ["pending", "pending", "approved"]
    assert page.complaints == []


def test_what_cannot_be_sent_is_not_lost(open_queue):
    (comment,) = make_waiting(1)
    page = open_queue()
    page.locator(".card__more > summary").click()
    page.locator(f"#note-{comment.pk}").fill("Fine by me.")
    page.locator(".card").focus()
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator(".card__notice")).to_contain_text("the server does not answer")
    page.context.set_offline(False)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.keyboard.press("a")
    expect(page.locator(".card__notice")).to_contain_text("you are signed out")
    expect(page.locator(f"#note-{comment.pk}")).to_have_value("Fine by me.")
    page.context.add_cookies([one for one in cookies if one["name"] != "csrftoken"])
    page.keyboard.press("a")
    expect(page.locator(".folded")).to_have_count(1)
    assert comment.decisions.get().note == "Fine by me."


def test_keys_with_ctrl_and_keys_held_down_decide_nothing(open_queue):
    make_waiting(2)
    page = open_queue()
    page.keyboard.press("j")
    for key in ["Control+s", "Alt+a", "Meta+s"]:
        page.keyboard.press(key)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("editor’s pick")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("r")
    expect(page.locator(".card__reject[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".card__reject[open]")).to_have_count(0)
    assert statuses() == ["pending", "pending"]


@pytest.fixture
def full():
    """Comments in every list, with content that is hard to lay out."""
    attack = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    article = make_visible_article(title="Donaudampfschifffahrt" * 5)
    root = make_shown_comment(article=article, name="\u202eetaR", body="W" * 900)
    make_report(root, sentence="V" * 400)
    comment = make_comment(parent=root, name=attack[:80], body=attack)
    comment.signals.create(text_revision=2, rule="banned_terms", words="script")
    comment.edit(attack + " " + "U" * 200)
    make_comment(
        article=article, name="هدى " * 15, body="https://example.com/" + "a" * 300
    )
    for _ in range(3):
        make_comment(article=article, body="The same words as all the others sent.")
    refused = make_shown_comment(article=article)
    moderator = make_user(role="Moderators", first_name="N" * 80, password=None)
    refused.reject(by=moderator, reason="abuse", note="M" * 300)
    Appeal.objects.create(comment=refused, message="L" * 300)


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(PHONE, "light"), (DESKTOP, "dark")],
    ids=["phone-light", "desktop-dark"],
)
def test_the_queue_is_for_everyone(open_queue, full, scheme, viewport):
    page = open_queue(color_scheme=scheme, viewport=viewport)
    for pile in ["waiting&order=article", "reported", "appealed", "decided"]:
        page.goto(f"{QUEUE}?pile={pile}")
        for details in page.locator("details").all():
            details.evaluate("details => (details.open = true)")
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
    assert page.complaints == []


@pytest.mark.parametrize(("width", "text"), [(320, "100%"), (640, "200%")])
def test_no_pile_scrolls_sideways(open_queue, full, width, text):
    page = open_queue(viewport={"width": width, "height": 700})
    for pile in ["waiting", "reported", "appealed", "decided"]:
        page.goto(f"{QUEUE}?pile={pile}")
        page.evaluate("size => document.documentElement.style.fontSize = size", text)
        for details in page.locator("details").all():
            details.evaluate("details => (details.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_everything_can_be_hit(open_queue, full):
    page = open_queue(viewport=PHONE, has_touch=True)
    parts = ".card__steps > *, .queue__piles a, .queue__bar a"
    found = page.locator(parts).locator("visible=true").all()
    assert len(found) > 10
    assert [
        part.inner_text() for part in found if part.bounding_box()["height"] < 44
    ] == []
