"""Runs commands of `moderation` inside the test's process, with settings of the test's own."""

from click import Command
from click.testing import CliRunner, Result

from moderation.settings import Settings, get_settings


def run(command: Command, settings: Settings, *arguments: str, code: int = 0) -> Result:
    """Run `command` and return what it printed; it must exit with `code`."""
    environment = {
        "MODERATION_DATA": str(settings.data),
        "MODERATION_DATABASE_URL": settings.database,
        "MODERATION_REDIS_URL": settings.redis,
    }
    get_settings.cache_clear()
    try:
        result = CliRunner().invoke(command, arguments, env=environment)
    finally:
        get_settings.cache_clear()

    assert result.exit_code == code, (result.output, result.exception)
    return result
