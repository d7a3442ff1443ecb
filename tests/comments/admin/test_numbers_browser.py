"""Statistics and audit samples in a browser."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from comments.models import Comment, SecondLook
from tests.comments.admin.test_numbers import PAGE, make_figures
from tests.comments.admin.test_second_look import PAGE as LOOKS
from tests.comments.admin.test_second_look import make_look
from tests.factories import make_shown_comment, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 700}
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau" * 2


@pytest.fixture
def sign_in(open_page):
    def open_as_moderator(**options):
        return open_page(user=make_user(role="Moderators", password=None), **options)

    return open_as_moderator


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [(NARROW, "dark"), (DESKTOP, "light")],
    ids=["narrow-dark", "desktop-light"],
)
def test_both_pages_are_for_everyone(sign_in, viewport, scheme):
    make_figures(name=LONG, rule=LONG[:40])
    make_figures(name="هدى المنصوري")
    make_look(
        parent=make_shown_comment(name=LONG[:80]), name="\u202eetaR", body=LONG * 3
    )
    page = sign_in(viewport=viewport, color_scheme=scheme)
    for address in [PAGE, LOOKS]:
        page.goto(address)
        for table in page.locator("details").all():
            table.locator("summary").click()
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in violations] == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"]
    assert page.complaints == []


def test_no_word_of_a_plot_is_too_small_to_read_on_a_phone(sign_in):
    make_figures()
    page = sign_in(viewport=NARROW)
    page.goto(PAGE)
    heights = page.locator(".plot__word").evaluate_all(
        "words => words.map(word => word.getBoundingClientRect().height)"
    )
    assert min(heights) >= 10


def test_the_plots_are_seen_where_a_reader_forces_colours(sign_in):
    make_figures()
    page = sign_in(forced_colors="active")
    page.goto(PAGE)
    fills = page.locator(".plot__bar, .plot__mark, .plot__word").evaluate_all(
        "marks => [...new Set(marks.map(mark => getComputedStyle(mark).fill))]"
    )
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert len(fills) == 1
    assert fills[0] != canvas


def test_a_second_look_is_taken_by_keyboard_and_without_javascript(sign_in):
    make_look("spam", body="A calm remark.")
    make_look("approved", body="Buy now.")
    page = sign_in(viewport=PHONE, java_script_enabled=False)
    page.goto(LOOKS)
    expect(page.get_by_text("A calm remark.")).to_be_visible()
    page.get_by_role("button", name="Approve").press("Enter")
    expect(page.get_by_text("The screening had marked it as spam")).to_be_visible()
    expect(page.get_by_text("Buy now.")).to_be_visible()
    page.get_by_role("button", name="Reject").press("Enter")
    expect(page.get_by_text("Choose a reason, then reject.")).to_be_visible()
    page.get_by_label("Reason to reject").select_option("advertising")
    page.get_by_role("button", name="Reject").press("Enter")
    expect(page.get_by_text("No comments to judge")).to_be_visible()
    assert list(Comment.objects.order_by("id").values_list("status", flat=True)) == [
        "approved",
        "rejected",
    ]
    assert SecondLook.objects.answered().count() == 2
