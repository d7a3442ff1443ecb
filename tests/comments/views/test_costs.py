from comments.tokens import private_address
from tests.comments.views.sending import address_of_thread
from tests.factories import make_shown_comment, make_visible_article


def test_queries_of_the_thread_are_the_same_for_one_and_for_many(
    db, client, django_assert_num_queries
):
    article = make_visible_article()
    for number in [1, 10]:
        for _ in range(number):
            root = make_shown_comment(article=article)
            make_shown_comment(parent=make_shown_comment(parent=root))
        # Whose address it is, the article, the thread, the roots, the replies, the picks.
        with django_assert_num_queries(6):
            client.get(address_of_thread(article))


def test_queries_of_the_other_pages(db, client, django_assert_num_queries):
    comment = make_shown_comment()
    for _ in range(5):
        make_shown_comment(article=comment.article)
    with django_assert_num_queries(2):
        client.get(comment.get_absolute_url())
    # The comment with its article, whether readers see it, and whether somebody answered.
    with django_assert_num_queries(3):
        client.get(private_address(comment))
