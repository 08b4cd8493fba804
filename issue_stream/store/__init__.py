"""The store: the truth of issue-stream on SQLite or PostgreSQL, and everything that reads or writes it."""
