"""The addresses of autosave, and reading the form of an article."""

from django.test import Client
from django.urls import reverse

from tests.articles.admin.desk import form_of


def keep_of(article):
    return reverse("admin:articles_article_unsaved_keep", args=[article.pk])


def unsaved_of(article):
    return reverse("admin:articles_article_unsaved", args=[article.pk])


def throw_away(article):
    return reverse("admin:articles_article_unsaved_throw_away", args=[article.pk])


def take_of(article):
    return reverse("admin:articles_article_unsaved_take", args=[article.pk])


def presence_of(article):
    return reverse("admin:articles_article_presence", args=[article.pk])


def seen_by(client, article):
    return form_on(client.get(form_of(article)))["seen"].value() or ""


def form_on(page):
    return page.context["adminform"].form


def client_of(user):
    client = Client()
    client.force_login(user)
    return client
