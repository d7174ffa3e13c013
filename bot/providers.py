"""Which adapters a process has: every provider's caller and adapter, built from the settings.

The adapters get plain arguments and do not know whether they talk to a twin. One HTTP client per
provider lives as long as the process.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from pydantic import SecretStr

from bot.deeds.fetch_photos import MediaPort
from bot.mail.messengers import build_messengers
from bot.photos import PhotoRefusedError
from bot.settings import Settings
from integrations.geoclient.adapter import GeoclientAdapter
from integrations.geocoding import GeocoderChain, SpareKey
from integrations.geosearch.adapter import GeosearchAdapter
from integrations.kit.cache import Cache
from integrations.kit.caller import Caller, Policy
from integrations.kit.ports import Geocoder, MapMaker, Messenger, Requests311
from integrations.kit.quota import Quota
from integrations.kit.shared_pacing import ScriptRunner, SharedPacer
from integrations.kit.transport import open_http
from integrations.mapbox.adapter import MapboxAdapter
from integrations.mapbox.static import MapboxPictures
from integrations.maps import KeptMaps
from integrations.nyc311.adapter import Nyc311Adapter
from integrations.twilio.adapter import TwilioAdapter
from integrations.twilio.errors_table import MediaRefused
from integrations.twilio.media import TwilioMedia

log = structlog.get_logger("bot.providers")

GEOCLIENT_SPARE = "geoclient_2"
"""The caller of Geoclient's second key; its quota is counted under this name."""

GEOCODE_TIMEOUT_S = 2.5
"""One attempt of a geocoder: a turn's Looks have 8 seconds together, the chain may need three."""

MAP_TIMEOUT_S = 4.0


def policies(settings: Settings) -> dict[str, Policy]:
    """Return provider to policy: paces and daily quotas by the guide, changed by settings."""
    mail = {
        "sendgrid": Policy(
            per_second=settings.sendgrid_per_second, quota_daily=settings.sendgrid_quota_daily
        ),
        "smtp": Policy(per_second=settings.smtp_per_second),
    }
    used: dict[str, Policy] = {}
    if settings.mail_on:
        used[settings.mail_provider] = mail[settings.mail_provider]
    if settings.slack_on:
        used["slack"] = Policy(attempts=2, deadline_s=25.0)
    return used | {
        "twilio": Policy(
            per_second=settings.twilio_per_second, quota_daily=settings.twilio_quota_daily
        ),
        "twilio_media": Policy(attempts=3),
        **dict.fromkeys(
            ("geoclient", GEOCLIENT_SPARE) if settings.geoclient_spare else ("geoclient",),
            Policy(
                timeout_s=GEOCODE_TIMEOUT_S, attempts=1, quota_daily=settings.geoclient_quota_daily
            ),
        ),
        "geosearch": Policy(timeout_s=GEOCODE_TIMEOUT_S, attempts=1, per_second=5.0),
        "mapbox": Policy(
            timeout_s=GEOCODE_TIMEOUT_S,
            attempts=1,
            per_second=15.0,
            quota_daily=settings.mapbox_quota_daily,
        ),
        # Somebody's page waits for it: one attempt, and a page without a map is still a page.
        "mapbox_static": Policy(
            timeout_s=MAP_TIMEOUT_S,
            attempts=1,
            per_second=10.0,
            quota_daily=settings.mapbox_quota_daily,
        ),
        "nyc311": Policy(
            per_second=settings.nyc311_per_second, quota_daily=settings.nyc311_quota_daily
        ),
    }


class TwilioPhotos:
    """Twilio's attachments as the deeds want them: only the bytes, which they sniff themselves."""

    def __init__(self, media: TwilioMedia) -> None:
        self._media = media

    async def fetch(self, url: str) -> bytes:
        """Return the content. Raises `AdapterError`, or `PhotoRefusedError` for a video."""
        try:
            return (await self._media.fetch(url)).data
        except MediaRefused:
            raise PhotoRefusedError("kind") from None


@dataclass(frozen=True, slots=True)
class Providers:
    """The adapters of one process.

    Attributes:
        callers: provider to the one way to call it.
        messengers: provider to what sends messages through it.
        media: provider to what fetches attachments from it.
        requests311, geocoder: the city's 311 and the chain of geocoders.
        maps: draws the pictures of blocks; None without a token for them.
    """

    callers: Mapping[str, Caller]
    messengers: Mapping[str, Messenger]
    media: Mapping[str, MediaPort]
    requests311: Requests311
    geocoder: Geocoder
    maps: MapMaker | None = None


