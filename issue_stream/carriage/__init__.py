"""The embedded carriage: a Faust transport on an append-only SQLite log, one process, durable, no other software."""
