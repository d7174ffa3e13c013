"""The twin behaves as Twilio does where it hurts."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from urllib.parse import parse_qs

import pytest

from integrations.kit import errors
from integrations.twilio.errors_table import MediaRefused, OptedOut
from integrations.twilio.media import TwilioMedia, sniff
from integrations.twilio.twin.carrier import keyword_of

CITY = "+19295550311"


async def test_a_text_comes_as_twilio_sends_it(town) -> None:
    """About twenty fields, blank ones too, signed; the reader takes it."""
    result = await town.text(body="huge pothole in front of 123 Broadway, Brooklyn")
    assert result["deliveries"] == [[200]]
    names = parse_qs(town.forms[0].decode(), keep_blank_values=True)
    assert 18 <= len(names) <= 22
    assert names["ToCity"] == [""]
    assert town.texts[0].text.startswith("huge pothole")
    assert town.texts[0].recipient == f"tel:{CITY}"


async def test_the_same_text_many_times_at_once(town) -> None:
    """A repeated delivery has the same id; a late one comes when the clock says so."""
    result = await town.text(body="hi", times=6, together=True)
    assert result["deliveries"] == [[200]] * 6
    assert len({text.provider_message_id for text in town.texts}) == 1
    again = await town.text(body="ignored", sid=result["message_sid"])
    assert again["message_sid"] == result["message_sid"]
    assert town.texts[-1].text == "hi"
    await town.text(body="late", delay=3600)
    assert town.texts[-1].text == "hi"
    town.world.advance(3601)
    await town.until(town.texts, 8)
    assert town.texts[-1].text == "late"


async def test_a_door_that_fails_is_tried_again(town) -> None:
    """5xx is answered with up to five more tries of the same message."""
    town.answers[:] = [500, 503, 200]
    result = await town.text(body="hi")
    assert result["deliveries"] == [[500, 503, 200]]


async def test_stop_blocks_until_start(town) -> None:
    """STOP: the carrier answers itself, we hear of it, sends are refused until START."""
    await town.text(body=" Stop ")
    assert town.texts[0].text == " Stop "
    assert town.texts[0].opt_out_type is None
    assert [m["carrier"] for m in await town.phone()] == [False, True]
    with pytest.raises(OptedOut):
        await town.adapter.send(town.message())
    await town.text(body="STOP")
    assert sum(m["carrier"] for m in await town.phone()) == 1, "a second STOP gets no answer"
    await town.text(body="yes")
    await town.adapter.send(town.message())
    found = await town.http.get(f"{town.base}/_control/numbers")
    assert found.json() == ["+12125550123"]


async def test_advanced_opt_out_says_what_it_did(town) -> None:
    """With Advanced Opt-Out the webhook says which keyword was answered."""
    await town.switch(advanced_opt_out=True)
    for word in ("STOP", "START", "info", "stop sign missing"):
        await town.text(body=word)
    assert [text.opt_out_type for text in town.texts] == ["STOP", "START", "HELP", None]


def test_keywords_are_whole_messages() -> None:
    """Only a whole message of one word is a keyword; YES only for who had opted out."""
    assert keyword_of("Quit", blocked=False) == "STOP"
    assert keyword_of("STOP please", blocked=False) is None
    assert keyword_of("yes", blocked=False) is None
    assert keyword_of("yes", blocked=True) == "START"


@pytest.mark.parametrize(
    ("mode", "statuses"),
    [
        ("none", []),
        ("duplicate", ["delivered", "delivered", "sent", "sent"]),
        ("reversed", ["delivered", "sent"]),
    ],
)
async def test_receipts_out_of_order(town, mode, statuses) -> None:
    """Receipts may be missing, repeated, or come in the wrong order."""
    await town.switch(callbacks=mode)
    await town.adapter.send(town.message())
    await town.until(town.receipts, len(statuses))
    await asyncio.sleep(0 if statuses else 0.2)
    found = [receipt.status for receipt in town.receipts]
    assert (found if mode == "reversed" else sorted(found)) == statuses


async def test_idempotency_tokens_only_when_switched_on(town) -> None:
    """The real one ignores them; switched on, the same token is the same message."""
    first = await town.adapter.send(town.message())
    second = await town.adapter.send(town.message())
    assert first != second
    assert town.world.effects["twilio", "out-1"] == 2
    await town.switch(honour_idempotency=True)
    again = await town.adapter.send(town.message())
    assert again.provider_message_id == second.provider_message_id  # its status may have moved on
    assert town.world.effects["twilio", "out-1"] == 2


async def test_a_photo_is_fetched_through_the_redirect(town) -> None:
    """A photo is fetched with Basic auth, its storage without; the bytes say what it is."""
    await town.text(body="", media=[{"sample": "photo", "content_type": "image/jpeg"}])
    media = town.texts[0].media[0]
    photo = await town.media.fetch(media.url)
    assert photo.content_type == "image/png"
    operations = [entry.operation for entry in town.world.journal.entries()]
    assert operations == ["fetch_media", "fetch_stored"]
    await town.media.delete(media.url)
    await town.media.delete(media.url)
    with pytest.raises(errors.Rejected):
        await town.media.fetch(media.url)


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ({"sample": "video"}, "video"),
        ({"sample": "broken"}, "other"),
        ({"data_base64": b64encode(b"<svg onload=x>").decode()}, "other"),
    ],
)
async def test_what_is_no_photo_is_refused(town, order, kind) -> None:
    """A video, a broken file, a page called a picture: refused by what the bytes are."""
    await town.text(body="", media=[order])
    with pytest.raises(MediaRefused) as caught:
        await town.media.fetch(town.texts[0].media[0].url)
    assert caught.value.detail == kind


async def test_a_huge_file_is_not_read(town) -> None:
    """A file above the cap is given up while it streams."""
    data = b64encode(b"\xff\xd8\xff" + bytes(6 << 20)).decode()
    await town.text(body="", media=[{"data_base64": data}])
    with pytest.raises(errors.Unreadable):
        await town.media.fetch(town.texts[0].media[0].url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/2010-04-01/Accounts/x/Messages/y/Media/z",
        "http://169.254.169.254/latest/meta-data",
        "{base}/2010-04-01/Accounts/AC00000000000000000000000000000002/Messages/a/Media/b",
        "{base}/2010-04-01/Accounts/{account}/Messages/../../../_control/reset",
        "{base}@evil.test/2010-04-01/Accounts/{account}/Messages/a/Media/b",
        "{base}/2010-04-01/Accounts/{account}/Messages/%2e%2e/%2e%2e/Calls.json",
        "{base}/2010-04-01/Accounts/{account}/Messages/%2E%2E%2F%2E%2E%2FKeys.json",
        "{base}/2010-04-01/Accounts/{account}/Messages/a/Media/b",
        "{base}/2010-04-01/Accounts/{account}/Messages/",
        "https://[",
        "https://a:b:c/",
        "",
    ],
)
async def test_only_our_own_media_is_fetched(town, url) -> None:
    """A URL that is not below our account at Twilio is never called."""
    account = town.world.settings["twilio_account_sid"]
    with pytest.raises(MediaRefused):
        await town.media.fetch(url.format(base=town.base, account=account))
    assert town.world.journal.entries() == []


async def test_redirects_lead_only_to_storage(town) -> None:
    """A redirect to another host is not followed, and gets no credentials."""
    media: TwilioMedia = town.media
    assert media._is_storage("https://media.twiliocdn.com/x")
    for url in (
        "https://evil.test/x",
        "https://twiliocdn.com.evil.test/x",
        "https://u@media.twiliocdn.com/x",
        "ftp://media.twiliocdn.com/x",
        "https://evil.test\\.twiliocdn.com/x",
        "https://evil.test%2f.twiliocdn.com/x",
        "https://evil.test%00.twiliocdn.com/x",
        "https://[::1].twiliocdn.com/x",
        "https://1。twiliocdn.com/x",
        "https://[",
        "",
    ):
        assert not media._is_storage(url)


def test_sniffing() -> None:
    """The first bytes tell the type, whatever the label said."""
    assert sniff(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert sniff(b"\x00\x00\x00\x18ftypheic") == "image/heic"
    assert sniff(b"\x00\x00\x00\x18ftypisom") == "video/mp4"
    assert sniff(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
    assert sniff(b"RIFF\x00\x00\x00\x00WAVEfmt ") == "audio/wav"
    assert sniff(b"") == "application/octet-stream"


async def test_wrong_credentials_and_forms(town) -> None:
    """The twin refuses as Twilio does: 401, unknown account, missing fields."""
    account = town.world.settings["twilio_account_sid"]
    good = (account, town.world.settings["twilio_auth_token"])
    url = f"{town.base}/2010-04-01/Accounts/{account}/Messages.json"
    form = {"To": "+12125550123", "From": CITY, "Body": "x"}
    assert (await town.http.post(url, data=form)).json()["code"] == 20003
    other = url.replace(account, "AC" + "9" * 32)
    assert (await town.http.post(other, data=form, auth=good)).status_code == 404
    for missing, code in (("To", 21604), ("From", 21603), ("Body", 21602)):
        part = {name: value for name, value in form.items() if name != missing}
        assert (await town.http.post(url, data=part, auth=good)).json()["code"] == code
    long = {**form, "Body": "x" * 1601}
    assert (await town.http.post(url, data=long, auth=good)).json()["code"] == 21617


async def test_reset_and_files(town) -> None:
    """The playground can show a file, and start afresh."""
    await town.text(body="", media=[{"sample": "photo"}])
    shown = await town.phone()
    picture = await town.http.get(f"{town.base}/_control/files/{shown[0]['media'][0]}")
    assert picture.content.startswith(b"\x89PNG")
    assert (await town.http.get(f"{town.base}/_control/deliveries")).json()[0]["statuses"] == [200]
    await town.http.post(f"{town.base}/_control/reset")
    assert await town.phone() == []
