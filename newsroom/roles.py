"""The roles of the desk: groups and their permissions."""

from django.contrib.auth.models import Group, Permission

# The permission of writers to change articles covers only their own drafts, and that to
# change pictures only their own uploads. Moderators see articles and change none.
# `editable_by` of both models decides this.
ROLES = {
    "Writers": [
        "articles.add_article",
        "articles.change_article",
        "articles.add_image",
        "articles.change_image",
        "articles.view_image",
        "articles.add_person",
        "articles.view_person",
        "articles.view_tag",
    ],
    "Editors": [
        "articles.add_article",
        "articles.change_article",
        "articles.delete_article",
        "articles.view_article",
        "articles.publish_article",
        "articles.add_image",
        "articles.change_image",
        "articles.delete_image",
        "articles.view_image",
        "articles.add_person",
        "articles.change_person",
        "articles.delete_person",
        "articles.view_person",
        "articles.add_tag",
        "articles.change_tag",
        "articles.delete_tag",
        "articles.view_tag",
        "articles.view_tagstep",
        "articles.view_step",
        "articles.view_correction",
        "articles.view_correctionrequest",
        "comments.view_thread",
        "comments.change_thread",
        "flatpages.add_flatpage",
        "flatpages.change_flatpage",
        "flatpages.delete_flatpage",
        "flatpages.view_flatpage",
    ],
    "Moderators": [
        "articles.view_article",
        "comments.view_comment",
        "comments.add_comment",
        "comments.moderate_comment",
        "comments.view_decision",
        "comments.view_thread",
        "comments.change_rulesetting",
        "comments.add_term",
        "comments.change_term",
        "comments.delete_term",
        "comments.view_term",
    ],
}


def make_missing_roles(sender, using, **kwargs):
    """
    Create the missing groups, after `migrate` has created the permissions.

    A group that exists keeps its permissions.
    """
    if sender.label != "newsroom":
        return
    for role, names in ROLES.items():
        group, is_new = Group.objects.using(using).get_or_create(name=role)
        if is_new:
            group.permissions.set(_permissions(names, using))


def _permissions(names, using):
    codenames = {tuple(name.split(".")) for name in names}
    return [
        permission
        for permission in Permission.objects.using(using).select_related("content_type")
        if (permission.content_type.app_label, permission.codename) in codenames
    ]
