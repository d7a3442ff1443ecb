import os
import signal
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from threading import Barrier

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from articles.importers import text
from articles.models import Article, Person, Step, Tag
from tests.factories import make_article, make_person

HEADING = "The Vote"
PARAGRAPH = (
    "The harbour council met on Tuesday evening and agreed, after four hours of "
    "argument, that the old crane should stay."
)


@pytest.fixture
def moved_in(db):
    """Import something and return the output of the command."""

    def run(path, **options):
        out = StringIO()
        call_command("import_articles", str(path), stdout=out, **options)
        return out.getvalue()

    return run


@pytest.fixture
def refused(db):
    """Import something that is refused; return the output and the final error."""

    def run(path, *, returncode=1, **options):
        out = StringIO()
        with pytest.raises(CommandError) as error:
            call_command("import_articles", str(path), stdout=out, **options)
        assert error.value.returncode == returncode
        return out.getvalue(), str(error.value)

    return run


def write(folder, name="crane.txt", *, title="The Crane Stays", text=None):
    path = folder / name
    text = text or f"{title}\n\nA vote, at last.\n\n{HEADING}\n\n{PARAGRAPH}\n"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# One file


def test_the_seed_becomes_an_article_worth_reading(moved_in, samples):
    said = moved_in(samples / "seed" / "macron-reassurance-force.txt")
    article = Article.objects.get()
    assert article.status == Article.Status.DRAFT
    assert article.slug == (
        "macron-reveals-26-nations-will-send-troops-to-ukraine-after-the-war"
    )
    assert [text for _, text in article.sections] == [
        "Ukraine's Future",
        "The Genesis of a Pledge",
        "The Architecture of Deterrence",
        "America's Evolving Role",
        "The Diplomatic Chessboard",
        "Economic Levers",
        "Geopolitical Implications",
        "Challenges and the Path Forward",
        "A New Horizon for Ukraine",
    ]
    assert article.reading_minutes == 10
    assert article.get_absolute_url() in said
    assert "left out: “Post a Comment”, “Previous Post Next Post”" in said


def test_an_import_makes_a_draft_that_nobody_signed(moved_in, tmp_path):
    path = write(tmp_path)
    said = moved_in(path)
    article = Article.objects.get()
    assert (article.title, article.standfirst) == (
        "The Crane Stays",
        "A vote, at last.",
    )
    assert article.body == (f'<h2 id="s-the-vote">The Vote</h2>\n<p>{PARAGRAPH}</p>')
    assert (article.status, article.published_at) == (Article.Status.DRAFT, None)
    assert (article.people, list(article.tags.all())) == ([], [])
    assert said == f"made: {path}: /articles/the-crane-stays/ (draft)\n1 made\n"


def test_a_second_import_doubles_nothing(moved_in, tmp_path):
    path = write(tmp_path)
    moved_in(path)
    Article.objects.get().rename("crane")
    assert moved_in(path) == (
        f"skipped: {path}: already here as /articles/crane/\n1 skipped\n"
    )
    assert Article.objects.count() == 1


def test_a_text_whose_letters_and_spaces_are_composed_otherwise_is_known_again(
    moved_in, tmp_path
):
    title = "Überfahrt nach\u00a0Ærø – й"
    apart = unicodedata.normalize("NFD", title).replace("\u00a0", " ")
    moved_in(write(tmp_path, "a.txt", title=title))
    said = moved_in(write(tmp_path, "b.txt", title=apart))
    assert "already here" in said
    assert Article.objects.get().title == title


def test_what_an_earlier_release_imported_apart_is_known_again(moved_in, tmp_path):
    title = "Überfahrt"
    path = write(tmp_path, "a.txt", title=title)
    moved_in(path)
    [imported] = text.read(path)
    for source in {*imported.former_sources, imported.source}:
        Article.objects.update(source=source)
        assert "already here" in moved_in(tmp_path / "a.txt")


def test_an_article_of_the_same_title_gets_another_address(moved_in, tmp_path):
    make_article(title="The Crane Stays")
    assert "/articles/the-crane-stays-2/" in moved_in(write(tmp_path))


