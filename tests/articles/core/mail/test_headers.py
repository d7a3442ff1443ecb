"""Headers of mails, read by Python's own decoders and byte by byte."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from articles.core.mail.headers import Sender, Subject, without_controls

SCRIPTS = [
    "abcXYZ 019,.:;!?()<>@[]\"'\\/=_-",
    "äöüßéèñçøåłıőțÅ ",
    "Привет мир й ё ",
    "مرحبا بالعالم ",
    "שלום עולם ",
    "東京の夏、한국어 ",
    "हिन्दी में กำลังใจ น้ำ ",
    "👨‍👩‍👧🏳️‍🌈🎉 e\u0301 \u00a0\u202f\u3000",
]
# Words of one script, of several, and of any characters, up to long titles.
texts = st.one_of(
    *(st.text(alphabet=script, max_size=300) for script in SCRIPTS),
    st.text(alphabet="".join(SCRIPTS), max_size=300),
    st.text(max_size=120),
    st.lists(
        st.sampled_from(["=?utf-8?q?x?=", "a", "é", " ", "  ", "="]), max_size=90
    ).map("".join),
)
ENCODED_WORD = re.compile(rb"=\?utf-8\?[qb]\?[^ ?]*\?=")


def wire(name, value):
    message = EmailMessage(policy=policy.SMTP)
    message[name] = value
    message.set_content("x")
    return message.as_bytes()


def lines_of(data, name):
    head = data.split(b"\r\n\r\n")[0] + b"\r\n"
    [lines] = re.findall(rb"(?m)^%s:[^\r]*\r\n(?:[ \t][^\r]*\r\n)*" % name, head)
    return lines.removesuffix(b"\r\n").split(b"\r\n")


def check_lines(lines):
    for line in lines:
        assert line.strip(), "a line of spaces alone ends the header"
        assert all(0x20 <= byte < 0x7F for byte in line)
        words = ENCODED_WORD.findall(line)
        assert len(line) <= (76 if words else 998)
        assert all(len(word) <= 75 for word in words)
        # Each stands alone: a space before it, and a space or the end behind it.
        assert not re.search(rb"[^ ]=\?utf-8\?[qb]\?", line)
        assert not re.search(rb"=\?utf-8\?[qb]\?[^ ?]*\?=[^ ]", line)
        for word in words:
            decode_header(word.decode())[0][0].decode()
    if any(ENCODED_WORD.search(line) for line in lines):
        assert b"  " not in b"".join(lines)


@hypothesis_settings(max_examples=2000, deadline=None)
@given(texts)
@example("x" * 2000)
@example("a " * 300)
@example("a" + " " * 300 + "b")
@example(" a ")
@example("=?utf-8?q?x?=")
@example("ü" * 300)
@example("e" + "\u0301" * 300)
@example("[Тест & “x”] " + "Привет " * 30)
def test_a_subject_decodes_to_exactly_what_was_written(text):
    data = wire("Subject", Subject(text))
    check_lines(lines_of(data, b"Subject"))
    read = message_from_bytes(data, policy=policy.default)["Subject"]
    assert str(read) == without_controls(text)
    assert not read.defects
    # By the older decoder too, where no encoded word is the text itself.
    raw = message_from_bytes(data)["Subject"].replace("\r\n", "").replace("\n", "")
    assert str(make_header(decode_header(raw))) == without_controls(text)


@hypothesis_settings(max_examples=500, deadline=None)
@given(texts)
@example("x" * 2000)
@example('A "b" \\ c, <d@e>')
def test_the_name_of_the_sender_decodes_to_what_was_written(name):
    name = " ".join(without_controls(name).split())
    data = wire("From", Sender(name, "newsroom@xn--bcher-kva.example"))
    check_lines(lines_of(data, b"From"))
    [read] = message_from_bytes(data, policy=policy.default)["From"].addresses
    assert read.addr_spec == "newsroom@xn--bcher-kva.example"
    if data.count(b"=?utf-8?") <= 1:
        assert read.display_name == name
    # Python reads a space between two encoded words of a name, which RFC 2047 forbids in
    # 6.2; its older decoder does not.
    raw = b"".join(lines_of(data, b"From")).decode().removeprefix("From: ")
    written = raw.rpartition("<")[0].strip()
    if written.startswith('"'):
        assert re.sub(r"\\(.)", r"\1", written[1:-1]) == name
    else:
        assert str(make_header(decode_header(written))) == name


@pytest.mark.parametrize(
    "attack", ["x\r\nBcc: a@example.org", "x\nBcc: a", "x\x0bBcc:\u2028a\x00\udc80"]
)
def test_no_line_break_reaches_the_head_of_a_mail(attack):
    for data in [
        wire("Subject", Subject(attack)),
        wire("From", Sender(attack, "a@example.org")),
    ]:
        assert "bcc" not in {key.lower() for key in message_from_bytes(data)}
