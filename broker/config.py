"""Settings of the broker: defaults, a TOML file, the environment. The only place that reads the environment."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic.fields import FieldInfo
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

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Port = Field(8443, description="The one HTTPS port; 0: any.")
    names: list[str] = Field(["localhost", "127.0.0.1"], description="Names in the broker's own certificate.")
    public_url: str | None = Field(None, description="What agents and users reach the broker by.")
    certificate: Path | None = Field(None, description="PEM chain, leaf first; our own CA's is made when absent.")
    key: Path | None = Field(None, description="The private key of the certificate (PEM).")
    local_http_port: Port | None = Field(None, description="Pages and API on http://localhost too; 0: any port.")
    shutdown_seconds: PositiveSeconds = Field(15, description="Patience at the end for sessions, and for requests.")
    banner: str = Field("", max_length=4000, description="Shown to everybody before they sign in, to be accepted.")

    @model_validator(mode="after")
    def _certificate_and_key_come_together(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key are set together, or neither")
        return self


class DatabaseSection(Section):
    """SQLite in the data folder by default."""

    url: SecretStr | None = Field(None, description="postgresql+asyncpg://user:password@host/database")
    pool_size: Count = Field(10, description="Connections kept.")
    migrate_on_start: bool = Field(True, description="Bring the tables to this version at the start.")

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
    min_free_mb: Annotated[int, Field(ge=0)] = Field(256, description="Room that a new recording needs.")


class LimitsSection(Section):
    """What one stranger, user, asset or agent may cost."""

    handshake_seconds: PositiveSeconds = Field(10, description="Time for the TLS handshake.")
    head_seconds: PositiveSeconds = Field(10, description="Time for the head of the first request.")
    max_connections: Count = Field(20_000, description="Open connections in all.")
    max_connections_per_address: Count = Field(256, description="Open connections from one address.")
    sessions_per_user: Count = Field(10, description="Open sessions of one user.")
    sessions_per_asset: Count = Field(4, description="Open sessions on one asset.")
    sessions_per_agent: Count = Field(200, description="Open sessions through one agent.")
    streams_per_agent: Count = Field(500, description="Open streams through one agent.")


class SessionsSection(Section):
    """Times of sessions and of the links to agents."""

    dial_seconds: PositiveSeconds = Field(25, description="How long a stream waits for the agent to bring it.")
    linger_seconds: PositiveSeconds = Field(120, description="How long a session lives without streams and client.")
    ask_seconds: PositiveSeconds = Field(120, description="How long a question to the plant waits for an answer.")
    heartbeat_seconds: PositiveSeconds = Field(15, description="How often agents give a sign of life.")


class IdentitySection(Section):
    """Logins."""

    access_token_seconds: PositiveSeconds = Field(600, description="Life of an access token.")
    refresh_token_days: Annotated[int, Field(ge=1, le=90)] = Field(7, description="How long a login lives at most.")
    browser_idle_minutes: Annotated[int, Field(ge=5, le=1440)] = Field(
        60, description="How long a browser's login may lie unused."
    )
    argon2_memory_kib: Annotated[int, Field(ge=8, le=1_048_576)] = Field(
        65_536, description="Cost of one password check: memory."
    )
    argon2_time: Annotated[int, Field(ge=1, le=20)] = Field(3, description="Cost of one password check: passes.")
    argon2_lanes: Annotated[int, Field(ge=1, le=16)] = Field(4, description="Cost of one password check: lanes.")


class MetricsSection(Section):
    """Prometheus metrics, on a listener of their own, loopback only; port 0 switches it off."""

    host: Literal["127.0.0.1", "::1"] = Field("127.0.0.1", description="Loopback address of the metrics listener.")
    port: Port = Field(0, description="Port of the metrics listener; 0: off.")


class LogSection(Section):
    """Logs go to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least that is logged.")
    format: Literal["json", "text"] = Field("json", description="How log lines are written.")


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
    _file: Path | None = PrivateAttr(None)

    @classmethod
    def read(cls, file: Path | None) -> Self:
        """Return what the file and the environment say."""
        settings = cls(**(_read_toml(file) if file is not None else {}))
        settings._file = file
        return settings

    @property
    def file(self) -> Path | None:
        """The file that they were read from."""
        return self._file

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
    """One setting in force; secrets are masked. ``origin`` says where exactly the value comes from."""

    key: str
    value: str
    origin: str
    source: Literal["default", "file", "environment"]
    default: str
    meaning: str


def load(file: Path | None, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raise ``ConfigError`` for anything unknown or out of range."""
    environment = os.environ if environment is None else environment
    unknown = sorted(set(_prefixed(environment)) - set(_environment_names()))
    if unknown:
        names = ", ".join(unknown)
        raise ConfigError(f"Unknown environment variables: {names}.\nSee 'wicket-broker check-config --names'.")
    try:
        return Settings.read(file)
    except ValidationError as error:
        raise ConfigError(_explain(error, file)) from error


def effective(settings: Settings, environment: Mapping[str, str] | None = None) -> list[EffectiveValue]:
    """List every setting with its value in force and where it comes from."""
    environment = os.environ if environment is None else environment
    file, fields = settings.file, dict(_fields())
    given = dict(_leaves(_read_toml(file))) if file is not None else {}
    rows = []
    for key, value in _leaves({name: getattr(settings, name) for name in Settings.model_fields}):
        variable, field = _variable(key), fields[key]
        source: Literal["default", "file", "environment"] = (
            "environment" if environment.get(variable) else "file" if key in given else "default"
        )
        origin = {"environment": f"environment {variable}", "file": f"file {file}"}.get(source, source)
        rows.append(
            EffectiveValue(key, _masked(value), origin, source, _masked(field.default), field.description or "")
        )
    return rows


def setting_names() -> list[tuple[str, str, str]]:
    """Every key with its environment variable and description, for help and docs."""
    return [(key, _variable(key), field.description or "") for key, field in _fields()]


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, Section):
            yield from ((f"{name}.{leaf}", info) for leaf, info in section.model_fields.items())
        else:
            yield name, field


def _variable(key: str) -> str:
    return PREFIX + key.replace(".", DELIMITER).upper()


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
