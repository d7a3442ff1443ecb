"""
Permissions of the desk: for each address, the answer to each role.

A new address of the desk needs a row here; without one a test fails and names it.
"""

import pytest

from newsroom.models import StaffSession
from tests.who_may import (
    ARTICLES,
    NOT_SIGNED_IN,
    PEOPLE,
    is_of_an_article,
    not_signed_in,
    routes,
)

# Address | GET | empty POST, each with the answers to PEOPLE in that order. For an address of an
# article a writer has three answers: for their own draft, for somebody else's, and for their own
# public article; everybody else asks about the last one. “!” after an answer means that the request
# changed something.
TABLE = """
admin/login/second/                                                  | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/login/passkey/                                                 | 405 405 405 405 405 405         | 422 422 422 422 422 422
admin/login/passkey/options/                                         | 405 405 405 405 405 405         | 200 200 200 200 200 200
admin/account/                                                       | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/account/confirm/                                               | 302 302 405 405 405 405         | 302 302 422 422 422 422
admin/account/confirm/options/                                       | 302 302 405 405 405 405         | 302 302 200 200 200 200
admin/account/add/                                                   | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/account/passkeys/add/                                          | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/account/passkeys/options/                                      | 302 302 405 405 405 405         | 302 302 200 200 200 200
admin/account/passkeys/new/                                          | 302 302 405 405 405 405         | 302 302 422 422 422 422
admin/account/passkeys/<int:passkey>/name/                           | 302 302 405 405 405 405         | 302 302 404 404 404 404
admin/account/passkeys/<int:passkey>/remove/                         | 302 302 404 404 404 404         | 302 302 404 404 404 404
admin/account/app/                                                   | 302 302 200 200 200 200         | 302 302 422 422 422 422
admin/account/app/remove/                                            | 302 302 404 404 404 404         | 302 302 404 404 404 404
admin/account/codes/                                                 | 302 302 302 302 302 302         | 302 302 405 405 405 405
admin/account/codes/kept/                                            | 302 302 405 405 405 405         | 302 302 302 302 302 302
admin/account/codes/new/                                             | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/account/language/                                              | 302 302 405 405 405 405         | 302 302 302 302 302 302
admin/account/sessions/<slug:session>/end/                           | 302 302 405 405 405 405         | 302 302 302 302 302 302
admin/account/sessions/end-others/                                   | 302 302 405 405 405 405         | 302 302 302 302 302 302
admin/login/                                                         | 200 200 302 302 302 302         | 200 200 200 200 200 200
admin/password_reset/                                                | 200 200 200 200 200 200         | 200 200 200 200 200 200
admin/password_reset/done/                                           | 200 200 200 200 200 200         | 405 405 405 405 405 405
admin/reset/<uidb64>/<token>/                                        | 200 200 200 200 200 200         | 200 200 200 200 200 200
admin/reset/done/                                                    | 200 200 200 200 200 200         | 405 405 405 405 405 405
admin/r/<path:row>                                                   | 404 404 404 404 404 404         | 404 404 404 404 404 404
admin/articles/calendar/                                             | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/articles/calendar/address/                                     | 302 302 405 405 405 405         | 302 302 302! 302! 302! 302!
admin/health/                                                        | 302 302 403 403 200 200         | 302 302 405 405 405 405
admin/jump/                                                          | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/jump/results/                                                  | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/shortcuts/                                                     | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/                                                               | 302 302 200 200 200 200         | 302 302 200 200 200 200
admin/logout/                                                        | 302 302 405 405 405 405         | 302 302 200 200 200 200
admin/password_change/                                               | 302 302 200 200 200 200         | 302 302 200 200 200 200
admin/password_change/done/                                          | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/autocomplete/                                                  | 302 302 403 403 403 403         | 302 302 405 405 405 405
admin/jsi18n/                                                        | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/r/<path:content_type_id>/<path:object_id>/                     | 404 404 404 404 404 404         | 404 404 404 404 404 404
admin/articles/step/                                                 | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/step/add/                                             | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/step/<path:object_id>/history/                        | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/step/<path:object_id>/delete/                         | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/step/<path:object_id>/change/                         | 302 302 403 403 200 200         | 302 302 403 403 403 403
admin/articles/step/<path:object_id>/                                | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/articles/correctionrequest/                                    | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/correctionrequest/add/                                | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/correctionrequest/<path:object_id>/history/           | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/correctionrequest/<path:object_id>/delete/            | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/correctionrequest/<path:object_id>/change/            | 302 302 403 403 200 200         | 302 302 403 403 302 302
admin/articles/correctionrequest/<path:object_id>/                   | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/articles/correction/                                           | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/correction/add/                                       | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/correction/<path:object_id>/history/                  | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/correction/<path:object_id>/delete/                   | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/correction/<path:object_id>/change/                   | 302 302 403 403 200 200         | 302 302 403 403 403 403
admin/articles/correction/<path:object_id>/                          | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/articles/articlebatch/<path:object_id>/change/                 | 302 302 302 302 200 200         | 302 302 302 302 302! 302!
admin/articles/articlebatch/                                         | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/articlebatch/add/                                     | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/articlebatch/<path:object_id>/history/                | 302 302 302 302 200 200         | 302 302 302 302 200 200
admin/articles/articlebatch/<path:object_id>/delete/                 | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/articlebatch/<path:object_id>/                        | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/articles/image/<path:object_id>/take-down/                     | 302 302 403 403 200 200         | 302 302 403 403 422 422
admin/articles/image/<path:object_id>/bring-back/                    | 302 302 403 403 200 200         | 302 302 403 403 302 302
admin/articles/image/<path:object_id>/describe/                      | 302 302 405 405 405 405         | 302 302 403 403 200 200
admin/articles/image/pick/                                           | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/image/pick/<int:key>/                                 | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/image/                                                | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/image/add/                                            | 302 302 200 403 200 200         | 302 302 422 403 422 422
admin/articles/image/<path:object_id>/history/                       | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/image/<path:object_id>/delete/                        | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/image/<path:object_id>/change/                        | 302 302 200 403 200 200         | 302 302 403 403 200 200
admin/articles/image/<path:object_id>/                               | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/articles/person/suggest/                                       | 302 302 200 403 200 200         | 302 302 405 405 405 405
admin/articles/person/                                               | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/person/add/                                           | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/person/<path:object_id>/history/                      | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/person/<path:object_id>/delete/                       | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/person/<path:object_id>/change/                       | 302 302 200 403 200 200         | 302 302 403 403 200 200
admin/articles/person/<path:object_id>/                              | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/articles/tag/suggest/                                          | 302 302 200 403 200 200         | 302 302 405 405 405 405
admin/articles/tag/duplicates/                                       | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/tag/duplicates/apart/                                 | 302 302 405 405 405 405         | 302 302 403 403 302 302
admin/articles/tag/duplicates/again/                                 | 302 302 405 405 405 405         | 302 302 403 403 302 302
admin/articles/tag/merge/                                            | 302 302 403 403 409 409         | 302 302 403 403 409 409
admin/articles/tag/undo/<int:step>/                                  | 302 302 403 403 200 200         | 302 302 403 403 302! 302!
admin/articles/tag/                                                  | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/tag/add/                                              | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/tag/<path:object_id>/history/                         | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/tag/<path:object_id>/delete/                          | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/tag/<path:object_id>/change/                          | 302 302 200 403 200 200         | 302 302 403 403 200 200
admin/articles/tag/<path:object_id>/                                 | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/articles/tagstep/                                              | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/tagstep/add/                                          | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/tagstep/<path:object_id>/history/                     | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/articles/tagstep/<path:object_id>/delete/                      | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/articles/tagstep/<path:object_id>/change/                      | 302 302 403 403 200 200         | 302 302 403 403 403 403
admin/articles/tagstep/<path:object_id>/                             | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/comments/batch/<path:object_id>/change/                        | 302 302 403 200 403 200         | 302 302 403 302! 403 302!
admin/comments/classifier/                                           | 302 302 403 200 403 200         | 302 302 403 403 403 422
admin/comments/comment/                                              | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/comment/add/                                          | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/comments/comment/<path:object_id>/history/                     | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/comment/<path:object_id>/delete/                      | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/comments/comment/<path:object_id>/change/                      | 302 302 403 200 403 200         | 302 302 403 422 403 422
admin/comments/comment/<path:object_id>/                             | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/comments/commenter/mute/                                       | 302 302 403 404 403 404         | 302 302 403 404 403 404
admin/comments/commenter/mutes/                                      | 302 302 403 200 403 200         | 302 302 403 409 403 409
admin/comments/commenter/                                            | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/commenter/add/                                        | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/comments/commenter/<path:object_id>/history/                   | 302 302 404 404 404 404         | 302 302 404 404 404 404
admin/comments/commenter/<path:object_id>/delete/                    | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/comments/commenter/<path:object_id>/change/                    | 302 302 403 200 403 200         | 302 302 403 422 403 422
admin/comments/commenter/<path:object_id>/                           | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/comments/decision/table.csv                                    | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/decision/                                             | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/decision/add/                                         | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/comments/decision/<path:object_id>/history/                    | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/decision/<path:object_id>/delete/                     | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/comments/decision/<path:object_id>/change/                     | 302 302 403 200 403 200         | 302 302 403 403 403 403
admin/comments/decision/<path:object_id>/                            | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/comments/numbers/                                              | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/queue/                                                | 302 302 403 200 403 200         | 302 302 405 405 405 405
admin/comments/queue/decide/                                         | 302 302 405 405 405 405         | 302 302 403 422 403 422
admin/comments/queue/undo/                                           | 302 302 405 405 405 405         | 302 302 403 404 403 404
admin/comments/queue/news/                                           | 302 302 403 200 403 200         | 302 302 405 405 405 405
admin/comments/rulesetting/                                          | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/rulesetting/<str:name>/change/                        | 302 302 403 200 403 200         | 302 302 403 409 403 409
admin/comments/secondlook/                                           | 302 302 403 200 403 200         | 302 302 403 422 403 422
admin/comments/term/                                                 | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/term/add/                                             | 302 302 403 200 403 200         | 302 302 403 422 403 422
admin/comments/term/<path:object_id>/history/                        | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/term/<path:object_id>/delete/                         | 302 302 403 200 403 200         | 302 302 403 200 403 200
admin/comments/term/<path:object_id>/change/                         | 302 302 403 200 403 200         | 302 302 403 422 403 422
admin/comments/term/<path:object_id>/                                | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/auth/group/                                                    | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/group/add/                                                | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/group/<path:object_id>/history/                           | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/group/<path:object_id>/delete/                            | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/group/<path:object_id>/change/                            | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/group/<path:object_id>/                                   | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/auth/user/<id>/second-factor/                                  | 302 302 403 403 403 200         | 302 302 403 403 403 422
admin/auth/user/<id>/password/                                       | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/user/                                                     | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/user/add/                                                 | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/user/<path:object_id>/history/                            | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/user/<path:object_id>/delete/                             | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/user/<path:object_id>/change/                             | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/auth/user/<path:object_id>/                                    | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/articles/article/filters/save/                                 | 302 302 405 405 405 405         | 302 302 302 302 302 302
admin/articles/article/filters/<int:key>/remove/                     | 302 302 405 405 405 405         | 302 302 302 302 302 302
admin/articles/article/<path:object_id>/steps/<slug:name>/           | 302 302 403/302/403 403 302 302 | 302 302 403/302/403 403 302 302
admin/articles/article/<path:object_id>/unsaved/                     | 302 302 200/404/200 200 200 200 | 302 302 405/405/405 405 405 405
admin/articles/article/<path:object_id>/unsaved/keep/                | 302 302 405/405/405 405 405 405 | 302 302 200/404/403 403 200 200
admin/articles/article/<path:object_id>/unsaved/take/                | 302 302 405/405/405 405 405 405 | 302 302 302/404/403 403 302 302
admin/articles/article/<path:object_id>/unsaved/throw-away/          | 302 302 405/405/405 405 405 405 | 302 302 302!/404/302! 302! 302! 302!
admin/articles/article/<path:object_id>/presence/                    | 302 302 200/404/403 403 200 200 | 302 302 405/405/405 405 405 405
admin/articles/article/<path:object_id>/checklist/                   | 302 302 405/405/405 405 405 405 | 302 302 200/404/403 403 200 200
admin/articles/article/<path:object_id>/preview/                     | 302 302 200/404/200 200 200 200 | 302 302 405/405/405 405 405 405
admin/articles/article/<path:object_id>/preview/typed/               | 302 302 405/405/405 405 405 405 | 302 302 200/404/403 403 200 200
admin/articles/article/<path:object_id>/previews/                    | 302 302 200/404/200 200 200 200 | 302 302 422/404/403 403 422 422
admin/articles/article/<path:object_id>/previews/<int:link>/revoke/  | 302 302 405/405/405 405 405 405 | 302 302 302!/404/403 403 302! 302!
admin/articles/article/<path:object_id>/propose/                     | 302 302 403/404/200 403 403 403 | 302 302 403/404/422 403 403 403
admin/articles/article/<path:object_id>/proposals/<int:key>/         | 302 302 200/404/403 403 200 200 | 302 302 403/404/403 403 403 403
admin/articles/article/<path:object_id>/recall/                      | 302 302 405/405/405 405 405 405 | 302 302 302/404/302 403 403 403
admin/articles/article/<path:object_id>/translate/                   | 302 302 200/404/200 403 200 200 | 302 302 422/404/422 403 422 422
admin/articles/article/<path:object_id>/source/                      | 302 302 404/404/404 404 404 404 | 302 302 405/405/405 405 405 405
admin/articles/article/<path:object_id>/up-to-date/                  | 302 302 405/405/405 405 405 405 | 302 302 404/404/404 404 404 404
admin/articles/article/<path:object_id>/duplicate/                   | 302 302 200/404/200 403 200 200 | 302 302 302!/404/302! 403 302! 302!
admin/articles/article/<path:object_id>/revisions/                   | 302 302 200/404/200 200 200 200 | 302 302 200/404/200 200 200 200
admin/articles/article/<path:object_id>/revisions/compare/           | 302 302 200/404/200 200 200 200 | 302 302 200/404/200 200 200 200
admin/articles/article/<path:object_id>/revisions/<int:key>/name/    | 302 302 200/404/403 403 200 200 | 302 302 200/404/403 403 200 200
admin/articles/article/<path:object_id>/revisions/<int:key>/restore/ | 302 302 405/405/405 405 405 405 | 302 302 302/404/403 403 302 302
admin/articles/article/link-targets/                                 | 302 302 200 200 200 200         | 302 302 405 405 405 405
admin/articles/article/                                              | 302 302 200 200 200 200         | 302 302 200 200 200 200
admin/articles/article/add/                                          | 302 302 200 403 200 200         | 302 302 200 403 200 200
admin/articles/article/add/unsaved/                                  | 302 302 404 403 404 404         | 302 302 405 405 405 405
admin/articles/article/add/unsaved/keep/                             | 302 302 405 405 405 405         | 302 302 200! 403 200! 200!
admin/articles/article/add/unsaved/take/                             | 302 302 405 405 405 405         | 302 302 404 403 404 404
admin/articles/article/add/unsaved/throw-away/                       | 302 302 405 405 405 405         | 302 302 404 403 404 404
admin/articles/article/add/presence/                                 | 302 302 200 403 200 200         | 302 302 405 405 405 405
admin/articles/article/<path:object_id>/history/                     | 302 302 200/302/200 200 200 200 | 302 302 200/302/200 200 200 200
admin/articles/article/<path:object_id>/delete/                      | 302 302 403/403/403 403 302 302 | 302 302 403/403/403 403 302 302
admin/articles/article/<path:object_id>/change/                      | 302 302 200/302/200 200 200 200 | 302 302 200/404/403 403 200 200
admin/articles/article/<path:object_id>/                             | 302 302 302/302/302 302 302 302 | 302 302 302/302/302 302 302 302
admin/newsroom/securityevent/                                        | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/newsroom/securityevent/add/                                    | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/newsroom/securityevent/<path:object_id>/history/               | 302 302 403 403 403 200         | 302 302 403 403 403 200
admin/newsroom/securityevent/<path:object_id>/delete/                | 302 302 403 403 403 403         | 302 302 403 403 403 403
admin/newsroom/securityevent/<path:object_id>/change/                | 302 302 403 403 403 200         | 302 302 403 403 403 403
admin/newsroom/securityevent/<path:object_id>/                       | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/flatpages/flatpage/                                            | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/flatpages/flatpage/add/                                        | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/flatpages/flatpage/<path:object_id>/history/                   | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/flatpages/flatpage/<path:object_id>/delete/                    | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/flatpages/flatpage/<path:object_id>/change/                    | 302 302 403 403 200 200         | 302 302 403 403 200 200
admin/flatpages/flatpage/<path:object_id>/                           | 302 302 302 302 302 302         | 302 302 302 302 302 302
admin/^(?P<app_label>…)/$                                            | 302 302 200 200 200 200         | 302 302 200 200 200 200
admin/(?P<url>.*)$                                                   | 302 302 404 404 404 404         | 302 302 404 404 404 404
"""

