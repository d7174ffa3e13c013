"""City packs: New York loads and is right, and a malformed pack names its file and key."""

import re
import shutil
from pathlib import Path

import pytest

from conversations.vocabulary.requests import RequestStatus
from integrations.cities import CityPackError, list_cities, load_city, load_pack, read_pack
from tests.cost import count_calls

PACK = load_pack("nyc").folder


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of New York's pack that may be broken."""
    folder = tmp_path / "nyc"
    shutil.copytree(PACK, folder, ignore=shutil.ignore_patterns("*.gz", "__pycache__"))
    return folder


@pytest.mark.parametrize("slug", list_cities())
def test_every_city_loads(slug: str) -> None:
    """Every pack has a language, types and patterns that work."""
    city = load_city(slug)
    assert city.languages[0] in city.phone_hours
    assert city.request_types
    for key, kind in city.request_types.items():
        assert kind.key == key
        assert kind.title("en")
    assert set(city.concepts.values()) <= set(city.request_types)
    assert all(re.compile(pattern) for pattern in city.tracking_patterns)


def test_new_york_knows_its_names() -> None:
    """Streets, ZIPs and neighbourhoods lead to boroughs."""
    names = load_city("nyc").gazetteer
    assert set(names.streets["BROADWAY"]) >= {"Manhattan", "Brooklyn", "Queens"}
    assert {"Manhattan", "Brooklyn"} <= set(names.streets["5 AVENUE"])
    assert names.zips["11211"] == "Brooklyn"
    assert names.neighbourhoods["ASTORIA"] == "Queens"
    assert names.places["PROSPECT PARK"] == "Brooklyn"


def test_reading_the_pack_is_quick() -> None:
    """Start-up may not wait for names: lists are read when somebody asks for a name."""
    assert count_calls(lambda: read_pack(PACK)) < 160_000


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("614110003", RequestStatus.CLOSED),
        (614110002, RequestStatus.IN_PROGRESS),
        ("assigned", RequestStatus.OPEN),
        ("Cancel", RequestStatus.CANCELLED),
        ("Something new", RequestStatus.UNKNOWN),
        (None, RequestStatus.UNKNOWN),
        (True, RequestStatus.UNKNOWN),
        ("x" * 10_000, RequestStatus.UNKNOWN),
    ],
)
def test_status_words(word: object, status: RequestStatus) -> None:
    """The city's words and codes mean one of ours; anything else is Unknown, never an error."""
    assert load_pack("nyc").status_words.read(word) is status


BREAKS = [
    (
        "city.toml",
        'monday = "09:00-17:00"',
        'monday = "17:00-09:00"',
        "office_hours.monday.*before",
    ),
    ("city.toml", 'monday = "09:00-17:00"', 'monday = "9 to 5"', r"office_hours\.monday"),
    ("city.toml", 'monday = "09:00-17:00"', 'monday = "09:00-25:00"', r"office_hours\.monday"),
    ("city.toml", 'monday = "09:00-17:00"', 'mon = "09:00-17:00"', r"office_hours\.mon"),
    ("city.toml", "2026-11-26 =", "2026-11-31 =", r"holidays\.2026-11-31"),
    ("city.toml", 'timezone = "America/New_York"', 'timezone = "Mars"', r"city\.toml: timezone"),
    (
        "city.toml",
        'phone = "311"\nwebsite = "portal.311.nyc.gov"\n',
        "",
        r"city\.toml: phone, website: Field required",
    ),
    ("city.toml", 'phone = "311"', "phone = ", r"city\.toml: .*line \d+"),
    ("city.toml", 'code = "2"', "", r"city\.toml: boroughs\[1\] \(Bronx\)\.code"),
    ("city.toml", 'phone = "311"', 'fone = "311"', r"city\.toml: (phone|fone)"),
    ("status.toml", '"614110003"', '"614110002"', r"status\.toml: word '614110002'"),
    ("streets.tsv", "BROADWAY\t12345", "BROADWAY\t9", r"streets\.tsv: BROADWAY"),
    ("zips.tsv", "10001\tManhattan", "10001\tBoston", r"zips\.tsv: Boston"),
    ("zips.tsv", "10001\tManhattan", "10001", r"zips\.tsv: line 2: needs 2 columns"),
]


@pytest.mark.parametrize(("name", "old", "new", "said"), BREAKS)
def test_a_malformed_pack_names_file_and_place(
    copy: Path, name: str, old: str, new: str, said: str
) -> None:
    """The error says where to look."""
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CityPackError, match=said):
        read_pack(copy)


SERVICE = """
[[service]]
key = "{key}"
complaint_type = "{kind}"
descriptor = "Pothole"
agency = "DOT"
concepts = ["{concept}"]
titles.en = "pothole"
"""


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"key": "a"}, r"line 10 \(a\): key is used twice"),
        ({"concept": "c"}, r"line 10 \(b\): concept 'c' already belongs to 'a'"),
        ({"kind": "Dragons"}, r"line 10 \(b\): complaint_type 'Dragons'"),
    ],
)
def test_services_are_checked(copy: Path, second: dict[str, str], said: str) -> None:
    """Keys and concepts are used once, and complaint types are the city's, in any case."""
    first = SERVICE.format(key="a", kind="street CONDITION", concept="c")
    other = SERVICE.format(**{"key": "b", "kind": "Street Condition", "concept": "d", **second})
    (copy / "services.toml").write_text(first + other, encoding="utf-8")
    with pytest.raises(CityPackError, match=said):
        read_pack(copy)


def test_a_missing_file_and_a_strange_city_are_named(copy: Path) -> None:
    """No such file, no such city: both are said plainly."""
    (copy / "status.toml").unlink()
    with pytest.raises(CityPackError, match=r"status\.toml: the file is missing"):
        read_pack(copy)
    with pytest.raises(CityPackError, match="no such city"):
        load_city("../nyc")
