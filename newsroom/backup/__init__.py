"""
A whole site in one file: the database, the originals of its pictures and its secret key.

`create` writes a backup, `restore` puts one back, `schedule` makes one a day and removes old ones.
Below them, `archive` knows the tar file, `rows` the lines of a table, and `database` snapshots,
migrations and sequences. docs/backups.md describes the format.
"""
