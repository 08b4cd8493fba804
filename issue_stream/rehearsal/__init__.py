"""A written scenario, played on a simulated clock through the same agents: `run.run_file` is the way in."""
