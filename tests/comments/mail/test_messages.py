"""The mails as a recipient parses them."""

import re
from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest

from articles.models import Article
from comments.mail.messages import EXCERPT
from comments.mail.outbox import LETTERS, NOT_WANTED, SENT, send, write
from comments.models import Comment, Mailbox, PendingMail
from comments.security.tokens import mailbox_to_confirm, mails_to_stop
from tests.comments.mail_server import MailServer
from tests.factories import (
    make_comment,
    make_mailbox,
    make_shown_comment,
    make_user,
    make_visible_article,
    proven,
)

pytestmark = [pytest.mark.xdist_group("mail"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "https://a-rather-long-name-of-a-newspaper.example.org"


@pytest.fixture
def asked():
    """A comment whose author wants mails about replies and has confirmed the address."""
    article = make_visible_article(title="Harbour & “frost”")
    return proven(
        make_shown_comment(article=article, email="Ines@example.org", notify=True)
    )


def news(comment, **reply):
    """The row of the mail about a reply to the comment."""
    reply = make_shown_comment(**{"parent": comment} | reply)
    PendingMail.objects.all().delete()
    mailbox = make_mailbox_of(comment)
    return write("reply", mailbox, comment=comment, reply=reply)


def make_mailbox_of(comment):
    return Mailbox.objects.of(comment.email)


def letter_of(mail):
    """The mail as the recipient parses it."""
    return message_from_bytes(wire_of(mail), policy=policy.default)


def wire_of(mail):
    mail = PendingMail.objects.with_words().get(pk=mail.pk)
    return LETTERS[mail.kind](mail).message(policy=policy.SMTP).as_bytes()


def words_of(letter):
    return letter.get_body(["plain"]).get_content().replace("\r\n", "\n")


def test_the_news_of_a_reply(asked, settings):
    mail = news(asked, name="Zoë  Ó", body="I saw it, too.\n\nOn *Monday*.")
    letter = letter_of(mail)
    assert letter["To"] == "ines@example.org"
    assert letter["Subject"] == "Reply on “Harbour & “frost””"
    assert letter.get_content_type() == "multipart/alternative"
    html = letter.get_body(["html"]).get_content()
    assert (
        f'class="button" href="{settings.SITE_URL}{mail.reply.get_absolute_url()}"'
        in html
    )
    text = words_of(letter)
    assert "Zoë Ó replied to your comment on “Harbour & “frost””:" in text
    assert "\n    I saw it, too.\n\n    On" in text
    address = settings.SITE_URL + mail.reply.get_absolute_url()
    assert f"\n{address}\n" in text


def test_a_mail_says_who_wrote_it_for_the_newsroom_and_who_quotes(asked):
    by = make_user(role="Moderators")
    assert " from the newsroom replied to" in words_of(letter_of(news(asked, by=by)))
    other = make_shown_comment(parent=asked)
    assert " quoted your" in words_of(letter_of(news(asked, parent=other)))


def test_a_mail_program_can_unsubscribe_with_one_click(asked, settings):
    mail = news(asked)
    letter = letter_of(mail)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [address] = re.findall("<(https://.+)>", letter["List-Unsubscribe"])
    assert address in words_of(letter)
    # On one line, so that programs that do not decode headers find it too.
    assert f"\r\nList-Unsubscribe: <{address}>\r\n" in wire_of(mail).decode()
    assert mails_to_stop(urlsplit(address).path.split("/")[-2]) == (
        make_mailbox_of(asked),
        asked,
    )


def test_no_machine_on_holiday_answers(asked):
    assert letter_of(news(asked))["Auto-Submitted"] == "auto-generated"


def test_the_mails_of_one_conversation_hang_together(asked):
    first, second = news(asked), None
    one = letter_of(first)
    second = news(asked, parent=first.reply)
    two = letter_of(second)
    # A long one begins on a line of its own.
    conversation = one["References"].strip()
    assert conversation == two["References"].strip() == one["In-Reply-To"].strip()
    assert one["Subject"] == two["Subject"]
    assert one["Message-ID"] != two["Message-ID"]
    # Sent again, it is the same.
    assert letter_of(second)["Message-ID"] == two["Message-ID"]
    other = news(proven(make_shown_comment(email="ines@example.org", notify=True)))
    assert letter_of(other)["References"].strip() != conversation


ATTACKS = [
    "x\r\nBcc: all@example.org",
    "x\nBcc: all@example.org\n\nBuy",
    "x\rBcc: all@example.org",
    "x\x0bBcc: a\x0cb\x1cc\x85d\u2028e\u2029f",
    "=?utf-8?q?x=0D=0ABcc:_all@example.org?=",
    "=?utf-8?b?DQpCY2M6IGFsbEBleGFtcGxlLm9yZw==?=",
    "=?utf-7?q?+AA0ACg-Bcc:?=",
    "x" * 60 + " " * 200 + "\tBcc: all@example.org",
    "\x1b[2J\u202eevil\u202c",
    "ü" * 300,
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_typed_reaches_the_head_of_a_mail(asked, attack):
    Comment.objects.filter(pk=asked.pk).update(name=attack)
    Article.objects.filter(pk=asked.article_id).update(title=attack[:200])
    letter = letter_of(news(asked, name=attack, body=f"{attack}\n{attack}"))
    assert sorted(key.lower() for key in letter.keys()) == sorted(  # noqa: SIM118
        [
            *["content-type", "mime-version", "subject"],
            *["from", "to", "date", "message-id", "in-reply-to", "references"],
            *["auto-submitted", "list-unsubscribe", "list-unsubscribe-post"],
        ]
    )
    assert letter["To"] == "ines@example.org"
    assert len(letter["Subject"].splitlines()) == 1
    assert "\nBcc" not in words_of(letter)


@pytest.mark.parametrize(
    "address",
    [
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "a@example.org>\n",
        "A <a@example.org>, b@example.org",
    ],
)
def test_an_address_that_is_two_gets_no_mail(address, settings):
    server = MailServer()
    settings.MAILERS = server.mailers
    mail = write("data", make_mailbox(address=address))
    with server.running(), pytest.raises(Exception, match="ValueError|Refused"):
        send(mail)
    assert server.letters == []


def test_an_address_in_another_script_arrives(settings):
    server = MailServer()
    settings.MAILERS = server.mailers
    with server.running():
        send(write("data", make_mailbox(address="a@bücher.example")))
    assert server.recipients == [["a@xn--bcher-kva.example"]]


def test_a_stranger_s_links_stay_out_of_the_mail(asked, settings):
    letter = letter_of(
        news(asked, name="evil.example", body="Go to https://evil.example or a@b.com!")
    )
    text = words_of(letter)
    assert "evil" not in text + letter["Subject"]
    assert "Go to [link] or [link]" in text
    assert text.count(settings.SITE_URL) == 2


def test_a_long_reply_is_cut_and_cannot_speak_for_us(asked):
    body = "word " * 500 + "\n\nStop the mails:\nhere"
    lines = words_of(letter_of(news(asked, body=body))).splitlines()
    words = [line for line in lines if line.startswith("    ")]
    assert EXCERPT - 10 < sum(map(len, words)) < EXCERPT + 10
    body = "a\n\nYou receive this email because\n-- \nx"
    text = words_of(letter_of(news(asked, body=body)))
    assert text.count("\nYou receive this email because") == 1


def gone(comment, reply):
    reply.reject()


def withdrawn(comment, reply):
    comment.withdraw()


def erased(comment, reply):
    comment.erase()


def answer_erased(comment, reply):
    reply.erase()


def told_no_more(comment, reply):
    comment.stop_notifying()


def all_stopped(comment, reply):
    make_mailbox_of(comment).stop()


def article_gone(comment, reply):
    comment.article.withdraw()


def root_spam(comment, reply):
    reply.root.mark_spam()


@pytest.mark.parametrize(
    "meanwhile",
    [
        *[gone, withdrawn, erased, answer_erased],
        *[told_no_more, all_stopped, article_gone, root_spam],
    ],
)
def test_what_changed_meanwhile_is_not_mailed(asked, meanwhile, mailoutbox):
    mail = news(asked)
    meanwhile(Comment.objects.get(pk=asked.pk), Comment.objects.get(pk=mail.reply_id))
    assert send(mail) == NOT_WANTED
    assert mailoutbox == []
    assert not PendingMail.objects.exists()


def test_what_did_not_change_is(asked, mailoutbox):
    assert send(news(asked)) == SENT
    assert len(mailoutbox) == 1


def test_the_mail_that_asks_holds_nothing_that_a_stranger_typed(settings):
    article = make_visible_article(title="Harbour\nfrost")
    comment = make_comment(
        article=article, name="Buy evil", body="Buy!", email="a@example.org"
    )
    mailbox = make_mailbox(address="a@example.org")
    letter = letter_of(write("confirm", mailbox, comment=comment))
    text = words_of(letter)
    # A token in an address has no spaces and no exclamation marks.
    for typed in ["Buy evil", "Buy!"]:
        assert typed not in text + letter["Subject"]
    assert "“Harbour frost”" in text
    [address] = re.findall("https://[^ \n]+/confirm/.+", text)
    assert mailbox_to_confirm(urlsplit(address).path.split("/")[-2]) == (
        mailbox,
        comment,
    )
    # One press stops the mails.
    [address] = re.findall("<(https://.+)>", letter["List-Unsubscribe"])
    assert mails_to_stop(urlsplit(address).path.split("/")[-2]) == (mailbox, None)
    article.withdraw()
    assert "Harbour" not in words_of(letter_of(PendingMail.objects.get()))


@pytest.mark.parametrize("said", ["confirm", "stop"])
def test_whoever_has_answered_is_not_asked(said, mailoutbox):
    mailbox = make_mailbox()
    mail = write("confirm", mailbox)
    getattr(mailbox, said)()
    assert send(mail) == NOT_WANTED
    assert mailoutbox == []


@pytest.mark.parametrize("said", [proven, Comment.erase, lambda c: c.stop()])
def test_whoever_has_answered_of_a_comment_is_not_asked_of_it(said, mailoutbox):
    comment = make_comment(email="ines@example.org")
    mailbox = Mailbox.objects.of("ines@example.org")
    mailbox.confirm()
    mail = write("confirm", mailbox, comment=comment)
    said(mailbox if said.__name__ == "<lambda>" else comment)
    assert send(mail) == NOT_WANTED
    assert mailoutbox == []
