from io import BytesIO
from urllib.parse import urlencode

import pytest

from comments.models import Comment
from tests.comments.views.sending import WORDS, address_of_thread, send, text_of
from tests.factories import make_visible_article


def test_the_longest_comment_in_the_longest_characters_is_taken(db, client):
    body = "𐍈" * 5000
    data = urlencode(WORDS | {"body": body})
    answer = client.post(
        address_of_thread(make_visible_article()),
        data,
        content_type="application/x-www-form-urlencoded",
    )
    assert len(data) > 60_000
    assert answer.status_code == 303
    assert Comment.objects.get().body == body


@pytest.mark.parametrize("length", [66_000, 1024 * 1024])
@pytest.mark.parametrize("multipart", [True, False])
def test_more_than_64_kib_is_not_read(db, client, multipart, length):
    address = address_of_thread(make_visible_article())
    words = WORDS | {"body": "b" * length}
    if multipart:
        answer = client.post(address, words)
    else:
        form = "application/x-www-form-urlencoded"
        answer = client.post(address, urlencode(words), content_type=form)
    assert answer.status_code == 413
    assert "too long" in text_of(answer)
    assert not Comment.objects.exists()


def test_a_file_counts_too(db, client):
    file = BytesIO(b"x" * 70_000)
    file.name = "x.bin"
    answer = send(client, make_visible_article(), file=file)
    assert answer.status_code == 413


def raw(client, article, body, **environ):
    return client.generic(
        "POST",
        address_of_thread(article),
        body,
        **{"content_type": "application/x-www-form-urlencoded"} | environ,
    )


def test_who_announces_less_than_comes_is_read_no_further(db, client):
    body = urlencode(WORDS | {"body": "b" * 70_000})
    answer = raw(client, make_visible_article(), body, CONTENT_LENGTH="100")
    assert answer.status_code in {303, 422}
    assert not Comment.objects.filter(body__contains="b" * 101).exists()


@pytest.mark.parametrize("length", ["", "-5", "x", "1e9", "9" * 30])
def test_a_length_that_is_none_is_no_way_in_and_no_crash(db, client, length):
    body = urlencode(WORDS | {"body": "b" * 70_000})
    for content_type in [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ]:
        answer = raw(
            client,
            make_visible_article(),
            body,
            CONTENT_LENGTH=length,
            content_type=content_type,
        )
        assert answer.status_code in {400, 413, 422}
    assert not Comment.objects.exists()


def test_a_body_of_unknown_length_is_read_up_to_the_limit(db, client):
    article = make_visible_article()
    for words, status in [(WORDS, 303), (WORDS | {"body": "b" * 70_000}, 413)]:
        answer = raw(
            client,
            article,
            b"x",
            CONTENT_LENGTH="",
            HTTP_TRANSFER_ENCODING="chunked",
            **{"wsgi.input": BytesIO(urlencode(words).encode())},
        )
        assert answer.status_code == status
    assert Comment.objects.get().body == WORDS["body"]


def test_a_million_fields_are_refused(db, client):
    article = make_visible_article()
    assert raw(client, article, "a&" * 1_000_000).status_code == 413
    assert raw(client, article, "a=1&" * 10_000).status_code == 400


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "nonsense",
        "application/json",
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "é" * 10,
        "multipart/form-data; boundary=x; charset=punycode",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=nonsense",
        "application/x-www-form-urlencoded; charset=utf-16",
    ],
)
@pytest.mark.parametrize(
    "body",
    [b"", b"\x00\xff\xfe", b"name=%00&body=%ED%A0%80%FF", b"--x\r\n\r\n--x--\r\n"],
)
def test_what_is_no_form_is_no_crash(db, client, content_type, body):
    answer = raw(client, make_visible_article(), body, content_type=content_type)
    assert answer.status_code in {303, 400, 422}


def test_whatever_the_sender_calls_the_encoding_ours_is_meant(db, client):
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{word}\r\n'
        for name, word in WORDS.items()
    )
    answer = raw(
        client,
        make_visible_article(),
        f"{body}--x--\r\n".encode(),
        content_type="multipart/form-data; boundary=x; charset=latin-1",
    )
    assert answer.status_code == 303
    assert Comment.objects.get().name == WORDS["name"]


def test_what_is_not_utf_8_is_replaced_and_kept(db, client):
    body = b"name=%FFIn%E9s&body=a%00b%ED%A0%80c"
    answer = raw(client, make_visible_article(), body)
    assert answer.status_code == 303
    comment = Comment.objects.get()
    assert comment.name == "\ufffdIn\ufffds"
    assert comment.body.startswith("ab")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_there_is_no_other_way_to_send(db, client, method):
    article = make_visible_article()
    assert client.generic(method, address_of_thread(article)).status_code == 405
