"""Letters plugged together: who renders them, how they leave, which host their ids name. Nothing is sent here."""

from urllib.parse import urlsplit

from issue_stream.settings import Settings
from issue_stream.web.links import SignedLinks
from notifiers.choose import choose_carriers, smtp_server
from notifiers.render import make_render
from schemas.ports import Carrier, Render
from schemas.vocabulary import Channel


def carriers_of(settings: Settings) -> dict[Channel, Carrier]:
    """A carrier for each channel; without a mail server letters stay in the local outbox. Raises BadInput."""
    url = settings.smtp_url.get_secret_value() if settings.smtp_url is not None else ""
    return choose_carriers(smtp_server(url, settings.mail_from))


def renderer_of(settings: Settings) -> Render:
    """What turns notices into a letter, with links signed for their reader."""
    return make_render(SignedLinks.of(settings.web), urlsplit(settings.web.base_url).hostname or "localhost")
