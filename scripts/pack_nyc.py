"""Packs New York's public name lists into `integrations/cities/nyc/`. Run by hand, seldom.

    python scripts/pack_nyc.py FOLDER

FOLDER holds the source tables named in the pack's PROVENANCE.md. Writes streets.tsv,
places.tsv, zips.tsv, taxonomy.csv and the twin's street map (addresses.tsv.gz,
crossings.tsv.gz). `neighbourhoods.tsv` and `landmarks.tsv` are written by hand and only read.
The output is the same for the same input, so a diff shows what the sources changed.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from integrations.streets import canonical_street  # noqa: E402

PACK = ROOT / "integrations" / "cities" / "nyc"
BOROUGHS = {"MANHATTAN": "1", "BRONX": "2", "BROOKLYN": "3", "QUEENS": "4", "STATEN ISLAND": "5"}
NAMES = {code: name.title() for name, code in BOROUGHS.items()}
HOUSE = re.compile(r"^(\d+(?:-\d+)?[A-Z]?)\s+(.+)$")
# What the sources write where a block ends at no street.
NO_STREET = {"BEND", "DEAD END", "CITY LIMIT", "NAMELESS STREET", "UNNAMED STREET", "ALLEY", ""}
# Words of addresses typed into a street field: what holds one is not the name of a street.
NOISE = re.compile(
    r"\b(CORNER|PREMISES|SITE|AKA|ENTIRE|ENTRANCE|FLOOR|FL|UNIT|STORE|STE|SUITE|BLDG|BUILDING|APT|"
    r"GROUND|BETWEEN|BTWN|FRONT OF|REAR|SIDE|TERMINAL|LEVEL|LOWER|UPPER|EXIT|ROOM|BSMT|SHOP|STORES|"
    r"SCHOOL|INSIDE|SPACE|LOBBY|BASEMENT|CAMPUS|HOSPITAL|INC|LLC|NEW YORK NY|BROOKLYN NY|TH|ND|"
    r"LINE|PATH|SHORELINE|BOUNDARY|ET|APARTMENTS?|FLR|FLOORS|GARAGE|PARKING|DOOR|ROOMS|RAMP|"
    r"OVERPASS|OVPS|FOOTBRIDGE|ANNEX|BOX|ATTIC|BEDROOMS|BODY OF WATER|JUGHANDLE|CONNECTOR|PIER|"
    r"DOWNSTAIRS|PRIVATE|RESERVOIR|CASINO|LOT|LVD|VD|BLV|APPR|PORTION|SPOT|PIERS|AIRPORT|SR|EN|"
    r"EXP WY|PKW|TERM|BRDG|MS|COTTAGES)\b|[/&]|(PARK|PLAYGROUND|FIELD|FIELDS|TER R)$|"
    r"^(STREET|AVENUE|ROAD|PLACE|BUSHWICK|LEWIS|HUDSON YARDS|FORT HAMILTON|LGA|SHEEPHEAD BAY|"
    r"VOORHIES|WEST TREMONT)$"
)
# Some sources break a street name after so many characters: `JAMAICA AVENU E`.
BREAKABLE = ("AVENUE", "STREET", "BOULEVARD", "ROAD", "PLACE", "TERRACE", "PARKWAY", "DRIVE",
             "SQUARE", "EXPRESSWAY", "CONCOURSE", "NORTH", "SOUTH", "EAST", "WEST", "BLVD",
             "PKWY", "AVE", "TER")  # fmt: skip
HOTSPOT_CODE = re.compile(r"^[a-z]{2}-\d\d-", re.IGNORECASE)
PLACE_WORDS = re.compile(
    r"PARK|PLAYGROUND|CENTER|LIBRARY|BOARDWALK|BEACH|PROMENADE|ZOO|SQUARE|ISLAND|BASIN|PIERS|"
    r"HIGH LINE|OVAL|BATTERY|HOUSE|SHELL|TRADE|RESTAURANT"
)
# Codes the post office gives out in each borough, beyond those in the address file.
ZIPS = {
    "1": [*range(10001, 10008), *range(10009, 10015), *range(10016, 10041), 10044, 10065, 10069,
          10075, 10103, 10110, 10111, 10112, 10115, 10119, 10128, 10152, 10153, 10154, 10162,
          10165, 10167, 10168, 10169, 10170, 10171, 10172, 10173, 10174, 10177, 10199, 10271,
          10278, 10279, 10280, 10282],
    "2": [*range(10451, 10476)],
    "3": [11201, *range(11203, 11227), *range(11228, 11240), 11249],
    "4": [11004, 11005, 11101, 11102, 11103, 11104, 11105, 11106, 11109, *range(11354, 11376),
          11377, 11378, 11379, 11385, *range(11411, 11424), *range(11426, 11437), 11691, 11692,
          11693, 11694, 11697],
    "5": [*range(10301, 10311), 10312, 10314],
}  # fmt: skip

Row = dict[str, str]


def read(folder: Path, name: str) -> list[Row]:
    """Return the rows of one source table."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_lines(name: str, header: str, lines: Iterable[str]) -> None:
    """Write one table of the pack; names ending in .gz are compressed without a time stamp."""
    text = "\n".join([header, *lines]) + "\n"
    if not name.endswith(".gz"):
        (PACK / name).write_text(text, encoding="utf-8")
        return
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    (PACK / name).write_bytes(buffer.getvalue())


