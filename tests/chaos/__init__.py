"""Drills: real processes are stopped, killed and cut off while issues come in; nothing is lost or doubled."""
