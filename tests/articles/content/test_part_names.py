from articles.content.part_names import PART_NAMES
from articles.content.snapshots import PARTS


def test_each_part_of_a_snapshot_has_names():
    assert list(PART_NAMES) == PARTS
    assert PART_NAMES["title"].in_sentence == "the headline"