def addresses(folder: Path) -> list[tuple[str, str, str, str, str, str]]:
    """Return (borough code, street, house or empty, zip, latitude, longitude), sorted, unique.

    Rows of the 311 sample without a house number become bare points on their street.
    """
    out: dict[tuple[str, str, str], tuple[str, str, str, str, str, str]] = {}
    for row in [*read(folder, "nyc_addresses.csv"), *requests(folder)]:
        code = BOROUGHS.get(row["borough"].upper())
        match = HOUSE.match(row["address"].upper().strip())
        street = canonical(match.group(2) if match else row["address"])
        if not code or not row["latitude"] or street in NO_STREET or not match:
            continue
        key = (code, street, match.group(1))
        point = (f"{float(row['latitude']):.5f}", f"{float(row['longitude']):.5f}")
        out.setdefault(key, (*key, row["zip"], *point))
    return sorted(out.values())


def requests(folder: Path) -> list[Row]:
    """Return the 311 sample in the form of the address table, only for extra house numbers."""
    return [
        {
            "address": row["incident_address"],
            "borough": row["borough"],
            "zip": row["incident_zip"],
            "latitude": row["latitude"],
            "longitude": row["longitude"],
        }
        for row in read(folder, "nyc311_requests_sample.csv")
    ]


def canonical(text: str) -> str:
    """Return the comparable form of a street of the sources, broken and cut words mended."""
    words = text.upper().split()
    if len(words) > 2 and words[-2] + words[-1] in BREAKABLE:
        words[-2:] = [words[-2] + words[-1]]
    if len(words) > 1 and words[-1].startswith(("AVEN", "STRE")):
        words[-1] = "AVENUE" if words[-1].startswith("AVEN") else "STREET"
    return canonical_street(" ".join(words))


def crossings(
    folder: Path, points: list[tuple[str, str, str, str, str, str]]
) -> list[tuple[str, str, str, str, str]]:
    """Return (borough code, street, street, latitude, longitude): where two streets meet.

    Real intersections first; then, for pairs known only as the cross street of an address,
    the middle of those addresses.
    """
    exact: dict[tuple[str, str, str], tuple[float, float]] = {}
    near: dict[tuple[str, str, str], list[tuple[float, float]]] = defaultdict(list)
    boroughs_near = [(float(lat), float(lon), code) for code, _, _, _, lat, lon in points]
    for row in read(folder, "nyc_intersections.csv"):
        at = (float(row["latitude"]), float(row["longitude"]))
        code = BOROUGHS.get(row["borough"].upper()) or nearest_borough(at, boroughs_near)
        pair = sorted((canonical(row["street_1"]), canonical(row["street_2"])))
        if code and not NO_STREET & set(pair) and pair[0] != pair[1]:
            exact.setdefault((code, pair[0], pair[1]), at)
    for row in read(folder, "nyc311_requests_sample.csv"):
        code = BOROUGHS.get(row["borough"].upper())
        if not code or not row["latitude"]:
            continue
        at = (float(row["latitude"]), float(row["longitude"]))
        # Other rows repeat the two ends of the block there, which do not meet.
        corner = row["address_type"].upper() == "INTERSECTION"
        one, two = (row[f"intersection_street_{n}"] if corner else "" for n in (1, 2))
        own = canonical(row["street_name"])
        for left, right in ((one, two), (own, row["cross_street_1"]), (own, row["cross_street_2"])):
            pair = sorted((canonical(left), canonical(right)))
            if not NO_STREET & set(pair) and pair[0] != pair[1]:
                near[code, pair[0], pair[1]].append(at)
    for key, found in near.items():
        if re.sub(r"\d+", "#", key[1]) == re.sub(r"\d+", "#", key[2]):
            continue  # `5 AVENUE` and `6 AVENUE` are parallel, whatever the row says
        middle = (sum(a for a, _ in found) / len(found), sum(b for _, b in found) / len(found))
        exact.setdefault(key, middle)
    return sorted((*key, f"{lat:.5f}", f"{lon:.5f}") for key, (lat, lon) in exact.items())


def nearest_borough(at: tuple[float, float], points: list[tuple[float, float, str]]) -> str:
    """Return the borough code of the address point nearest to `at`."""
    return min(points, key=lambda p: (p[0] - at[0]) ** 2 + (p[1] - at[1]) ** 2)[2]