def test_a_document_with_a_script_shows_it_as_text(moved_in, tmp_path):
    text = f"T\n\nS.\n\n{HEADING}\n\n<script>alert(1)</script> was here, said he.\n"
    moved_in(write(tmp_path, text=text))
    article = Article.objects.get()
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt; was here, said he.</p>" in (
        article.body
    )


# Options


def test_an_import_can_publish(moved_in, tmp_path):
    said = moved_in(
        write(tmp_path), status="published", published_at="2025-09-05T10:00:00+02:00"
    )
    article = Article.objects.visible().get()
    assert article.published_at == datetime(2025, 9, 5, 8, 0, tzinfo=UTC)
    step = Step.objects.get()
    assert (step.what, step.by, step.who) == (Step.What.PUBLISH, None, "System")
    assert article.addresses.get().slug == article.slug
    assert "(published)" in said


def test_a_time_to_come_schedules(moved_in, tmp_path):
    tomorrow = timezone.now() + timedelta(days=1)
    said = moved_in(
        write(tmp_path), status="published", published_at=tomorrow.isoformat()
    )
    assert Article.objects.scheduled().get().published_at == tomorrow
    assert Step.objects.get().what == Step.What.SCHEDULE
    assert "(scheduled)" in said


def test_without_a_date_published_means_now(moved_in, tmp_path):
    before = timezone.now()
    moved_in(write(tmp_path), status="published")
    assert before <= Article.objects.visible().get().published_at <= timezone.now()


@pytest.mark.parametrize("text", ["2025-09-05T10:00", "2025-09-05 10:00:00"])
def test_a_time_without_a_zone_is_the_time_of_the_site(
    moved_in, tmp_path, settings, text
):
    settings.TIME_ZONE = "Europe/Paris"
    moved_in(write(tmp_path), status="published", published_at=text)
    assert Article.objects.get().published_at == datetime(2025, 9, 5, 8, 0, tzinfo=UTC)


def test_tags_are_made_or_found_whatever_their_case(moved_in, tmp_path):
    harbour = Tag.objects.create(name="Harbour")
    moved_in(write(tmp_path), tags=" harbour, Money ,, money,HARBOUR ")
    tags = list(Article.objects.get().tags.order_by("items__id"))
    assert [tag.name for tag in tags] == ["Harbour", "Money"]
    assert tags[0] == harbour


def test_the_byline_keeps_its_order_and_finds_people_by_name(moved_in, tmp_path):
    zoe = make_person(name="Zoé Ødegård")
    moved_in(write(tmp_path), byline="Zoé Ødegård , Ada Byron,Ada Byron")
    people = Article.objects.get().people
    assert [person.name for person in people] == ["Zoé Ødegård", "Ada Byron"]
    assert people[0] == zoe
    assert Person.objects.count() == 2


def test_a_dry_run_makes_nothing(moved_in, tmp_path):
    write(tmp_path, "a.txt")
    write(tmp_path, "b.txt")
    write(tmp_path, "c.txt", title="Rust")
    said = moved_in(tmp_path, dry_run=True, tags="Money", byline="Ada Byron")
    assert said.splitlines() == [
        f"would be made: {tmp_path}/a.txt: “The Crane Stays”",
        f"skipped: {tmp_path}/b.txt: the same article as one before it.",
        f"would be made: {tmp_path}/c.txt: “Rust”",
        "2 would be made, 1 skipped",
    ]
    for model in [Article, Tag, Person]:
        assert not model.objects.exists()


