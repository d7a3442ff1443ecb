"""
The spam classifier, which learns only from the decisions of moderators.

Multinomial naive Bayes over words and character n-grams. All functions are pure:
`features` extracts the features of a text, `bayes` judges it by a table of integer
counts, `measuring` computes how often that would have been right.
comments.models.training stores the tables.
"""