ROWS = {
    route.strip(): (got.split(), posted.split())
    for route, got, posted in (line.split(" | ") for line in TABLE.strip().splitlines())
}
AREAS = list(dict.fromkeys("/".join(route.split("/")[1:3]) for route in ROWS))


def rows_of(area):
    return [route for route in ROWS if "/".join(route.split("/")[1:3]) == area]


def said(status, changed):
    return f"{status}{'!' if changed else ''}"


def answers(world, method, route):
    for who in PEOPLE:
        articles = ARTICLES if who == "writer" and is_of_an_article(route) else ["live"]
        yield "/".join(
            said(*world.answer(who, method, route, article)) for article in articles
        )


def test_every_address_of_the_desk_has_a_row():
    missing = [route for route in routes() if route not in ROWS]
    assert not missing, f"Say in TABLE who may ask for {', '.join(missing)}."
    gone = [route for route in ROWS if route not in routes()]
    assert not gone, f"Take {', '.join(gone)} out of TABLE."


@pytest.mark.parametrize("area", AREAS)
def test_each_gets_the_answer_that_is_theirs(world, area):
    wrong = []
    for route in rows_of(area):
        got, posted = ROWS[route]
        for method, expected in [("get", got), ("post", posted)]:
            found = list(answers(world, method, route))
            if found != expected:
                wrong.append(f"{method} {route}: {found}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_nobody_without_a_right_changes_anything_and_no_look_changes_anything():
    for route, (got, posted) in ROWS.items():
        assert "!" not in "".join(got), route
        for answer in "/".join(posted).split("/"):
            if answer.endswith("!"):
                assert answer in {"302!", "200!"}, route
        nobody, reader = posted[:2]
        assert "!" not in nobody + reader, route


def test_what_was_not_sent_from_here_is_refused(world):
    for route, (_, posted) in ROWS.items():
        if posted[-1].rstrip("!") in {"405", "404"}:
            continue
        assert world.answer_without_token(route) == 403, route


# The sign-in pages, where NOT_SIGNED_IN get other answers than nobody. GET and empty POST.
GOES_ON = {
    "typed the password": {"admin/login/second/": (200, 422)},
    "signed in before the factor": {},
    "has to add a factor": {
        "admin/account/add/": (200, 405),
        "admin/account/passkeys/add/": (200, 405),
        "admin/account/passkeys/options/": (405, 200),
        "admin/account/passkeys/new/": (405, 422),
        "admin/account/app/": (200, 422),
    },
}


@pytest.mark.parametrize("who", NOT_SIGNED_IN)
def test_a_superuser_whose_second_factor_is_missing_gets_what_nobody_gets(
    world, settings, who
):
    world.sessions[who] = not_signed_in(who, settings)
    wrong = []

    def ask_everything():
        for route, (got, posted) in ROWS.items():
            expected = GOES_ON[who].get(route) or (int(got[0]), int(posted[0]))
            address = world.address(route, "live")
            for method, status in zip(["get", "post"], expected, strict=True):
                found = world.ask(who, address, method).status_code
                if found != status:
                    wrong.append(f"{method} {route}: {found}, not {status}")

    assert not world.changes_while(ask_everything)
    # The session that asked was still this one in the end.
    assert StaffSession.objects.lasting().filter(pk=world.sessions[who]).exists()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", NOT_SIGNED_IN)
def test_they_are_nobody_on_public_pages_too(world, settings, who):
    world.sessions[who] = not_signed_in(who, settings)
    draft, live = world.articles["foreign"], world.articles["live"]
    assert world.ask("superuser", draft.get_absolute_url()).status_code == 200
    assert world.ask(who, draft.get_absolute_url()).status_code == 404
    thread = f"{live.get_absolute_url()}comments/"
    desk = "/admin/comments/comment/"
    assert desk in world.ask("superuser", thread).text
    assert desk not in world.ask(who, thread).text
    image = f"/media/image/{world.things['articles/image']}/"
    assert world.ask("superuser", image).status_code != 404
    assert world.ask(who, image).status_code == 404