def test_a_dry_run_finds_what_an_import_would_refuse(refused, moved_in, tmp_path):
    assert "empty" in refused(write(tmp_path, text="\n"), dry_run=True)[1]
    path = write(tmp_path)
    moved_in(path)
    assert "already here as /articles/the-crane-stays/" in moved_in(path, dry_run=True)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"status": "withdrawn"}, "--status withdrawn is not possible"),
        ({"format": "docx"}, "--format docx is not known. There is: text"),
        ({"status": "published", "published_at": "soon"}, "soon is no date and time"),
        ({"status": "published", "published_at": "2025-02-30"}, "no date and time"),
        (
            {"status": "published", "published_at": "9999-12-31T23:59-12:00"},
            "no date and time",
        ),
        ({"published_at": "2025-09-05T10:00"}, "Say --status published"),
        ({"tags": "x" * 101}, "101 characters, and at most 100"),
        ({"byline": "Ada, " + "x" * 121}, "121 characters, and at most 120"),
    ],
)
def test_an_impossible_option_is_refused_before_anything_is_made(
    refused, tmp_path, options, sentence
):
    assert sentence in refused(write(tmp_path), **options)[1]
    assert not Article.objects.exists()


# What cannot be imported


def test_there_must_be_something_to_import(refused, tmp_path):
    assert "There is no file or folder" in refused(tmp_path / "nothing.txt")[1]
    assert "holds no file of a format known here" in refused(tmp_path)[1]
    os.mkfifo(tmp_path / "pipe.txt")
    assert "neither a file nor a folder" in refused(tmp_path / "pipe.txt")[1]


def test_the_name_of_a_single_file_need_not_tell_its_format(
    moved_in, refused, tmp_path
):
    path = write(tmp_path, "crane.article")
    assert "Say it with --format" in refused(path)[1]
    assert "1 made" in moved_in(path, format="text")
    assert "1 made" in moved_in(write(tmp_path, "crane", title="Rust"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "it is empty"),
        (b" \n\t\r\n", "it is empty"),
        (b"\xef\xbb\xbf", "it is empty"),
        (b"Title\n\nCaf\xe9 noir.\n", "line 3: byte 11 (0xE9) is not UTF-8. Save it"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "holds NUL bytes"),
        (
            "Title\n\nText.".encode("utf-16-le"),
            "the character U+0000 stands in no text",
        ),
        (b"Title\n\nA \x1b[31mred\x1b[0m word.\n", "line 3: the character U+001B"),
        (b"\xff\xfeT\x00i\x00t", "byte 7 breaks the UTF-16 that its first bytes"),
        (b"x" * 251, "its title, the first line, has 251 characters, and at most 250"),
    ],
)
def test_what_is_no_text_is_refused_with_a_sentence(refused, tmp_path, data, sentence):
    path = tmp_path / "crane.txt"
    path.write_bytes(data)
    said, last = refused(path)
    assert sentence in last
    assert last.startswith(f"{path} was refused: ")
    assert said.endswith("1 refused\n")
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be-sig"]
)
def test_encodings_that_are_certain_are_read(moved_in, tmp_path, encoding):
    text = f"Ødegård’s Crane – 5 €\n\nIn short.\n\nŽižkov\n\n{PARAGRAPH}\n"
    data = (
        b"\xfe\xff" + text.encode("utf-16-be")
        if encoding == "utf-16-be-sig"
        else text.encode(encoding)
    )
    moved_in(write(tmp_path, text=data))
    article = Article.objects.get()
    assert article.title == "Ødegård’s Crane – 5 €"
    assert [text for _, text in article.sections] == ["Žižkov"]


def test_a_file_that_is_too_large_is_refused_unread(refused, tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)  # a hole: if it were read, it would be NUL bytes
    assert "it has 50.0 MB, and at most 5 MB are taken" in refused(path)[1]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_file_that_is_closed_to_us_is_refused(refused, tmp_path):
    path = write(tmp_path)
    path.chmod(0)
    assert "cannot be read: Permission denied" in refused(path)[1]


# Folders


def test_a_folder_is_imported_in_the_order_of_its_names(moved_in, tmp_path):
    write(tmp_path, "b.txt", title="Second")
    write(tmp_path, "a.TXT", title="First")
    write(tmp_path, "photo.jpeg")
    (tmp_path / "more").mkdir()
    assert moved_in(tmp_path).splitlines() == [
        f"skipped: {tmp_path}/more: not a file of a format known here.",
        f"skipped: {tmp_path}/photo.jpeg: not a file of a format known here.",
        f"made: {tmp_path}/a.TXT: /articles/first/ (draft)",
        f"made: {tmp_path}/b.txt: /articles/second/ (draft)",
        "2 skipped, 2 made",
    ]