def streets(folder: Path, known: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return canonical street name to borough codes, from the name list and the address points."""
    out: dict[str, set[str]] = defaultdict(set)
    for row in read(folder, "nyc_street_names.csv"):
        code = BOROUGHS.get(row["borough"].upper())
        name = canonical(row["street"])
        if code and name not in NO_STREET and re.search("[A-Z]", name):
            out[name].add(code)
    for code, name in known:
        if re.search("[A-Z]", name):
            out[name].add(code)
    return {name: codes for name, codes in out.items() if is_street(name, out)}


def is_street(name: str, names: Container[str]) -> bool:
    """Return whether a name is a street's, and not an address in the wrong field."""
    first, _, rest = name.partition(" ")
    if len(first) == 1 and first.isalpha() and rest in names:
        # `A FLATBUSH AVENUE`: the letter belongs to the house number.
        return False
    if re.fullmatch(r"[A-Z]+ (STREET|AVENUE|ROAD|PLACE|LANE|DRIVE|COURT)", name):
        return True  # `BOX STREET`, `CAMPUS ROAD`: a word of noise may be a street's whole name
    return not NOISE.search(name) and len(name.split()) <= 6


def places(folder: Path) -> list[str]:
    """Return the place lines; Wi-Fi hotspot codes are dropped, bare library branches completed."""
    out: dict[tuple[str, str], str] = {}
    for row in read(folder, "nyc_places.csv"):
        raw = row["place"].strip()
        if HOTSPOT_CODE.match(raw):
            continue
        name = place_name(raw)
        line = f"{name}\t{row['borough']}\t{float(row['latitude']):.5f}\t"
        out.setdefault((name, row["borough"]), f"{line}{float(row['longitude']):.5f}")
    return [out[key] for key in sorted(out)]


def place_name(raw: str) -> str:
    """Return the name people use for a hotspot's place."""
    name = re.sub(r"\s+", " ", raw.upper().replace("’", "'"))
    name = name.replace(" - BROOKLYN PUBLIC LIBRARY", " LIBRARY")
    station = "(" in name or re.search(r"\b(IRT|IND|ARCHER|PLAZA)\b", name)
    name = re.sub(r"^(NYC|IRT|IND)\s*-\s*([2-7]-)*", "", name)
    name = re.sub(r"\s*\([^)]*\)", "", name).strip(" -")
    if station:
        return f"{name} STATION"
    return name if PLACE_WORDS.search(name) else f"{name} LIBRARY"


def zips(points: Iterable[tuple[str, str, str, str, str, str]]) -> dict[str, str]:
    """Return ZIP to borough code: the postal ranges, then whatever the addresses add."""
    out = {str(code): borough for borough, codes in ZIPS.items() for code in codes}
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for borough, _, _, code, _, _ in points:
        if re.fullmatch(r"1[01]\d{3}", code):
            votes[code][borough] += 1
    for code, counted in votes.items():
        out.setdefault(code, counted.most_common(1)[0][0])
    return out


def taxonomy(folder: Path) -> list[str]:
    """Return complaint type, descriptor, agency and count lines, location types summed up."""
    total: Counter[tuple[str, str]] = Counter()
    agencies: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in read(folder, "nyc311_taxonomy.csv"):
        key = (row["complaint_type"], row["descriptor"])
        total[key] += int(row["count"])
        agencies[key][row["agency"]] += int(row["count"])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for key in sorted(total):
        writer.writerow([*key, agencies[key].most_common(1)[0][0], total[key]])
    return out.getvalue().splitlines()


def main(folder: Path) -> None:
    """Write every packed table."""
    points = addresses(folder)
    meet = crossings(folder, points)
    known = {(code, street) for code, street, *_ in points}
    known |= {(code, street) for code, one, two, *_ in meet for street in (one, two)}
    named = streets(folder, known)
    write_lines(
        "streets.tsv",
        "street\tboroughs",
        (f"{n}\t{''.join(sorted(named[n]))}" for n in sorted(named)),
    )
    write_lines("places.tsv", "name\tborough\tlatitude\tlongitude", places(folder))
    write_lines(
        "zips.tsv", "zip\tborough", (f"{z}\t{NAMES[b]}" for z, b in sorted(zips(points).items()))
    )
    write_lines("taxonomy.csv", "complaint_type,descriptor,agency,count", taxonomy(folder))
    header = "borough\tstreet\thouse\tzip\tlatitude\tlongitude"
    write_lines("addresses.tsv.gz", header, ("\t".join(row) for row in points))
    header = "borough\tstreet\tcross\tlatitude\tlongitude"
    write_lines("crossings.tsv.gz", header, ("\t".join(row) for row in meet))
    sys.stdout.write(f"{len(points)} addresses, {len(meet)} crossings, {len(named)} streets\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
