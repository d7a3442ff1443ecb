from django.urls import path

from comments import feeds, views

app_name = "comments"
urlpatterns = [
    path("articles/<slug:slug>/comments/", views.thread, name="thread"),
    path("articles/<slug:slug>/comments/rss.xml", feeds.rss, name="rss"),
    path("comments/rss.xml", feeds.site_rss, name="site_rss"),
    path("comments/<int:id>/", views.comment, name="comment"),
    path("comments/mine/<str:token>/", views.mine, name="mine"),
    path("comments/received/", views.received, name="received"),
]
