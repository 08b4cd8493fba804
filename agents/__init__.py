"""The stream agents: a pure `decide` above, a thin `attach` below; strangers to one another."""
