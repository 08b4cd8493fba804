"""How often somebody may ask: by network address, partner contact and API key. Kept in memory of one process."""

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from issue_stream.web.settings import WebSettings

RETRY_AFTER_S = 30
"""Half the window: by then half of what was asked has left it."""


class TooMany(Exception):
    """Asked more often than allowed; may ask again after RETRY_AFTER_S."""


class Limits:
    """Counts in sliding windows of a minute; raises TooMany."""

    def __init__(self, settings: WebSettings) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._address = RateLimitItemPerMinute(settings.address_requests_per_minute)
        self._partner = RateLimitItemPerMinute(settings.partner_posts_per_minute)
        self._key = RateLimitItemPerMinute(settings.api_requests_per_minute)
        self._sign_in = RateLimitItemPerMinute(10)

    def address(self, address: str) -> None:
        """One request of a network address."""
        self._hit(self._address, "address", address)

    def partner(self, contact: str) -> None:
        """One change by a partner contact, or by an address that raises publicly."""
        self._hit(self._partner, "partner", contact)

    def api_key(self, key: str) -> None:
        """One request with an API key."""
        self._hit(self._key, "key", key)

    def sign_in(self, address: str) -> None:
        """One request for a sign-in link: few, because each sends a letter."""
        self._hit(self._sign_in, "sign-in", address)

    def _hit(self, item: RateLimitItemPerMinute, kind: str, who: str) -> None:
        if not self._limiter.hit(item, kind, who):
            raise TooMany(kind)
