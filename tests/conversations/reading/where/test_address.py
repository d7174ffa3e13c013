"""The address reader: what it finds in real and invented messages, and what it leaves alone."""

from __future__ import annotations

import pytest

from conversations.reading.where.address import AddressReader

HOUSES = [
    ("huge pothole in front of 123 broadway brooklyn", "123", "broadway", "Brooklyn"),
    ("36-23 217 St", "36-23", "217 St", None),
    ("rats at 86-30 114th Street, Queens", "86-30", "114th Street", "Queens"),
    ("55 D DR M L KING JR BOULEVARD", "55 D", "DR M L KING JR BOULEVARD", None),
    ("no heat 123A Grand st apt 4B", "123A", "Grand st", None),
    ("12 1/2 berry st bk", "12 1/2", "berry st", "Brooklyn"),
    ("82 REAR A AVENUE A", "82 REAR A", "AVENUE A", None),
    ("1010 D STREET THE BRONX", "1010", "D STREET", "Bronx"),
    ("90 FRONT ST JAMES PLACE", "90 FRONT", "ST JAMES PLACE", None),
    ("90 Front St brooklyn", "90", "Front St", "Brooklyn"),
    ("8 E BROADWAY", "8", "E BROADWAY", None),
    ("189 1/2 A Beach 25th St Far Rockaway", "189 1/2 A", "Beach 25th St", "Queens"),
    ("123 bedford", "123", "bedford", None),
    ("the tree in front of 18 Fiore, continuing down", "18", "Fiore", None),
    ("suv blocking driveway to 35 lynwood.", "35", "lynwood", None),
    ("brush at 4110 Crestwood", "4110", "Crestwood", None),
    ("117 7 Ave S", "117", "7 Ave S", None),
    ("65 Central Park W", "65", "Central Park W", None),
    ("Light in front of 517 N Belmont Ave has not worked", "517", "N Belmont Ave", None),
    ("dead cat 72 Alston Avenue", "72", "Alston Avenue", None),
    ("2716-2722 Bernadotte St", "2716", "Bernadotte St", None),
    ("Tree hanging over 148/150 Chatham Street", "148", "Chatham Street", None),
    ("between 39 & 41 Trumbull St.", "39", "Trumbull St", None),
    ("the 3500 block of Winston Avenue", "3500", "Winston Avenue", None),
    ("62crescent St", "62", "crescent St", None),
    ("#6 Montague Terrace Brooklyn NY", "6", "Montague Terrace", "Brooklyn"),
    ("123 Main St, New York, NY 10010", "123", "Main St", "Manhattan"),
    ("9600 S Interstate 35 TX", "9600", "S Interstate 35", None),
    ("Broadway 24, Manhattan", "24", "Broadway", "Manhattan"),
    ("72 18", "72", "18", None),
    ("frente al 123 de Broadway en el Bronx", "123", "Broadway", "Bronx"),
    ("en el numero 456 de la calle Grand, Brooklyn", "456", "Grand Street", "Brooklyn"),
    ("calle Main 123 Queens", "123", "Main Street", "Queens"),
    ("past my cans, 66 Grand ave s.i.", "66", "Grand ave", "Staten Island"),
    ("45 ave y", "45", "ave y", None),
    ("123 n 7th st", "123", "n 7th st", None),
    ("20 harlem ave", "20", "harlem ave", None),
    ("72 18 31 ave", "72-18", "31 ave", None),
    ("36 23 main st queens", "36-23", "main st", "Queens"),
    ("123 45 st", "123", "45 st", None),
    ("1307 \\r \\r REAR\\r\\nA\\r\\nST", "1307 REAR", "A ST", None),
    ("444 De Graw st", "444", "De Graw st", None),
    ("2245 Grand St, Apt 3F, Brooklyn, NY 11211", "2245", "Grand St", "Brooklyn"),
    ("560 oeste 144", "560", "West 144", None),
    ("lote vacio al lado del 45 de bedford", "45", "bedford", None),
]


