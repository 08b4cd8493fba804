"""Settings of the pages and the API; part of `issue_stream/settings.py`. Secrets are SecretStr and are never logged."""

from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

SHORTEST_KEY = 32
"""Characters of a secret key: 64 hexadecimal digits are 256 bits."""


class WebSettings(BaseModel):
    """How pages and API behave. Variables are ISSUE_STREAM_WEB__BASE_URL and so on."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    base_url: str = Field(default="http://127.0.0.1:8000", description="The address people reach the pages at.")
    secret_keys: tuple[SecretStr, ...] = Field(
        default=(),
        description="Keys that sign links and forms, the newest first; empty: one is made and kept in var_dir.",
    )
    max_file_mb: int = Field(default=20, ge=1, le=200, description="Megabytes one attached file may have.")
    max_body_mb: int = Field(default=64, ge=1, le=500, description="Megabytes one request may have.")
    status_link_days: int = Field(default=180, ge=1, le=3650, description="Days a partner's status link works.")
    form_link_days: int = Field(default=3650, ge=1, le=36500, description="Days a contact's own form link works.")
    session_hours: int = Field(default=12, ge=1, le=168, description="Hours a staff session lasts.")
    sign_in_minutes: int = Field(default=15, ge=1, le=120, description="Minutes a sign-in link works.")
    partner_posts_per_minute: int = Field(
        default=20, ge=1, le=10_000, description="Changes one partner contact may make a minute."
    )
    address_requests_per_minute: int = Field(
        default=240, ge=1, le=100_000, description="Requests one network address may make a minute."
    )
    api_requests_per_minute: int = Field(default=600, ge=1, le=100_000, description="Requests one API key may make.")
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="Addresses of proxies whose X-Forwarded-For is believed."
    )
    show_outbox: bool = Field(
        default=True, description="Whether admins see the local outbox while no mail server is set."
    )

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"expected http(s)://host, found {url[:80]!r}")
        return url.rstrip("/")

    @field_validator("secret_keys")
    @classmethod
    def _long_keys(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < SHORTEST_KEY for key in keys):
            raise ValueError(f"expected keys of at least {SHORTEST_KEY} characters, found a shorter one")
        return keys

    @property
    def is_https(self) -> bool:
        """Whether cookies are marked secure."""
        return self.base_url.startswith("https://")
