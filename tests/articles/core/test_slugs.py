from articles.core.slugs import free_slug, slug_from


def test_a_slug_is_cut_to_its_length_without_a_dangling_hyphen():
    assert slug_from("abc def", fallback="x", max_length=4) == "abc"


def test_a_suffix_fits_into_the_length():
    taken = {"abcde", "abc-2"}
    assert free_slug("abcde", taken=taken.__contains__, max_length=5) == "abc-3"