@pytest.mark.parametrize(("text", "house", "street", "borough"), HOUSES)
def test_finds_house(
    reader: AddressReader, text: str, house: str, street: str, borough: str | None
) -> None:
    """A house number with its street is found in any of its forms."""
    found = reader.read(text)
    assert found is not None
    assert (found.house, found.street, found.borough) == (house, street, borough)


CORNERS = [
    ("5th and main", "5th", ("main",)),
    ("corner of broadway & W 42nd St", "broadway", ("W 42nd St",)),
    ("broadway @ 42", "broadway", ("42",)),
    ("pothole @5th & Main", "5th", ("Main",)),
    ("Mcnice at elm and orchard. Tagged the fence", "elm", ("orchard",)),
    ("Oak St At 16th St, Paso Robles, CA 93446, USA", "Oak St", ("16th St",)),
    ("Austin River St At E Cesar Chavez St", "Austin River St", ("E Cesar Chavez St",)),
    ("THERE IS A HOLE AT SHELTON & MUNSON I WENT IN IT", "SHELTON", ("MUNSON",)),
    ("Corner of Church/Chapel.", "Church", ("Chapel",)),
    ("Grand St between Bedford and Berry", "Grand St", ("Bedford", "Berry")),
    ("on Bedford btwn N 6 and N 7", "Bedford", ("N 6", "N 7")),
    ("between 3rd and 4th ave on 9th street", "9th street", ("3rd", "4th ave")),
    ("English Drive Eastbound between Orange Street and Davis.", "English Drive",
     ("Orange Street", "Davis")),
    ("alley between grace and lombardy.", None, ("grace", "lombardy")),
    ("light out on granby between Floyd ave and grove avenue", "granby",
     ("Floyd ave", "grove avenue")),
    ("deep hole near school and Foo Street between Reservoir Street and Prospect", "Foo Street",
     ("Reservoir Street", "Prospect")),
    ("avenue x and coney island avenue", "avenue x", ("coney island avenue",)),
    ("en la calle 5 con la avenida 3", "5 Street", ("3 Avenue",)),
    ("esquina de Broadway y la 42", "Broadway", ("42",)),
    ("entre la 5 y la 6", None, ("5", "6")),
    ("plate on Bedford btwn 81 and 82 clangs all night", "Bedford", ("81", "82")),
    ("between 7 and 8 on 45 st", "45 st", ("7", "8")),
    ("hueco en Bedford con la 82", "Bedford", ("82",)),
    ("la 82 con bedford", "82", ("bedford",)),
    ("en la esquina de 149 y Tinton", "149", ("Tinton",)),
    ("sick after the buffet on 5th ave n 54th", "5th ave", ("54th",)),
    ("on w 4th btw 6th n 7th", "w 4th", ("6th", "7th")),
    ("on the corner of 86 st and 4 ave harlem", "86 st", ("4 ave",)),
    ("esquina de la calle 42 y la octava avenida", "42 Street", ("8 Avenue",)),
    ("avenida de las Américas y calle 34", "Avenue of the Américas", ("34 Street",)),
    ("31 ave y river st", "31 ave", ("river st",)),
    ("esquina de 17 Avenue y 84 Street", "17 Avenue", ("84 Street",)),
    ("164 st w and bedford ave", "164 st w", ("bedford ave",)),
    ("la av bedford y calle 90", "bedford Avenue", ("90 Street",)),
    ("main & side", "main", ("side",)),
    ("grand concourse and 161", "grand concourse", ("161",)),
    ("9th st between 3rd and 4th in brooklyn", "9th st", ("3rd", "4th")),
    ("5th ave between 34th and 35th street", "5th ave", ("34th", "35th street")),
    ("la 103 entre bedford y la 37 ave", "103", ("bedford", "37 ave")),
    ("entre las calles 34 y 35 en la quinta avenida", "5 Avenue", ("34", "35")),
    ("on bedford from 5th to 6th ave", "bedford", ("5th", "6th ave")),
    ("grand st 34th to 35th", "grand st", ("34th", "35th")),
    ("8th ave from 14 to 23 st", "8th ave", ("14", "23 st")),
    ("8 ave 42 st", "8 ave", ("42 st",)),
    ("corner 40th st queens blvd", "40th st", ("queens blvd",)),
    ("entre la 89 y la 90 en la bedford", "bedford", ("89", "90")),
    ("the block from Ferry to Rowe on Bedford", "Bedford", ("Ferry", "Rowe")),
    ("calle 42 oeste y novena avenida", "West 42 Street", ("9 Avenue",)),
    ("cars on grand st bet 74 & 75 far rockaway", "grand st", ("74", "75")),
    ("from 34th st to 35th st on 5 ave", "5 ave", ("34th st", "35th st")),
    ("Red River St At E Chavez St", "Red River St", ("E Chavez St",)),
    ("N State St At E Grand Ave", "N State St", ("E Grand Ave",)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "street", "cross"), CORNERS)
