"""Counting what a reader was sent today reads the index alone: a row of notices holds a whole letter."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_notices_recipient_sent_at", "notices"


def upgrade() -> None:
    op.drop_index(NAME, TABLE)
    op.create_index(NAME, TABLE, ["recipient", "sent_at", "state"])
