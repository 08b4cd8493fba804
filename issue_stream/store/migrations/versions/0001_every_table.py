"""Every table as it was at the beginning."""

import sqlalchemy as sa
from alembic import op

from issue_stream.store.types import InstantColumn

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _commands()
    _events()
    _contents()
    _issues()
    _timers()
    _problems()
    _followers()
    _waiting_commands()
    _outbox()
    _notices()
    _dead_letters()
    _tallies()
    _heartbeats()
    _policies()
    _digests()
    _partners()
    _contacts()
    _staff()
    _sign_in_links()
    _sessions()
    _api_keys()
    _idempotency_keys()
    _numbers()
    _settings()


def _commands() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("issue_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("by_kind", sa.String(20), nullable=False),
        sa.Column("by_id", sa.String(64), nullable=False),
        sa.Column("refusal", sa.String(60), nullable=False),
        sa.Column("refusal_text", sa.String(600), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
    )
    op.create_index(op.f("ix_commands_issue_id"), "commands", ["issue_id"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("issue_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("issue_id", "version", name=op.f("uq_events_issue_id_version")),
    )
    op.create_index(op.f("ix_events_kind_at"), "events", ["kind", "at"])


def _contents() -> None:
    op.create_table(
        "contents",
        sa.Column("id", sa.String(80), primary_key=True),
        sa.Column("media_type", sa.String(120), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("path", sa.String(200)),
        sa.Column("at", InstantColumn(), nullable=False),
    )


def _issues() -> None:
    op.create_table(
        "issues",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("partner_id", sa.String(64), nullable=False),
        sa.Column("contact_id", sa.String(64), nullable=False),
        sa.Column("tier", sa.String(40), nullable=False),
        sa.Column("category", sa.String(64)),
        sa.Column("team", sa.String(64)),
        sa.Column("owner_id", sa.String(64)),
        sa.Column("offered_to", sa.String(64)),
        sa.Column("offer_team", sa.String(64)),
        sa.Column("accept_by", InstantColumn()),
        sa.Column("refusals", sa.Integer(), nullable=False),
        sa.Column("asked_lead", sa.Boolean(), nullable=False),
        sa.Column("triage_asked", sa.Boolean(), nullable=False),
        sa.Column("priority_rank", sa.Integer(), nullable=False),
        sa.Column("blocked_amount", sa.Numeric(16, 2)),
        sa.Column("blocked_by", sa.Date()),
        sa.Column("summary", sa.String(80), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("waiting_for", sa.String(20)),
        sa.Column("next_update_at", InstantColumn()),
        sa.Column("promised_for", InstantColumn()),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("unanswered_words", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.String(64)),
        sa.Column("close_reason", sa.String(20)),
        sa.Column("surprises", sa.Integer(), nullable=False),
        sa.Column("raised_at", InstantColumn(), nullable=False),
        sa.Column("accepted_at", InstantColumn()),
        sa.Column("resolved_at", InstantColumn()),
        sa.Column("closed_at", InstantColumn()),
        sa.Column("last_told_at", InstantColumn()),
        sa.Column("last_partner_word_at", InstantColumn()),
        sa.Column("changed_at", InstantColumn(), nullable=False),
        sa.UniqueConstraint("number", name=op.f("uq_issues_number")),
    )
    _issues_indexes()


def _issues_indexes() -> None:
    op.create_index(op.f("ix_issues_changed_at"), "issues", ["changed_at"])
    op.create_index(op.f("ix_issues_contact_id"), "issues", ["contact_id"])
    op.create_index(op.f("ix_issues_open_offered"), "issues", ["is_open", "offered_to", "accept_by"])
    op.create_index(
        op.f("ix_issues_open_owner"),
        "issues",
        [
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
        ],
    )
    op.create_index(op.f("ix_issues_open_rank"), "issues", ["is_open", "priority_rank", "raised_at"])
    op.create_index(
        op.f("ix_issues_open_team"), "issues", ["is_open", "offer_team", "state", "priority_rank", "raised_at"]
    )
    op.create_index(op.f("ix_issues_partner_id"), "issues", ["partner_id"])
    op.create_index(op.f("ix_issues_problem_id"), "issues", ["problem_id"])
    op.create_index(op.f("ix_issues_raised_at"), "issues", ["raised_at"])


def _timers() -> None:
    op.create_table(
        "timers",
        sa.Column("issue_id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("ref", sa.String(120), primary_key=True),
        sa.Column("due_at", InstantColumn(), nullable=False),
        sa.Column("claimed_until", InstantColumn()),
    )
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"])


def _problems() -> None:
    op.create_table(
        "problems",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("category", sa.String(64)),
        sa.Column("made_at", InstantColumn(), nullable=False),
    )


def _followers() -> None:
    op.create_table(
        "followers",
        sa.Column("issue_id", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.String(64), primary_key=True),
    )
    op.create_index(op.f("ix_followers_staff_id"), "followers", ["staff_id"])


def _waiting_commands() -> None:
    op.create_table(
        "waiting_commands",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("issue_id", sa.String(64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.Column("sent_at", InstantColumn()),
    )
    op.create_index(op.f("ix_waiting_commands_sent_at"), "waiting_commands", ["sent_at"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("event_id", sa.Uuid(), primary_key=True),
        sa.Column("at", InstantColumn(), nullable=False),
    )
    op.create_index(op.f("ix_outbox_at"), "outbox", ["at"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("key", sa.String(120), primary_key=True),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("recipient", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("issue_id", sa.String(64)),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.Column("due_at", InstantColumn(), nullable=False),
        sa.Column("claimed_until", InstantColumn()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", InstantColumn()),
        sa.Column("sent_with", sa.String(120)),
        sa.Column("address", sa.String(320)),
        sa.Column("subject", sa.String(600)),
        sa.Column("text", sa.Text()),
        sa.Column("html", sa.Text()),
        sa.Column("failure", sa.String(600)),
    )
    _notices_indexes()


def _notices_indexes() -> None:
    op.create_index(op.f("ix_notices_issue_id"), "notices", ["issue_id"])
    op.create_index(op.f("ix_notices_recipient_sent_at"), "notices", ["recipient", "sent_at"])
    op.create_index(op.f("ix_notices_sent_at"), "notices", ["sent_at"])
    op.create_index(op.f("ix_notices_state_due_at"), "notices", ["state", "due_at"])


def _dead_letters() -> None:
    op.create_table(
        "dead_letters",
        sa.Column("topic", sa.String(120), primary_key=True),
        sa.Column("partition", sa.Integer(), primary_key=True),
        sa.Column("offset", sa.BigInteger(), primary_key=True),
        sa.Column("agent", sa.String(60), nullable=False),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("value", sa.LargeBinary()),
        sa.Column("reason", sa.String(600), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.Column("replayed_at", InstantColumn()),
    )


def _tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("n", sa.BigInteger(), nullable=False),
    )


def _heartbeats() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("part", sa.String(40), primary_key=True),
        sa.Column("worker", sa.String(80), primary_key=True),
        sa.Column("at", InstantColumn(), nullable=False),
        sa.Column("note", sa.String(600), nullable=False),
    )


def _policies() -> None:
    op.create_table(
        "policies",
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
    )


def _digests() -> None:
    op.create_table(
        "digests",
        sa.Column("staff_id", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
    )


def _partners() -> None:
    op.create_table(
        "partners",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("tier", sa.String(40), nullable=False),
        sa.Column("region", sa.String(40), nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("channel_manager_id", sa.String(64)),
        sa.Column("domains", sa.String(600), nullable=False),
    )


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("partner_id", sa.String(64)),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("zone", sa.String(60)),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_contacts_partner_id")),
        sa.UniqueConstraint("email", name=op.f("uq_contacts_email")),
    )
    op.create_index(op.f("ix_contacts_partner_id"), "contacts", ["partner_id"])


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("team", sa.String(64)),
        sa.Column("skills", sa.String(600), nullable=False),
        sa.Column("regions", sa.String(600), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("zone", sa.String(60), nullable=False),
        sa.Column("away_from", InstantColumn()),
        sa.Column("away_until", InstantColumn()),
        sa.Column("backup_id", sa.String(64)),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )


def _sign_in_links() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("expires_at", InstantColumn(), nullable=False),
        sa.Column("used_at", InstantColumn()),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sign_in_links_staff_id")),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("staff_id", sa.String(64), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("made_at", InstantColumn(), nullable=False),
        sa.Column("expires_at", InstantColumn(), nullable=False),
        sa.Column("revoked_at", InstantColumn()),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_sessions_staff_id")),
    )
    op.create_index(op.f("ix_sessions_staff_id"), "sessions", ["staff_id"])


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("partner_id", sa.String(64)),
        sa.Column("made_at", InstantColumn(), nullable=False),
        sa.Column("revoked_at", InstantColumn()),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_api_keys_partner_id")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )


def _idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("issue_id", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", InstantColumn(), nullable=False),
    )


def _numbers() -> None:
    op.create_table(
        "numbers",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("last", sa.Integer(), nullable=False),
    )


def _settings() -> None:
    op.create_table(
        "settings",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
    )
