from django.contrib import admin

from articles.admin.listing import LongListMixin
from articles.admin.neighbours import NeighboursMixin
from articles.models import Article


class ArticleAdmin(LongListMixin, NeighboursMixin, admin.ModelAdmin):
    list_display = ["title"]
    ordering = ["-modified_at"]
    search_fields = ["title", "standfirst"]


admin.site.register(Article, ArticleAdmin)
