"""How a notice looks and how it leaves; knows no agents and no store."""
