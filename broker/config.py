"""Settings of the broker: defaults, a TOML file, the environment. The only place that reads the environment."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "WICKET_BROKER_"
DELIMITER = "__"
DATABASES = ("postgresql+asyncpg://", "sqlite+aiosqlite://")

PositiveSeconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Port = Annotated[int, Field(ge=0, le=65535)]


class ConfigError(Exception):
    """The settings cannot be used; the text names each key, where it comes from, and what to do."""


class Section(BaseModel):
    """Base of all sections: unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSection(Section):
    """The one HTTPS port."""

    host: str = "127.0.0.1"
    port: Port = 8443
    names: list[str] = Field(["localhost", "127.0.0.1"], description="Names in the broker's own certificate.")
    public_url: str | None = Field(None, description="What agents and users reach the broker by.")
    certificate: Path | None = Field(None, description="PEM chain, leaf first; our own CA's is made when absent.")
    key: Path | None = None
    local_http_port: Port | None = Field(None, description="Pages and API on http://localhost too; 0: any port.")
    shutdown_seconds: PositiveSeconds = 15

    @model_validator(mode="after")
    def _certificate_and_key_come_together(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key are set together, or neither")
        return self


class DatabaseSection(Section):
    """SQLite in the data folder by default."""

    url: SecretStr | None = Field(None, description="postgresql+asyncpg://user:password@host/database")
    pool_size: Count = 10
    migrate_on_start: bool = True

    @field_validator("url")
    @classmethod
    def _is_of_a_kind_we_speak(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(DATABASES):
            raise ValueError(f"begins with {' or '.join(DATABASES)}")
        return url


class StorageSection(Section):
    """Where things are kept."""

    data: Path = Field(Path("wicketgate-data"), description="Keys, database, recordings.")
    recordings: Path | None = Field(None, description="Defaults to 'recordings' in the data folder.")
    min_free_mb: Annotated[int, Field(ge=0)] = 256


class LimitsSection(Section):
    """What one stranger, user, asset or agent may cost."""

    handshake_seconds: PositiveSeconds = 10
    head_seconds: PositiveSeconds = 10
    max_connections: Count = 20_000
    max_connections_per_address: Count = 256
    sessions_per_user: Count = 10
    sessions_per_asset: Count = 4
    sessions_per_agent: Count = 200
    streams_per_agent: Count = 500


class SessionsSection(Section):
    """Times of sessions and of the links to agents."""

    dial_seconds: PositiveSeconds = 25
    linger_seconds: PositiveSeconds = 120
    heartbeat_seconds: PositiveSeconds = 15
    idle_streams: Annotated[int, Field(ge=0, le=16)] = 1


class IdentitySection(Section):
    """Logins."""

    access_token_seconds: PositiveSeconds = 600
    refresh_token_days: Annotated[int, Field(ge=1, le=90)] = 7
    argon2_memory_kib: Annotated[int, Field(ge=8, le=1_048_576)] = 65_536
    argon2_time: Annotated[int, Field(ge=1, le=20)] = 3
    argon2_lanes: Annotated[int, Field(ge=1, le=16)] = 4


class MetricsSection(Section):
    """Prometheus metrics, on a listener of their own, loopback only; port 0 switches it off."""

    host: Literal["127.0.0.1", "::1"] = "127.0.0.1"
    port: Port = 0


class LogSection(Section):
    """Logs go to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"


class Settings(BaseSettings):
    """Everything that can be set, by section."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=DELIMITER, extra="forbid", frozen=True, env_ignore_empty=True
    )
    server: ServerSection = ServerSection()
    database: DatabaseSection = DatabaseSection()
    storage: StorageSection = StorageSection()
    limits: LimitsSection = LimitsSection()
    sessions: SessionsSection = SessionsSection()
    identity: IdentitySection = IdentitySection()
    metrics: MetricsSection = MetricsSection()
    log: LogSection = LogSection()
    master_key: SecretStr | None = Field(None, description="Base64 of 32 bytes; read from the data folder when absent.")
    previous_master_key: SecretStr | None = Field(None, description="Only while re-keying.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is pydantic-settings' own
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file (given as initial values); nothing else is read."""
        return env_settings, init_settings

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL in force."""
        if self.database.url is not None:
            return self.database.url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.storage.data.resolve() / 'broker.db'}"

    @property
    def recordings_folder(self) -> Path:
        """Where recordings go."""
        return self.storage.recordings or self.storage.data / "recordings"

    @property
    def refresh_lifetime(self) -> timedelta:
        """How long a login can be kept alive without its password."""
        return timedelta(days=self.identity.refresh_token_days)


@dataclass(frozen=True, slots=True)
class EffectiveValue:
    """One setting as ``check-config`` prints it; secrets are masked."""

    key: str
    value: str
    origin: str


def load(file: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raise ``ConfigError`` for anything unknown or out of range."""
    environment = os.environ if environment is None else environment
    values = _read_toml(file) if file is not None else {}
    unknown = sorted(set(_prefixed(environment)) - set(_environment_names()))
    if unknown:
        names = ", ".join(unknown)
        raise ConfigError(f"Unknown environment variables: {names}.\nSee 'wicket-broker check-config --names'.")
    try:
        return Settings(**values)
    except ValidationError as error:
        raise ConfigError(_explain(error, file)) from error


def effective(
    settings: Settings, file: Path | None, environment: Mapping[str, str] | None = None
) -> list[EffectiveValue]:
    """List every setting with its value in force and where it comes from."""
    environment = os.environ if environment is None else environment
    given = dict(_leaves(_read_toml(file))) if file is not None else {}
    rows = []
    for key, value in _leaves({name: getattr(settings, name) for name in Settings.model_fields}):
        variable = PREFIX + key.replace(".", DELIMITER).upper()
        origin = (
            f"environment {variable}" if environment.get(variable) else f"file {file}" if key in given else "default"
        )
        rows.append(EffectiveValue(key, _masked(value), origin))
    return rows


def setting_names() -> list[tuple[str, str, str]]:
    """Every key with its environment variable and description, for help and docs."""
    rows = []
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, Section):
            rows += [(f"{name}.{leaf}", info.description or "") for leaf, info in section.model_fields.items()]
        else:
            rows.append((name, field.description or ""))
    return [(key, PREFIX + key.replace(".", DELIMITER).upper(), description) for key, description in rows]


def _environment_names() -> list[str]:
    return [variable for _, variable, _ in setting_names()]


def _prefixed(environment: Mapping[str, str]) -> Iterator[str]:
    return (name.upper() for name in environment if name.upper().startswith(PREFIX))


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{file}: there is no such file.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file}: {error}") from error


def _leaves(value: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, item in value.items():
        if isinstance(item, BaseModel):
            item = {field: getattr(item, field) for field in type(item).model_fields}  # noqa: PLW2901
        if isinstance(item, Mapping):
            yield from _leaves(item, f"{prefix}{name}.")
        else:
            yield prefix + name, item


def _masked(value: object) -> str:
    match value:
        case SecretStr():
            return "********"
        case None:
            return "(not set)"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def _explain(error: ValidationError, file: Path | None) -> str:
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        key = ".".join(str(part) for part in item["loc"])
        hint = "unknown setting" if item["type"] == "extra_forbidden" else item["msg"]
        lines.append(f"{key}: {hint}")
    where = f" (file {file}, environment {PREFIX}*)" if file else f" (environment {PREFIX}*)"
    return f"The settings cannot be used{where}:\n  " + "\n  ".join(lines)
