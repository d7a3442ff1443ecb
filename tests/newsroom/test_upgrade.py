"""`upgrade`: backup, migrations, static files, doctor and settings, up to the first failure."""

from tests.newsroom.backup.conftest import manifest_of

FINE = {
    "SITE_URL": "https://news.example.org",
    "MAIL_URL": "smtp+tls://desk:password@mail.example.org:587",
    "SECRET_KEY": "7pRk-w2nV9_tYx4LqZ0sJdHfB6mGcA3eUoKiN8yTrWvEuPlXbS",
}


def test_it_backs_up_the_older_tables_migrates_them_and_checks(ready_site):
    run = ready_site.run("migrate", "-v0", "articles", "0005")
    assert run.returncode == 0, run.complaints
    run = ready_site.run("upgrade", **FINE)
    assert run.returncode == 0, run.printed + run.complaints
    [path] = (ready_site.folder / "backups").glob("before-upgrade-newsroom-*.tar")
    # What the backup holds is of before.
    assert ("articles", "0005_fill_secrets_of_images") in manifest_of(path).heads
    assert "Applying articles.0006" in run.printed
    assert f"The backup of before is {path}" in run.printed
    assert ready_site.run("migrate", "--check").returncode == 0


def test_without_a_backup_nothing_is_changed(ready_site):
    ready_site.run("migrate", "-v0", "articles", "0005")
    taken = ready_site.folder / "taken.tar"
    taken.touch()
    run = ready_site.run("upgrade", "--backup", taken)
    assert run.returncode == 1
    assert "Backup failed" in run.complaints
    assert "Nothing was changed" in run.complaints
    assert ready_site.run("migrate", "--check").returncode == 1


def test_at_the_first_failure_it_stops_and_says_how_to_go_back(ready_site):
    ready_site.shell(
        "from tests.factories import *; from comments.models import Thread; "
        "make_shown_comment(); Thread.objects.update(shown_count=7)"
    )
    path = ready_site.folder / "before.tar"
    run = ready_site.run("upgrade", "--backup", path)
    assert run.returncode == 1
    assert "The doctor failed" in run.complaints
    assert f"restore {path}" in run.complaints
    assert "The check of the settings" not in run.printed
    assert manifest_of(path).tables["comments.comment"].rows == 1
