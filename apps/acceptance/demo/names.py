"""What people, companies and streets around Breda and Tilburg are called."""

from dataclasses import dataclass
from random import Random

from django.utils.text import slugify

FIRST = [
    "Anna",
    "Bart",
    "Carla",
    "Daan",
    "Eva",
    "Frits",
    "Greet",
    "Hans",
    "Ilse",
    "Jan",
    "Karin",
    "Leo",
    "Marieke",
    "Niek",
    "Olga",
    "Peter",
    "Quinten",
    "Ria",
    "Sanne",
    "Tom",
    "Ursula",
    "Vera",
    "Wim",
    "Yvonne",
    "Zoë",
    "Ahmed",
    "Fatima",
    "Mehmet",
    "Samira",
    "Kasia",
    "Piotr",
    "Ingrid",
    "Joost",
    "Lotte",
    "Ruud",
    "Tineke",
    "Sjaak",
    "Dirk",
]
LAST = [
    "Jansen",
    "de Vries",
    "van den Berg",
    "Bakker",
    "van Dijk",
    "Visser",
    "Smit",
    "Meijer",
    "de Boer",
    "Mulder",
    "de Groot",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "van Leeuwen",
    "Dekker",
    "Brouwer",
    "de Wit",
    "Dijkstra",
    "Smits",
    "de Graaf",
    "van der Meer",
    "Kok",
    "Jacobs",
    "van der Linden",
    "Vermeulen",
    "van den Heuvel",
    "Willems",
    "Hoekstra",
    "Maas",
    "Verhoeven",
    "Koster",
    "van Dam",
    "Prins",
    "Schouten",
    "Kuijpers",
    "van Gils",
    "Oomen",
    "Aerts",
    "El Amrani",
    "Yılmaz",
    "Kowalski",
    "Verschuren",
    "Michielsen",
    "van Hooijdonk",
]
STREETS = [
    "Parkstraat",
    "Dorpsstraat",
    "Kerkstraat",
    "Molenstraat",
    "Schoolstraat",
    "Julianalaan",
    "Wilhelminastraat",
    "Nieuwstraat",
    "Beatrixlaan",
    "Haagweg",
    "Ginnekenweg",
    "Teteringsedijk",
    "Burgemeester Kerstenslaan",
    "Koestraat",
    "Oranjestraat",
    "Lage Witsiebaan",
    "Besterdring",
    "Ringbaan-Oost",
    "Goirkestraat",
    "Lange Nieuwstraat",
    "Bredaseweg",
    "Markt",
    "Heuvel",
    "Vlierstraat",
    "Zandberglaan",
    "Sint-Janstraat",
    "Achterom",
    "Meerdijk",
    "Vossenlaan",
    "Hazelaarstraat",
    "Lindenlaan",
    "Eikendreef",
    "Beukenhof",
    "Spoorlaan",
    "Havenweg",
]
BUSINESSES = [
    "Bakkerij Van Dongen",
    "Garage Jansen B.V.",
    "Tandartspraktijk Molenbeek",
    "Café De Kroon",
    "Hotel Zuid",
    "Slagerij Mol",
    "Apotheek Centrum",
    "Drukkerij Oomen B.V.",
    "Fysiotherapie De Brug",
    "Kapsalon Krul",
    "Restaurant De Pastorie",
    "Sportcentrum De Vliet",
    "Bloemenhuis Roos",
    "Autobedrijf Verhoeven",
    "Kinderopvang De Bolder",
    "Notariskantoor Smits & Vos",
    "Supermarkt De Graaf",
    "Brasserie Aan de Haven",
    "Houthandel Maas B.V.",
    "Dierenkliniek De Mark",
    "Makelaardij Van Gils",
    "IJssalon Venezia",
    "Fietsenwinkel Aerts",
    "Uitvaartzorg Het Anker",
]
ASSOCIATIONS = [
    "VvE Parkzicht",
    "VvE Lindehof",
    "VvE De Singel",
    "VvE Havenkwartier",
    "VvE Burgemeestershof",
    "Stichting Woonbelang",
    "Basisschool De Brug",
    "Gemeente Etten-Leur, gebouwen",
    "Zorgcentrum De Donk",
    "Bibliotheek Midden-Brabant",
]
# Contractors who take in work from other builders: VAT is reversed to them (Wet OB art. 12 lid 5).
BUILDERS = [
    "Bouwbedrijf Van Hooijdonk B.V.",
    "Aannemersbedrijf Koster B.V.",
    "Maas Installatiebouw B.V.",
    "Renovatie Brabant B.V.",
]
# Postal code (four digits), place, as in fixtures/postal-codes.csv
PLACES = (
    ("4811", "Breda"), ("4812", "Breda"), ("4817", "Breda"), ("4818", "Breda"), ("4834", "Breda"), ("4871", "Etten-Leur"),
    ("4873", "Etten-Leur"), ("4901", "Oosterhout"), ("4902", "Oosterhout"), ("5011", "Tilburg"), ("5014", "Tilburg"),
    ("5038", "Tilburg"), ("5051", "Goirle"), ("5061", "Oisterwijk"), ("4701", "Roosendaal"), ("4702", "Roosendaal"),
    ("4761", "Zevenbergen"), ("4941", "Raamsdonksveer"), ("5121", "Rijen"), ("5126", "Gilze"),
)  # fmt: skip
# Letters that Dutch postal codes use, without the S of the pairs that are never given out.
LETTERS = "ABCDEGHJKLNPRTVWXZ"


@dataclass(frozen=True)
class Place:
    street: str
    house_number: str
    postal_code: str
    city: str


def person(random: Random) -> str:
    return f"{random.choice(FIRST)} {random.choice(LAST)}"


def place(random: Random) -> Place:
    digits, city = random.choice(PLACES)
    return Place(
        random.choice(STREETS),
        str(random.randint(1, 180)) + random.choice(["", "", "", "", "a", "b"]),
        f"{digits} {random.choice(LETTERS)}{random.choice(LETTERS)}",
        city,
    )


def email(name: str, domain: str) -> str:
    """An address that can belong to nobody: example domains are reserved (RFC 2606)."""
    return f"{slugify(name).replace('-', '.')}@{domain}"
