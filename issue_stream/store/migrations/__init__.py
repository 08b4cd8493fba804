"""Revisions of the tables, run by `issue_stream/store/migrate.py` and never by hand."""
