"""The small sample company: invented people, partners and issues that show every part in the first minute."""
