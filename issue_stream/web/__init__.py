"""The pages of partners and staff, and the API. Receives, translates, hands over; never decides."""
