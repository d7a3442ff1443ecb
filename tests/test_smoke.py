from tests.factories import make_user


def test_roles_exist(db):
    assert make_user(role="Writers").has_perm("articles.change_article")
    assert make_user(role="Moderators").has_perm("comments.moderate_comment")
