"""Every setting, typed, with a default and its unit; from the environment (ISSUE_STREAM_…) or .env.

With nothing set everything runs in one process on SQLite and the embedded log under `var/`. Secrets are SecretStr and
are never logged.
"""

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from issue_stream.web.settings import WebSettings

_DATABASES = ("sqlite:///", "postgresql://")
_BROKERS = ("embedded://", "kafka://")


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        env_prefix="ISSUE_STREAM_", env_file=".env", extra="ignore", env_nested_delimiter="__"
    )

    var_dir: Path = Field(default=Path("var"), description="Folder for the embedded log, the SQLite store and files.")
    database_url: str = Field(
        default="", description="sqlite:///path or postgresql://user:password@host:port/name; empty: SQLite in var_dir."
    )
    broker_url: str = Field(
        default="", description="kafka://host:port[;kafka://host:port] or embedded:///path; empty: embedded in var_dir."
    )
    policy_file: Path | None = Field(default=None, description="The policy's YAML file; empty: the default policy.")
    topic_partitions: int = Field(
        default=8, ge=1, le=256, description="Partitions of topics that are created on Kafka."
    )
    database_pool: int = Field(default=10, ge=2, le=100, description="Connections to PostgreSQL a process may hold.")
    smtp_url: SecretStr | None = Field(
        default=None,
        description="smtp[s]://user:password@host:port for mail out; empty: letters stay in the local outbox page.",
    )
    mail_from: str = Field(
        default="Partner issues <issues@example.com>", description="The sender of every letter: Name <address>."
    )
    log_format: str = Field(default="console", pattern="^(console|json)$", description="console or json.")
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$", description="Least severe log line.")
    timer_seconds: float = Field(default=0.5, gt=0, le=60, description="Seconds between two looks for due timers.")
    sweep_seconds: float = Field(
        default=0.25, gt=0, le=60, description="Seconds between two looks for wishes that other processes left."
    )
    worker_name: str = Field(default="", description="How this process is called in heartbeats; empty: host and pid.")
    web: WebSettings = Field(default_factory=WebSettings)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and not url.startswith(_DATABASES):
            raise ValueError(f"expected {' or '.join(_DATABASES)}…, found {url.partition('://')[0]}://…")
        return url

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, url: str) -> str:
        if url and not url.startswith(_BROKERS):
            raise ValueError(f"expected {' or '.join(_BROKERS)}…, found {url.partition('://')[0]}://…")
        return url

    @property
    def database(self) -> str:
        """Where the store is: the URL given, or SQLite in `var_dir`."""
        return self.database_url or f"sqlite:///{self.var_dir.resolve() / 'store.db'}"

    @property
    def broker(self) -> str:
        """Where the log is: the URL given, or the embedded one in `var_dir`."""
        return self.broker_url or f"embedded://{self.var_dir.resolve() / 'log.db'}"

    @property
    def is_embedded(self) -> bool:
        """Whether the log is a file of one process."""
        return self.broker.startswith("embedded://")

    @property
    def files_dir(self) -> Path:
        """Where attached files lie."""
        return self.var_dir / "files"