def test_a_refused_file_does_not_stop_the_others(refused, tmp_path):
    write(tmp_path, "a.txt", title="First")
    write(tmp_path, "b.txt", text=b"\x00\x01")
    write(tmp_path, "c.txt", title="x" * 251)
    write(tmp_path, "d.txt", title="Last")
    said, last = refused(tmp_path)
    assert said.count("refused: ") == 2
    assert said.endswith("2 made, 2 refused\n")
    assert last == "2 were refused, for the reasons above."
    assert set(Article.objects.values_list("title", flat=True)) == {"First", "Last"}


def test_a_strange_file_name_is_only_a_name(moved_in, tmp_path):
    write(tmp_path, "[bold]\x1b[31m.txt")
    assert "[bold]�[31m.txt" in moved_in(tmp_path)


# An article is made completely or not at all


def test_an_article_that_cannot_be_published_is_not_made(
    refused, tmp_path, monkeypatch
):
    from articles.models import TransitionError

    def refuse(self, **options):
        raise TransitionError("The desk is closed.")

    monkeypatch.setattr(Article, "publish", refuse)
    _, last = refused(
        write(tmp_path), status="published", byline="Ada Byron", tags="Money"
    )
    assert "The desk is closed." in last
    for model in [Article, Person, Tag]:
        assert not model.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_imports_at_once_one_makes_and_one_skips(tmp_path):
    path = write(tmp_path)
    both_ready = Barrier(2)

    def run():
        out = StringIO()
        both_ready.wait()
        try:
            call_command(
                "import_articles",
                str(path),
                stdout=out,
                byline="Ada Byron",
                tags="Money",
                status="published",
            )
        finally:
            connections.close_all()
        return out.getvalue()

    with ThreadPoolExecutor(2) as pool:
        said = "".join(future.result() for future in [pool.submit(run) for _ in "12"])
    assert said.count("made: ") == said.count("skipped: ") == 1
    assert "already here as /articles/the-crane-stays/" in said
    article = Article.objects.get()
    assert article.slug == "the-crane-stays"
    assert [person.name for person in article.people] == ["Ada Byron"]
    assert Step.objects.count() == Person.objects.count() == 1


def test_the_number_of_queries_does_not_grow_with_the_text(
    db, tmp_path, django_assert_max_num_queries
):
    text = "T\n\nS.\n\n" + f"{HEADING}\n\n{PARAGRAPH}\n\n" * 300
    with django_assert_max_num_queries(12):
        call_command(
            "import_articles", str(write(tmp_path, text=text)), stdout=StringIO()
        )


@pytest.mark.parametrize("table", ["articles_article", "articles_credit"])
def test_an_interrupted_import_leaves_whole_articles_and_can_be_run_again(
    refused, moved_in, tmp_path, table
):
    for name in ["a", "b", "c"]:
        write(tmp_path, f"{name}.txt", title=name)
    inserts = count(1)

    def interrupt(execute, sql, *rest):
        result = execute(sql, *rest)
        if sql.startswith(f'INSERT INTO "{table}"') and next(inserts) == 2:
            signal.raise_signal(signal.SIGINT)
        return result

    with connection.execute_wrapper(interrupt):
        said, last = refused(tmp_path, byline="Ada Byron", returncode=130)
    assert said.endswith("1 made\n")
    assert last.startswith("Stopped. Every article that was made is whole")
    assert [str(person) for person in Article.objects.get().people] == ["Ada Byron"]
    assert moved_in(tmp_path, byline="Ada Byron").endswith("1 skipped, 2 made\n")


def test_a_refusal_on_the_command_line_is_a_sentence_and_an_exit_code(tmp_path):
    path = write(tmp_path, text="\n")
    process = subprocess.run(
        [sys.executable, "manage.py", "import_articles", path],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert process.stdout == f"refused: {path}: it is empty.\n1 refused\n"
    assert process.stderr == f"CommandError: {path} was refused: it is empty.\n"
    assert process.returncode == 1
