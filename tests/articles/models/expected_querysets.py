"""The querysets that the articles of `one_of_each` belong to."""

VISIBLE = {"visible", "visible after its embargo"}
SCHEDULED = {"scheduled", "under embargo"}


def names_of(articles, one_of_each):
    return {name for name, article in one_of_each.items() if article in set(articles)}