@asynccontextmanager
async def open_providers(
    settings: Settings, quota: Quota, cache: Cache, redis: ScriptRunner
) -> AsyncIterator[Providers]:
    """Open every provider's client, build its adapter, and close the clients at the end.

    `redis` lets all processes keep one pace per provider, and one hold after a 429, which also
    those have that are not paced.
    """
    async with AsyncExitStack() as stack:
        callers: dict[str, Caller] = {}
        for name, policy in policies(settings).items():
            http = await stack.enter_async_context(open_http())
            provider = name.partition("_")[0]
            pacer = SharedPacer(name, policy.per_second, redis, poll_gap_s=policy.poll_gap_s)
            account = name if name == GEOCLIENT_SPARE else ""
            callers[name] = Caller(
                provider, policy, http=http, quota=quota, pacer=pacer, account=account
            )
        yield Providers(
            callers=callers,
            messengers={
                "twilio": _build_twilio(settings, callers["twilio"]),
                **build_messengers(settings, callers),
            },
            media={"twilio": _build_photos(settings, callers["twilio_media"])},
            requests311=_build_nyc311(settings, callers["nyc311"]),
            geocoder=GeocoderChain(_build_geocoders(settings, callers), cache),
            maps=_build_maps(settings, callers["mapbox_static"], cache),
        )


def _twilio_auth(settings: Settings) -> tuple[str, str]:
    """Return the API key when there is one, else the account and its current token."""
    if settings.twilio_api_key_sid:
        return settings.twilio_api_key_sid, settings.twilio_api_key_secret.get_secret_value()
    return settings.twilio_account_sid, settings.twilio_auth_tokens[0].get_secret_value()


def _build_twilio(settings: Settings, caller: Caller) -> TwilioAdapter:
    return TwilioAdapter(
        caller,
        account_sid=settings.twilio_account_sid,
        auth=_twilio_auth(settings),
        base_url=settings.twilio_base_url,
        messaging_service_sid=settings.twilio_messaging_service_sid,
    )


def _build_photos(settings: Settings, caller: Caller) -> TwilioPhotos:
    media = TwilioMedia(
        caller,
        account_sid=settings.twilio_account_sid,
        auth=_twilio_auth(settings),
        base_url=settings.twilio_base_url,
    )
    return TwilioPhotos(media)


def _build_nyc311(settings: Settings, caller: Caller) -> Nyc311Adapter:
    return Nyc311Adapter(
        caller,
        settings.nyc311_base_url.rstrip("/"),
        settings.nyc311_key.get_secret_value(),
        settings.nyc311_mode,
        settings.nyc311_test,
        key_header=settings.nyc311_key_header,
        submit_path=settings.nyc311_submit_path,
        status_path=settings.nyc311_status_path,
        batch_path=settings.nyc311_batch_path,
        portal_url=settings.nyc311_portal_url,
    )


def _build_maps(settings: Settings, caller: Caller, cache: Cache) -> MapMaker | None:
    """Return what draws maps, or None without a token."""
    token = settings.mapbox_access_token.get_secret_value()
    if not token:
        return None
    return KeptMaps(MapboxPictures(caller, settings.mapbox_base_url, token), cache)


def _build_geocoders(settings: Settings, callers: Mapping[str, Caller]) -> list[Geocoder]:
    """Return the geocoders in the order of `GEOCODER_CHAIN`; Mapbox only with a token."""

    def with_key(caller: str, app_id: str, app_key: SecretStr, key: SecretStr) -> Geocoder:
        return GeoclientAdapter(
            callers[caller],
            settings.geoclient_base_url.rstrip("/"),
            version=settings.geoclient_version,
            auth=settings.geoclient_auth,
            query_param=settings.geoclient_query_param,
            app_id=app_id,
            app_key=app_key.get_secret_value(),
            subscription_key=key.get_secret_value(),
        )

    def geoclient() -> Geocoder:
        own = settings
        keys = (own.geoclient_app_id, own.geoclient_app_key, own.geoclient_subscription_key)
        first = with_key("geoclient", *keys)
        if not own.geoclient_spare:
            return first
        keys = (own.geoclient_app_id_2, own.geoclient_app_key_2, own.geoclient_subscription_key_2)
        return SpareKey(first, with_key(GEOCLIENT_SPARE, *keys))

    def geosearch() -> Geocoder:
        return GeosearchAdapter(callers["geosearch"], settings.geosearch_base_url.rstrip("/"))

    def mapbox() -> Geocoder:
        return MapboxAdapter(
            callers["mapbox"],
            settings.mapbox_base_url.rstrip("/"),
            settings.mapbox_access_token.get_secret_value(),
            permanent=settings.mapbox_permanent,
        )

    build: Mapping[str, Callable[[], Geocoder]] = {
        "geoclient": geoclient,
        "geosearch": geosearch,
        "mapbox": mapbox,
    }
    names = [name for name in settings.geocoder_chain if name in build]
    if "mapbox" in names and not settings.mapbox_access_token.get_secret_value():
        # Only the default chain comes here: a chain that names Mapbox refuses to start without.
        names.remove("mapbox")
        left_out = {"integration.provider": "mapbox", "reason": "MAPBOX_ACCESS_TOKEN is missing"}
        log.warning("geocoder_left_out", **left_out)
    return [build[name]() for name in names]