def test_finds_corner(
    reader: AddressReader, text: str, street: str | None, cross: tuple[str, ...]
) -> None:
    """Corners and blocks are found, also where a street is called by less than its name."""
    found = reader.read(text)
    assert found is not None
    assert (found.street, found.cross_streets, found.house) == (street, cross, None)


STREETS = [
    ("pothole on 5 ave", "5 ave"), ("5th av", "5th av"), ("w 42", "w 42"), ("e 110", "e 110"),
    ("Avenue of the Americas", "Avenue of the Americas"), ("N FISKE AVE", "N FISKE AVE"),
    ("light out on st nicholas ave", "st nicholas ave"), ("Highway 72", "Highway 72"),
    ("couch on Springside Ave. near the park", "Springside Ave"), ("Avenue J", "Avenue J"),
    ("Fallen tree on chapel", "chapel"), ("at the corner of 5th", "5th"),
    ("frente a la escuela en la 82", "82"), ("queens blvd", "queens blvd"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "street"), STREETS)
def test_finds_street_alone(reader: AddressReader, text: str, street: str) -> None:
    """A street without a number is still worth something."""
    found = reader.read(text)
    assert found is not None
    assert (found.street, found.house) == (street, None)


PLACES = [
    ("broken bench near prospect park", "prospect park", "Brooklyn"),
    ("Graffiti near the Common Ground High School", "Common Ground High School", None),
    ("marble hill houses bldg 11", "marble hill houses bldg 11", "Manhattan"),
    ("cerca del parque Prospect", "parque Prospect", None),
    ("noise in Harlem all night", "Harlem", "Manhattan"),
    ("University of Hawaii", "University of Hawaii", None),
    ("pothole by the ps 321 school", "ps 321", None),
    ("graffiti on P.S. 19", "P.S. 19", None),
    ("cerca de la escuela PS 19", "PS 19", None),
    ("lights out at pier 40", "pier 40", None),
    ("national air and space museum", "national air and space museum", None),
]


@pytest.mark.parametrize(("text", "place", "borough"), PLACES)
def test_finds_place(reader: AddressReader, text: str, place: str, borough: str | None) -> None:
    """Parks, schools, houses and neighbourhoods are found by name."""
    found = reader.read(text)
    assert found is not None
    assert (found.place, found.borough, found.house) == (place, borough, None)


EXITS = [
    ("pothole on BQE exit 32", "BQE", "BQE exit 32"),
    ("exit 32 on the bqe is flooded", "bqe", "exit 32 on the bqe"),
    ("hole on the BQE eastbound near exit 11", "BQE", "BQE eastbound near exit 11"),
    ("debris on the BQE near exit 5", "BQE", "BQE near exit 5"),
    ("hueco en la salida 19 de la BQE", "BQE", "salida 19 de la BQE"),
]


@pytest.mark.parametrize(("text", "street", "place"), EXITS)
def test_finds_exit(reader: AddressReader, text: str, street: str, place: str) -> None:
    """An exit says where on a highway."""
    found = reader.read(text)
    assert found is not None
    assert (found.street, found.place, found.house) == (street, place, None)


def test_an_exit_of_a_street_is_that_street(reader: AddressReader) -> None:
    """An exit named after a street leads to it; only highways have places of exits."""
    found = reader.read("crash at Exit 3 Trumbull Street")
    assert found is not None
    assert (found.street, found.place) == ("Trumbull Street", None)


