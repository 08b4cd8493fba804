"""A written scenario, played on a simulated clock through the same agents: `play.run_file` is the way in."""
