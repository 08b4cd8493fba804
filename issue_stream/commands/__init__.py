"""One file a command: options in, one call into the house, words or JSON out."""