def test_hours_are_no_stretch_of_a_street(reader: AddressReader) -> None:
    """`from 9 to 5 pm` on a street is no block of it."""
    found = reader.read("on main st from 9 to 5 pm")
    assert found is not None
    assert (found.street, found.cross_streets) == ("main st", ())


def test_a_place_before_its_address(reader: AddressReader) -> None:
    """A venue in front of its address is its place."""
    found = reader.read("Mt Tabor Park, 6220 SE Salmon St, Portland, OR 97215, USA")
    assert found is not None
    assert (found.house, found.street, found.place) == ("6220", "SE Salmon St", "Mt Tabor Park")


QUIET = [
    "ps 3 cars are parked here", "rats and mice in the park", "this is 3 times", "from 5 to 6",
    "", "   ", "yes", "2", "🙂🙂", "no heat for 3 weeks", "2 cars blocking my driveway",
    "loud party at 5 pm", "i live in apt 4B", "call me at 718-555-1234", "they are open 24/7",
    "i called 5 times", "rats and mice everywhere", "heat & hot water", "the street is dark",
    "between 9 and 10 pm they play music", "1st and 2nd floor have no water", "plate ABC 1234",
    "Pole number 10464 needs a bulb", "Replace street lamp bulb on UI 3291", "5 MPH zone",
    "a 90s Toyota Corolla is parked here", "bike lane is blocked", "there is no place to park",
    "la calle tiene muchos hoyos", "hace 3 semanas", "cerca del parque", "si", "paid $250 fine",
    "2 Skunks in my yard", "it is 80 degree in here", "no parking signs on a narrow 2 way street",
    "the second one", "pick up a bed frame and 2 dressers", "bring chairs for 3 sofas",
]  # fmt: skip


@pytest.mark.parametrize("text", QUIET)
def test_leaves_other_numbers_alone(reader: AddressReader, text: str) -> None:
    """Weeks, hours, telephones, plates, flats and everyday words are no address."""
    assert reader.read(text) is None


def test_span_is_as_typed(reader: AddressReader) -> None:
    """The text of an address is the exact part of the message, area included."""
    found = reader.read("Rats!! at 123  Grand St., Brooklyn 11211. Please help")
    assert found is not None
    assert found.text == "123  Grand St., Brooklyn 11211"
    assert (found.borough, found.zip) == ("Brooklyn", "11211")


@pytest.mark.parametrize(
    "text",
    [
        "1 Main Street Yonkers",
        "1 Main Street Yonkers NY",
        "50 Washington St, Hoboken NJ",
        "12 Elm Street, Newark, New Jersey",
        "100 north ave new rochelle",
    ],
)
def test_a_town_elsewhere_stays_in_the_span(reader: AddressReader, text: str) -> None:
    """Whoever looks an address up must see the town it lies in."""
    found = reader.read(f"pothole at {text}. thanks")
    assert found is not None and found.text == text


def test_borough_elsewhere_in_the_message(reader: AddressReader) -> None:
    """A borough said in another sentence still belongs to the address; a denied one does not."""
    said = reader.read("I am in Queens. Pothole at 40 Main St")
    assert said is not None and said.borough == "Queens"
    denied = reader.read("123 Broadway, its Brooklyn not Queens")
    assert denied is not None and denied.borough == "Brooklyn"


def test_new_york_ny_is_manhattan_only_where_the_street_may_be(reader: AddressReader) -> None:
    """`New York, NY` after a street that is only in Brooklyn says nothing about Manhattan."""
    found = reader.read("123 Bedford Ave, New York, NY")
    assert found is not None and found.borough is None


def test_a_street_named_after_a_borough_is_no_borough(reader: AddressReader) -> None:
    """Queens Boulevard alone does not say Queens."""
    found = reader.read("pothole at 40 Queens Blvd")
    assert found is not None
    assert (found.house, found.street, found.borough) == ("40", "Queens Blvd", None)


def test_cross_street_completes_a_house(reader: AddressReader) -> None:
    """What stands behind a house in words like "near" becomes its cross street."""
    found = reader.read("300 block of N 31st St near Marshall")
    assert found is not None
    assert (found.house, found.street, found.cross_streets) == ("300", "N 31st St", ("Marshall",))
