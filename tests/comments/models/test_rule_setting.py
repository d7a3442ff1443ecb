import pytest

from articles.models import TransitionError
from comments.models import RuleSetting, Weight

pytestmark = pytest.mark.django_db


def change(seen, **fields):
    fields = {"limit": None, "weight": None, "by_name": "Ana"} | fields
    return RuleSetting.objects.change("links", seen=seen, **fields)


def test_a_rule_that_nobody_has_set_is_as_it_comes():
    row = RuleSetting.objects.of("links")
    assert (row.pk, row.limit, row.weight) == (None, None, None)


def test_a_rule_is_set_and_set_back():
    row = change(RuleSetting.objects.of("links"), limit=2.5, weight=Weight.INFORMS)
    assert (row.limit, row.weight, row.changed_by_name) == (2.5, 0, "Ana")
    row = change(row, by_name="Bo")
    assert (row.limit, row.weight, row.changed_by_name) == (None, None, "Bo")
    assert RuleSetting.objects.count() == 1


def test_of_two_who_set_a_rule_at_once_the_second_hears_of_the_first():
    seen = RuleSetting.objects.of("links")
    change(seen, limit=2.0)
    with pytest.raises(TransitionError, match="Ana has changed this rule"):
        change(seen, limit=3.0, by_name="Bo")
    assert RuleSetting.objects.get().limit == 2


def test_nothing_is_stored_of_a_change_that_was_refused():
    with pytest.raises(TransitionError):
        change(RuleSetting(rule="links", limit=9.0), limit=3.0)
    assert not RuleSetting.objects.exists()
