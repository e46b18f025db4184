"""The agent's settings: one TOML file, overridden by the environment; a key that nobody knows is an error.

The only place of the agent that reads the environment. docs/agent.md lists every setting.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from agent.errors import SettingsError

ENVIRONMENT_PREFIX = "WICKET_AGENT_"
CONFIG_VARIABLE = "WICKET_AGENT_CONFIG"
DEFAULT_CONFIG = Path("/etc/wicket-agent/agent.toml")
MAX_SECRET_BYTES = 4096


def _proxy_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.username or parts.password:
        raise ValueError("write user and password_file instead of credentials in the URL")
    if parts.scheme != "http" or not parts.hostname or parts.port is None or parts.path not in ("", "/"):
        raise ValueError("must look like http://proxy.plant.local:3128 (the tunnel inside is TLS in any case)")
    return url


class ProxySettings(BaseModel):
    """The HTTP CONNECT proxy on the way to the broker; Basic authentication."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, AfterValidator(_proxy_url)] | None = None
    user: Annotated[str, Field(pattern=r"^[^:\x00-\x1f]{1,255}$")] | None = None
    password: SecretStr | None = None
    password_file: Path | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "ProxySettings":
        if self.password and self.password_file:
            raise ValueError("give password or password_file, not both")
        if self.user and not (self.password or self.password_file):
            raise ValueError("user needs password_file")
        return self

    def secret(self) -> str | None:
        """Return the password, read from its file now; raises SettingsError."""
        if self.password is not None:
            return self.password.get_secret_value()
        if self.password_file is None:
            return None
        try:
            return self.password_file.read_text(encoding="utf-8")[:MAX_SECRET_BYTES].strip("\r\n")
        except OSError as error:
            raise SettingsError(f"proxy.password_file: {error.strerror}: {self.password_file}") from error


class DeviceSettings(BaseModel):
    """How patient the agent is with devices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    connect_timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 20.0
    resolve_timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 5.0


class Settings(BaseModel):
    """All settings of the agent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state_dir: Path = Path("/var/lib/wicket-agent")
    ceiling_file: Path = Path("/etc/wicket-agent/ceiling.yaml")
    lock_by_default: bool = False
    max_streams: Annotated[int, Field(ge=1, le=1024)] = 256
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    proxy: ProxySettings = ProxySettings()
    device: DeviceSettings = DeviceSettings()


@dataclass(frozen=True, slots=True)
class Effective:
    """Settings with the origin of each value: ``default``, the file's path, or the variable's name."""

    settings: Settings
    origins: Mapping[str, str]

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """Yield key, value and origin of each setting; secrets are masked."""
        for path in _leaves(Settings):
            value: Any = self.settings
            for name in path:
                value = getattr(value, name)
            yield ".".join(path), _shown(value), self.origins[".".join(path)]


def load_settings(path: Path | None = None) -> Effective:
    """Read the file (the default one may be missing) and the environment; raises SettingsError with every problem."""
    chosen = path or Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_CONFIG)
    values = _read_toml(chosen, may_miss=path is None and CONFIG_VARIABLE not in os.environ)
    unknown = _unknown_variables()
    if unknown:
        raise SettingsError("\n".join(unknown))
    try:
        settings = Settings.model_validate(_overridden(values))
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(detail, chosen) for detail in error.errors())) from error
    return Effective(settings, {".".join(leaf): _origin(leaf, values, chosen) for leaf in _leaves(Settings)})


def _read_toml(path: Path, *, may_miss: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        if may_miss:
            return {}
        raise SettingsError(f"{path}: there is no such file") from error
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not readable as TOML: {error}") from error


def _overridden(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the file's values with those of the environment, which win."""
    found: dict[str, Any] = dict(values)
    for *sections, name in _leaves(Settings):
        if (variable := _variable((*sections, name))) not in os.environ:
            continue
        inner = found
        for section in sections:
            held = inner.get(section, {})
            if not isinstance(held, Mapping):
                break  # the file has something else there, which is an error of its own
            inner[section] = inner = dict(held)
        else:
            inner[name] = os.environ[variable]
    return found


def _leaves(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _leaves(kind, (*prefix, name))
        else:
            yield (*prefix, name)


def _variable(leaf: tuple[str, ...]) -> str:
    return ENVIRONMENT_PREFIX + "__".join(leaf).upper()


def _unknown_variables() -> list[str]:
    known = {_variable(leaf) for leaf in _leaves(Settings)} | {CONFIG_VARIABLE}
    found = [name for name in os.environ if name.upper().startswith(ENVIRONMENT_PREFIX)]
    return [f"environment: {name} is no setting; see wicket-agent check-config" for name in found if name not in known]


def _origin(leaf: tuple[str, ...], values: Mapping[str, Any], path: Path) -> str:
    if _variable(leaf) in os.environ:
        return _variable(leaf)
    inner: Any = values
    for name in leaf:
        if not isinstance(inner, Mapping) or name not in inner:
            return "default"
        inner = inner[name]
    return str(path)


def _sentence(detail: Any, path: Path) -> str:
    place = tuple(str(part) for part in detail["loc"])
    source = _variable(place) if _variable(place) in os.environ else str(path)
    if detail["type"] == "extra_forbidden":
        return f"{source}: {'.'.join(place)} is no setting; see wicket-agent check-config"
    return f"{source}: {'.'.join(place)}: {str(detail['msg']).removeprefix('Value error, ')}"


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return "********" if isinstance(value, SecretStr) else str(value)
