from django import template

from articles import markup

register = template.Library()

register.filter("article_html", markup.article_html)
