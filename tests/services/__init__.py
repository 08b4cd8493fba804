"""Real parts for tests: Kafka from Maven jars, PostgreSQL and Chromium from Debian's packages; all on loopback."""
