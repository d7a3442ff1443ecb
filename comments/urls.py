from django.urls import path

from comments import views

app_name = "comments"
urlpatterns = [
    path("articles/<slug:slug>/comments/", views.thread, name="thread"),
    path("comments/<int:id>/", views.comment, name="comment"),
    path("comments/mine/<str:token>/", views.mine, name="mine"),
    path("comments/data/", views.ask_for_data, name="data"),
    path("comments/data/<str:token>/", views.data, name="data"),
    path("comments/mail/confirm/<str:token>/", views.confirm, name="confirm"),
    path("comments/mail/stop/<str:token>/", views.stop, name="stop"),
    path("comments/received/", views.received, name="received"),
]
