from django import template

from articles import bylines, markup
from articles.structured import news_article

register = template.Library()

register.filter("article_html", markup.article_html)


@register.inclusion_tag("articles/_byline.html")
def byline(article):
    """“By Ana Ruiz; photographs by Ben Cole”, each name a link to the page of the person."""
    return {"parts": bylines.parts(article.credits.all())}


@register.simple_tag
def structured_data(article):
    """What machines read of the article, as JSON-LD."""
    return markup.json_ld(news_article(article))
