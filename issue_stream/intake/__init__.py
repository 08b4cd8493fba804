"""Where wishes come in: one door for the form, the API, the command line and staff."""
