from django.apps import apps
from django.contrib.auth.models import Group, Permission

from newsroom.roles import ROLES, make_missing_roles
from tests.factories import make_user


def make_roles():
    make_missing_roles(sender=apps.get_app_config("newsroom"), using="default")


def permissions_of(role):
    return {
        f"{app}.{codename}"
        for app, codename in Group.objects.get(name=role).permissions.values_list(
            "content_type__app_label", "codename"
        )
    }


def test_every_role_is_there_with_every_permission_it_should_have(db):
    for role, permissions in ROLES.items():
        assert permissions_of(role) == set(permissions)


def test_a_writer_cannot_publish_and_an_editor_can(db):
    assert not make_user(role="Writers").has_perm("articles.publish_article")
    assert make_user(role="Editors").has_perm("articles.publish_article")


def test_a_moderator_decides_on_comments_and_changes_no_article(db):
    moderator = make_user(role="Moderators")
    assert moderator.has_perm("comments.moderate_comment")
    assert moderator.has_perm("articles.view_article")
    assert not moderator.has_perm("articles.change_article")


def test_a_role_that_was_changed_stays_as_it_is(db):
    writers = Group.objects.get(name="Writers")
    writers.permissions.set(Permission.objects.filter(codename="publish_article"))
    make_roles()
    assert permissions_of("Writers") == {"articles.publish_article"}


def test_a_role_that_was_deleted_comes_back(db):
    Group.objects.get(name="Moderators").delete()
    make_roles()
    assert permissions_of("Moderators") == set(ROLES["Moderators"])


def test_roles_are_made_once_all_permissions_are_there(db):
    Group.objects.all().delete()
    make_missing_roles(sender=apps.get_app_config("articles"), using="default")
    assert not Group.objects.exists()
