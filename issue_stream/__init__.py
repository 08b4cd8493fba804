"""Everything that touches the world, and the plugging together."""
