"""The HTML part of mails."""

from django.utils import translation

from articles.core.mail.html_part import Block, Link, blocks_of, html_part

STEP, STOP = "https://a.example/one/", "https://a.example/stop/"
LINKS = {STEP: Link("Approve"), STOP: Link("Stop", is_quiet=True)}


def test_a_mail_keeps_its_paragraphs_quotes_and_rules():
    text = "Ana answered:\n\n    One.\n\n    Two.\n    Three.\n\n----\n\nThe end.\n"
    assert blocks_of(text, {}) == [
        Block("text", ["Ana answered:"]),
        Block("quote", ["One.", "", "Two.", "Three."]),
        Block("rule", ["----"]),
        Block("text", ["The end."]),
    ]


def test_an_address_that_the_mail_names_becomes_a_button():
    blocks = blocks_of(f"Read it there:\n{STEP}\nNo more mail:\n{STOP}\n", LINKS)
    assert blocks == [
        Block("text", ["Read it there:"]),
        Block("links", links=[(STEP, LINKS[STEP])]),
        Block("text", ["No more mail:"]),
        Block("links", links=[(STOP, LINKS[STOP])]),
    ]


def test_the_name_of_a_step_stands_on_its_button_only():
    other = "https://a.example/two/"
    links = LINKS | {other: Link("Reject")}
    assert blocks_of(f"Approve:\n{STEP}\nReject:\n{other}\n", links) == [
        Block("links", links=[(STEP, links[STEP]), (other, links[other])])
    ]


def test_no_other_address_becomes_a_link():
    text = f"https://evil.example/\n    {STEP}\nGo to {STEP} now"
    html = html_part(text, title="x", links=LINKS)
    assert "href" not in html


def test_breaks_of_long_lines_are_those_of_the_window():
    long = "word " * 15
    assert blocks_of(f"{long.strip()}\nand more.\nShort.", {}) == [
        Block("text", [f"{long.strip()} and more.", "Short."])
    ]


def test_every_word_is_escaped():
    attack = "</title><script>x</script>"
    address = 'https://a.example/"><script>'
    html = html_part(
        f"{attack}\n\n    {attack}\n\n{address}",
        title=attack,
        links={address: Link(attack)},
    )
    assert "<script" not in html
    assert html.count("&lt;script&gt;x") == 4


def test_a_mail_says_its_language_and_direction():
    with translation.override("ar"):
        html = html_part("مرحبا", title="x", links={})
    assert '<html lang="ar" dir="rtl">' in html
    assert '<p dir="auto">مرحبا</p>' in html
    assert '<html lang="en" dir="ltr">' in html_part("x", title="x", links={})
