import time

from articles.content.figures import (
    classes_in,
    with_tidy_classes,
    without_empty_figures,
)


def test_classes_are_read_once_each_and_in_order():
    assert classes_in(' class="wide gallery wide"') == ["gallery", "wide"]
    assert classes_in("") == []


def test_a_list_of_notes_keeps_its_other_attributes():
    html = '<ol start="3" class="notes notes">'
    assert with_tidy_classes(html) == '<ol start="3" class="notes">'


def test_text_that_looks_like_a_class_stays():
    html = '<p>Write <code>figure class=""</code> or class="a a".</p>'
    assert with_tidy_classes(html) == html


def test_thousands_of_empty_figures_go_quickly():
    html = "<figure><figcaption>a</figcaption></figure>" * 20_000
    began = time.process_time()
    assert without_empty_figures(html) == "<p>a</p>" * 20_000
    assert time.process_time() - began < 2
