"""Runs a service's alembic migrations, from its checkout or from its wheel."""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config


def migrations_folder(package: str) -> Path:
    """Where a service's migrations lie: inside the installed package, or beside `src` in a checkout.

    Raises FileNotFoundError where neither is there.
    """
    installed = Path(str(files(package)))
    for folder in (installed / "migrations", installed.parents[1] / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise FileNotFoundError(f"the migrations of {package} are not installed")


def alembic_config(package: str, database_url: str) -> Config:
    """Alembic's configuration for one service and one database."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder(package)))
    url = database_url.replace("postgresql://", "postgresql+asyncpg://", 1)
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def upgrade(package: str, database_url: str) -> None:
    """Bring a database to the newest version. Runs its own event loop: not to be called from inside one."""
    command.upgrade(alembic_config(package, database_url), "head")
