"""The escalation policy: the packaged default, reading a YAML text into values, reloading it, telling two apart."""
