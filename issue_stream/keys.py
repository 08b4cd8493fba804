"""The secret keys that sign links and forms: those that are set, or one made once and kept beside the store."""

import contextlib
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from issue_stream.settings import Settings
from schemas.errors import Unavailable

KEY_FILE = "secret.key"


def with_keys(settings: Settings) -> Settings:
    """The same settings with at least one key. Raises Unavailable when it can be neither read nor made."""
    if settings.web.secret_keys:
        return settings
    key = SecretStr(_kept(settings.var_dir / KEY_FILE))
    return settings.model_copy(update={"web": settings.web.model_copy(update={"secret_keys": (key,)})})


def _kept(file: Path) -> str:
    """The key of this file. A new one is written aside and linked into place: two that start at once agree on one."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        aside = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            aside.touch(mode=0o600)
            aside.write_text(secrets.token_hex(32))
            with contextlib.suppress(FileExistsError):
                os.link(aside, file)
        except OSError as exc:
            cause = f"{file.name} cannot be made ({exc.strerror}); set ISSUE_STREAM_WEB__SECRET_KEYS"
            raise Unavailable("the secret key", cause) from exc
        finally:
            aside.unlink(missing_ok=True)
    return file.read_text().strip()
