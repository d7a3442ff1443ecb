from articles.core.text.sorting import sorted_by_name


def test_names_are_sorted_without_regard_to_case_and_accents():
    names = ["Zoo", "éclair", "Ärzte", "apricot", "Eclair", "Öl", "oil", "中文", "Ähre"]
    assert sorted_by_name(names) == [
        "Ähre",
        "apricot",
        "Ärzte",
        "Eclair",
        "éclair",
        "oil",
        "Öl",
        "Zoo",
        "中文",
    ]
