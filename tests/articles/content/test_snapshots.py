from hypothesis import given
from hypothesis import strategies as st

from articles.content.snapshots import PARTS, differing_parts, three_way_merge

texts = st.text("ab", max_size=2)
snapshots = st.fixed_dictionaries(dict.fromkeys(PARTS, texts))


@given(snapshots, snapshots)
def test_what_only_one_side_touched_is_as_that_side_has_it(base, mine):
    assert three_way_merge(base, mine, base) == (mine, [])
    assert three_way_merge(base, base, mine) == (mine, [])


@given(snapshots, snapshots)
def test_nobody_is_in_conflict_with_the_same_words(base, mine):
    assert three_way_merge(base, mine, mine) == (mine, [])


@given(snapshots, snapshots, snapshots)
def test_nothing_is_overwritten_in_silence(base, mine, theirs):
    result, conflicts = three_way_merge(base, mine, theirs)
    for part in PARTS:
        sides = [side[part] for side in (mine, theirs) if side[part] != base[part]]
        if part in conflicts:
            assert len(set(sides)) == 2
        else:
            assert {result[part]} == (set(sides) or {base[part]})


def test_of_what_a_snapshot_does_not_mention_nothing_differs():
    assert differing_parts({"title": "a"}, {"body": "b"}) == []
