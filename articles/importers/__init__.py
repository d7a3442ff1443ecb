"""
The formats that articles can be imported from, one module each.

An importer is a module with `SUFFIXES`, the file name endings of its format, and
`read(path)`, which yields an `ImportedArticle` for each article in the file or raises
`ImportRefused`. Importers only read; the module `saving` saves.
"""

from articles.importers import text

IMPORT_FORMATS = {"text": text}
