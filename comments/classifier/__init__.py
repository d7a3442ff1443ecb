"""
Whether a comment is spam, learnt from nothing but what moderators decided.

Multinomial naive Bayes over the words of a comment and pieces of them. Everything
here is pure: `features` makes a text comparable, `bayes` judges it by a table of
integer counts, `measuring` says how often it would have been right. The tables are
kept by comments.models.training.
"""
