"""The desk as a whole: its titles, the screens that join the apps, and Django's own screens."""

from django.conf import settings
from django.contrib import admin
from django.contrib.sites.models import Site
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag as TaggitTag

from newsroom.admin.accounts import AccountAdmin, RoleAdmin
from newsroom.admin.conversation import DeskArticleAdmin
from newsroom.admin.pages import PageAdmin
from newsroom.admin.security_log import SecurityEventAdmin

__all__ = [
    "AccountAdmin",
    "DeskArticleAdmin",
    "PageAdmin",
    "RoleAdmin",
    "SecurityEventAdmin",
]

admin.site.site_header = settings.SITE_NAME
admin.site.site_title = settings.SITE_NAME
admin.site.index_title = _("The desk")
# The sidebar of the desk is our own, in templates/admin/base_site.html.
admin.site.enable_nav_sidebar = False

admin.site.unregister(Site)
# Our own tags are articles.Tag.
admin.site.unregister(TaggitTag)
