"""Measurements: `make bench`. Each prints one JSON object last; nothing here is asserted."""
