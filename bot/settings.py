"""Settings: every knob of the process, read from the environment once, checked at once.

Names are those of the guide and of the upstream contracts. Only `bot/bootstrap.py`, the embedded
form and the command line read them; everything else gets plain arguments. A missing or weak secret
refuses the start with a message that names the setting and never shows its value.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.secret_checks import find_weak_secrets, parse_key

GEOCODERS = frozenset({"geoclient", "geosearch", "mapbox"})


class SettingsError(Exception):
    """The settings are not fit to start with. The text lists every problem, one per line."""


def _split(value: Any) -> Any:
    """Return a comma-separated string as a tuple; leave anything else alone."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaList = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """All settings. See `.env.example` for each one's meaning; secrets are `SecretStr`."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, env_ignore_empty=True)

    # The service itself.
    public_base_url: str = "http://127.0.0.1:8311"
    database_url: str = "sqlite+aiosqlite:///.data/cityhelper.db"
    redis_url: str = "redis://127.0.0.1:8313/0"
    data_dir: str = ".data"
    spool_dir: str = ""
    spool_max_mb: int = Field(1024, ge=1)
    cities: CommaList = ("nyc",)
    log_level: str = "INFO"
    metrics_token: SecretStr = SecretStr("")
    metrics_host: str = "127.0.0.1"
    metrics_port_work: int = Field(0, ge=0, le=65535)
    metrics_port_chores: int = Field(0, ge=0, le=65535)
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    index_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    worker_concurrency: int = Field(8, ge=1, le=64)

    # Twilio (contracts: messaging, section 1).
    twilio_base_url: str = "https://api.twilio.com"
    twilio_account_sid: str = ""
    twilio_auth_tokens: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    twilio_api_key_sid: str = ""
    twilio_api_key_secret: SecretStr = SecretStr("")
    twilio_messaging_service_sid: str = ""
    twilio_numbers: CommaList = ()
    twilio_opt_out: Literal["carrier", "advanced", "ours"] = "carrier"
    twilio_per_second: float = Field(1.0, gt=0)
    twilio_quota_daily: int = 20_000
    sms_per_number_daily: int = Field(40, ge=2)
    sms_per_prefix_daily: int = Field(2000, ge=1)

    # Mail (contracts: messaging, section 3). Off without an address.
    mail_addresses: CommaList = ()
    mail_provider: Literal["sendgrid", "smtp"] = "sendgrid"
    sendgrid_base_url: str = "https://api.sendgrid.com"
    sendgrid_api_key: SecretStr = SecretStr("")
    sendgrid_inbound_keys: CommaList = ()
    sendgrid_inbound_login: SecretStr = SecretStr("")
    sendgrid_event_keys: CommaList = ()
    sendgrid_sandbox_mode: bool = False
    sendgrid_per_second: float = Field(10.0, gt=0)
    sendgrid_quota_daily: int = 100
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_per_second: float = Field(5.0, gt=0)

    # Slack (contracts: messaging, section 5). Off without a channel.
    slack_channels: CommaList = ()
    slack_ops_channel: str = ""
    slack_signing_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    slack_bot_tokens: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    slack_app_token: SecretStr = SecretStr("")
    slack_staff: CommaList = ()
    slack_base_url: str = "https://slack.com/api"
    slack_hooks_url: str = "https://hooks.slack.com/"

    # Geocoding (contracts: civic, sections 0.3, 2 and 8).
    geocoder_chain: CommaList = ("geoclient", "geosearch", "mapbox")
    geoclient_base_url: str = "https://maps.nyc.gov/geoclient/v1"
    geoclient_version: Literal["v1", "v2"] = "v1"
    geoclient_auth: Literal["query_app_id_key", "header_subscription_key"] = "query_app_id_key"
    geoclient_query_param: Literal["q", "input", "both"] = "q"
    geoclient_app_id: str = ""
    geoclient_app_key: SecretStr = SecretStr("")
    geoclient_subscription_key: SecretStr = SecretStr("")
    geoclient_app_id_2: str = ""
    geoclient_app_key_2: SecretStr = SecretStr("")
    geoclient_subscription_key_2: SecretStr = SecretStr("")
    geoclient_quota_daily: int = 100_000
    geosearch_base_url: str = "https://geosearch.planninglabs.nyc/v2"
    mapbox_base_url: str = "https://api.mapbox.com"
    mapbox_access_token: SecretStr = SecretStr("")
    mapbox_permanent: bool = False
    mapbox_quota_daily: int = 20_000

    # NYC 311 (guide 4.1; contracts: civic, section 3).
    nyc311_mode: Literal["seed", "public_readonly"] = "seed"
    nyc311_base_url: str = "https://api.nyc.gov/311/v1"
    nyc311_key: SecretStr = SecretStr("")
    nyc311_key_header: str = "X-Api-Key"
    nyc311_submit_path: str = "service-requests"
    nyc311_status_path: str = "service-requests/{id}"
    nyc311_batch_path: str = "GetServiceRequestList"
    nyc311_test: bool = False
    nyc311_per_second: float = Field(10.0, gt=0)
    nyc311_quota_daily: int = 100_000
    nyc311_portal_url: str = "https://portal.311.nyc.gov"

    # The embedded form only: the twins and the playground.
    sandbox_url: str = ""
    sandbox_signing_key: SecretStr = SecretStr("")
    playground: bool = False

    @field_validator(
        "cities",
        "geocoder_chain",
        "twilio_numbers",
        "mail_addresses",
        "sendgrid_inbound_keys",
        "sendgrid_event_keys",
        "slack_channels",
        "slack_staff",
        mode="before",
    )
    @classmethod
    def _comma_list(cls, value: Any) -> Any:
        return _split(value)

    @field_validator(
        "twilio_auth_tokens",
        "secret_keys",
        "index_keys",
        "slack_signing_secrets",
        "slack_bot_tokens",
        mode="before",
    )
    @classmethod
    def _secret_list(cls, value: Any) -> Any:
        return _split(value)

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("must begin with sqlite+aiosqlite:/// or postgresql+asyncpg://")
        return value

    @field_validator("geocoder_chain")
    @classmethod
    def _known_geocoders(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not GEOCODERS.issuperset(value):
            raise ValueError(f"must name one or more of {', '.join(sorted(GEOCODERS))}")
        return value

    @model_validator(mode="after")
    def _strong_secrets(self) -> Settings:
        problems = find_weak_secrets(self)
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def mail_on(self) -> bool:
        """Whether a city has a mail address, so that there is mail at all."""
        return bool(self.mail_addresses)

    @property
    def geoclient_spare(self) -> bool:
        """Whether Geoclient has a second key, for when the first one's day is spent."""
        if self.geoclient_auth == "query_app_id_key":
            return bool(self.geoclient_app_key_2.get_secret_value())
        return bool(self.geoclient_subscription_key_2.get_secret_value())

    @property
    def spool_folder(self) -> Path:
        """Where this machine's spool lies: `SPOOL_DIR`, else in `DATA_DIR`."""
        return Path(self.spool_dir) if self.spool_dir else Path(self.data_dir) / "spool"

    @property
    def slack_on(self) -> bool:
        """Whether a city has a channel in Slack, so that there is Slack at all."""
        return bool(self.slack_channels)

    def field_keys(self) -> tuple[tuple[int, bytes], ...]:
        """Return the encryption keys as (key id, 32 bytes), the current one first."""
        return tuple(parse_key(key.get_secret_value()) for key in self.secret_keys)

    def blind_index_keys(self) -> tuple[bytes, ...]:
        """Return the keyed-hash keys, the current one first."""
        return tuple(base64.b64decode(key.get_secret_value()) for key in self.index_keys)


def read_settings() -> Settings:
    """Return the settings of this process from its environment.

    Raises:
        SettingsError: one line per problem; values are never shown.
    """
    try:
        return Settings()  # type: ignore[call-arg]  # filled from the environment
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(error))) from None


def _explain(error: ValidationError) -> list[str]:
    """Return the problems of a failed validation as lines that hold no values."""
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        name = "_".join(str(part) for part in problem["loc"]).upper()
        text = str(problem["msg"]).removeprefix("Value error, ")
        lines += text.split("; ") if not name else [f"{name}: {text}"]
    return lines
