"""Every table, as SQLAlchemy Core. Migrations in `migrations/` make them; a test holds both together.

The truth is `commands`, `events` and `contents`; `issues`, `timers` and `problems` are folds of the events, written in
the same transaction; the rest is people, access and carriage.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from issue_stream.store.types import InstantColumn

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID, NAME, ADDRESS, LINE = String(64), String(200), String(320), String(600)

# --- the truth -------------------------------------------------------------------------------------------------------

commands = Table(
    "commands",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("issue_id", ID, nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("by_kind", String(20), nullable=False),
    Column("by_id", ID, nullable=False),
    Column("refusal", String(60), nullable=False, default=""),
    Column("refusal_text", LINE, nullable=False, default=""),
    Column("events", Integer, nullable=False),
    Column("at", InstantColumn, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("issue_id", ID, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("issue_id", "version"),
    Index("ix_events_kind_at", "kind", "at"),
)

contents = Table(
    "contents",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("media_type", String(120), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("text", Text),
    Column("path", String(200)),
    Column("at", InstantColumn, nullable=False),
)

# --- folds of the events, written with them --------------------------------------------------------------------------

issues = Table(
    "issues",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(20), nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("partner_id", ID, nullable=False, index=True),
    Column("contact_id", ID, nullable=False, index=True),
    Column("tier", String(40), nullable=False),
    Column("category", ID),
    Column("team", ID),
    Column("owner_id", ID),
    Column("offered_to", ID),
    Column("offer_team", ID),
    Column("accept_by", InstantColumn),
    Column("refusals", Integer, nullable=False, default=0),
    Column("asked_lead", Boolean, nullable=False, default=False),
    Column("triage_asked", Boolean, nullable=False, default=False),
    Column("priority_rank", Integer, nullable=False),
    Column("blocked_amount", Numeric(16, 2)),
    Column("blocked_by", Date),
    Column("summary", String(80), nullable=False),
    Column("confirmed", Boolean, nullable=False),
    Column("waiting_for", String(20)),
    Column("next_update_at", InstantColumn),
    Column("promised_for", InstantColumn),
    Column("escalated", Boolean, nullable=False, default=False),
    Column("unanswered_words", Integer, nullable=False, default=0),
    Column("problem_id", ID, index=True),
    Column("close_reason", String(20)),
    Column("surprises", Integer, nullable=False, default=0),
    Column("raised_at", InstantColumn, nullable=False, index=True),
    Column("accepted_at", InstantColumn),
    Column("resolved_at", InstantColumn),
    Column("closed_at", InstantColumn),
    Column("last_told_at", InstantColumn),
    Column("last_partner_word_at", InstantColumn),
    Column("changed_at", InstantColumn, nullable=False, index=True),
    # Every column that ranks the board: with 10,000 open issues, reading their rows took 50 ms of 72, this takes 4.
    Index(
        "ix_issues_open_owner",
        "is_open",
        "owner_id",
        "confirmed",
        "offered_to",
        "offer_team",
        "next_update_at",
        "promised_for",
        "waiting_for",
        "accept_by",
        "priority_rank",
        "raised_at",
        "number",
        "id",
    ),
    Index("ix_issues_open_offered", "is_open", "offered_to", "accept_by"),
    Index("ix_issues_open_team", "is_open", "offer_team", "state", "priority_rank", "raised_at"),
    Index("ix_issues_open_rank", "is_open", "priority_rank", "raised_at"),
)

timers = Table(
    "timers",
    metadata,
    Column("issue_id", ID, primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("ref", String(120), primary_key=True),
    Column("due_at", InstantColumn, nullable=False),
    Column("claimed_until", InstantColumn),
    Index("ix_timers_due_at", "due_at"),
)

problems = Table(
    "problems",
    metadata,
    Column("id", ID, primary_key=True),
    Column("title", String(80), nullable=False),
    Column("category", ID),
    Column("made_at", InstantColumn, nullable=False),
)

followers = Table(
    "followers",
    metadata,
    Column("issue_id", ID, primary_key=True),
    Column("staff_id", ID, primary_key=True),
    Index("ix_followers_staff_id", "staff_id"),
)

# --- carriage --------------------------------------------------------------------------------------------------------

waiting_commands = Table(
    "waiting_commands",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("issue_id", ID, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("sent_at", InstantColumn, index=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("at", InstantColumn, nullable=False, index=True),
)

notices = Table(
    "notices",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("recipient", ID, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("issue_id", ID, index=True),
    Column("body", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False),  # waiting, sent, together, digest, failed
    Column("at", InstantColumn, nullable=False),
    Column("due_at", InstantColumn, nullable=False),
    Column("claimed_until", InstantColumn),
    Column("tries", Integer, nullable=False, default=0),
    Column("sent_at", InstantColumn),
    Column("sent_with", String(120)),
    Column("address", ADDRESS),
    Column("subject", LINE),
    Column("text", Text),
    Column("html", Text),
    Column("failure", LINE),
    Index("ix_notices_state_due_at", "state", "due_at"),
    Index("ix_notices_recipient_sent_at", "recipient", "sent_at", "state"),
    Index("ix_notices_sent_at", "sent_at"),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("topic", String(120), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("agent", String(60), nullable=False),
    Column("key", LargeBinary),
    Column("value", LargeBinary),
    Column("reason", LINE, nullable=False),
    Column("at", InstantColumn, nullable=False),
    Column("replayed_at", InstantColumn),
)

tallies = Table(
    "tallies",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("n", BigInteger, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("part", String(40), primary_key=True),
    Column("worker", String(80), primary_key=True),
    Column("at", InstantColumn, nullable=False),
    Column("note", LINE, nullable=False, default=""),
)

policies = Table(
    "policies",
    metadata,
    Column("version", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", InstantColumn, nullable=False),
)

digests = Table(
    "digests",
    metadata,
    Column("staff_id", ID, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("at", InstantColumn, nullable=False),
)

# --- people and access -----------------------------------------------------------------------------------------------

partners = Table(
    "partners",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("tier", String(40), nullable=False),
    Column("region", String(40), nullable=False, default=""),
    Column("zone", String(60), nullable=False, default="UTC"),
    Column("channel_manager_id", ID),
    Column("domains", LINE, nullable=False, default=""),  # space separated
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("partner_id", ID, ForeignKey("partners.id"), index=True),
    Column("name", NAME, nullable=False),
    Column("email", ADDRESS, nullable=False, unique=True),
    Column("zone", String(60)),
    Column("link_version", Integer, nullable=False, default=1),
    Column("confirmed", Boolean, nullable=False, default=True),
)

staff = Table(
    "staff",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("email", ADDRESS, nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("team", ID),
    Column("skills", LINE, nullable=False, default=""),  # space separated category ids
    Column("regions", LINE, nullable=False, default=""),  # space separated
    Column("capacity", Integer, nullable=False, default=12),
    Column("zone", String(60), nullable=False, default="UTC"),
    Column("away_from", InstantColumn),
    Column("away_until", InstantColumn),
    Column("backup_id", ID),
    Column("active", Boolean, nullable=False, default=True),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False),
    Column("expires_at", InstantColumn, nullable=False),
    Column("used_at", InstantColumn),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ID, ForeignKey("staff.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("made_at", InstantColumn, nullable=False),
    Column("expires_at", InstantColumn, nullable=False),
    Column("revoked_at", InstantColumn),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("name", NAME, nullable=False),
    Column("partner_id", ID, ForeignKey("partners.id")),  # None: a service that may act for every partner
    Column("made_at", InstantColumn, nullable=False),
    Column("revoked_at", InstantColumn),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", ID, primary_key=True),
    Column("key", NAME, primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("issue_id", ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", InstantColumn, nullable=False),
)

numbers = Table(
    "numbers",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("last", Integer, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("text", Text, nullable=False),
)
