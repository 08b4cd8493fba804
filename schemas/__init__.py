"""The language of issue-stream: frozen values only; no I/O, no clock, no broker, no SQL."""
