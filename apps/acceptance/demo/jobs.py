"""What customers of an installer ask for, and what is found and done."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Work:
    """One kind of job: what is asked, what is done, how long it takes and what goes in."""

    type: str
    asked: str
    title: str
    scope: str
    done: str
    hours: tuple[float, float]
    materials: tuple[tuple[str, int, int], ...]
    quoted: bool = False
    people: int = 1

    @property
    def sold(self) -> Decimal:
        """Hours that one visit is reckoned to take, in quarters."""
        return Decimal(round(self.hours[1] * 4)) / 4


REPAIRS = (
    Work("leak", "Lekkage onder de spoelbak in de keuken, water druppelt in het kastje.", "Lekkage keuken verhelpen",
         "Lekkage opsporen en verhelpen.", "Lekkende bekersifon vervangen, aansluitingen nagezien en getest.",
         (0.75, 1.5), (("SA-*Bekersifon", 1, 1), ("VB-*Teflontape", 1, 1))),
    Work("leak", "Toilet loopt door, we horen de hele dag water.", "Doorlopend toilet",
         "Vlotter en bodemklep nazien, zo nodig vervangen.", "Vlotterkraan en bodemklep vervangen, waterstand afgesteld.",
         (0.5, 1.25), (("SA-*Vlotterkraan", 1, 1), ("SA-*Bodemklep", 1, 1))),
    Work("leak", "Afvoer van de douche verstopt, water blijft staan.", "Verstopte doucheafvoer",
         "Verstopping verhelpen.", "Afvoer ontstopt met veer, vloersifon gereinigd en terugslag getest.",
         (0.75, 2.0), (("SA-*Vloersifon", 0, 1), ("VB-*Sanitairkit wit", 0, 1))),
    Work("boiler", "Cv-ketel geeft storing F28 en het huis wordt niet warm.", "Storing cv-ketel",
         "Storing opsporen en verhelpen.", "Ontstekingspen en waterdruk hersteld, ketel opnieuw ingeregeld en CO gemeten.",
         (1.0, 2.25), (("VW-*Condensafvoer", 0, 1), ("AP-*Vulkraan", 0, 1), ("VB-*Inhibitor", 0, 2))),
    Work("boiler", "Waterdruk van de ketel zakt steeds weg.", "Drukverlies cv-installatie",
         "Oorzaak van het drukverlies zoeken, expansievat controleren.",
         "Expansievat vervangen, installatie gevuld en ontlucht.",
         (1.25, 2.5), (("EXV-25", 1, 1), ("AP-*Automatische ontluchter", 1, 2))),
    Work("electrical", "Aardlekschakelaar slaat steeds uit.", "Aardlekstoring",
         "Aardfout opsporen en verhelpen.", "Lekstroom gevonden in buitenlamp, lasdoos vervangen en getest.",
         (0.75, 2.0), (("EL-*Lasdoos", 1, 1), ("EL-*Lasklem 3", 2, 5))),
    Work("electrical", "Extra stopcontacten in de werkkamer gewenst.", "Extra wandcontactdozen werkkamer",
         "Drie dubbele wandcontactdozen plaatsen op een bestaande groep.",
         "Drie dubbele wandcontactdozen geplaatst, leiding ingefreesd en doorgemeten.",
         (2.0, 3.5), (("EL-*Wandcontactdoos dubbel", 3, 3), ("EL-*Installatiedraad 2,5 mm² bruin", 12, 20),
                      ("EL-*Inbouwdoos", 3, 3))),
    Work("cooling", "Airco koelt niet meer goed.", "Airco koelt onvoldoende",
         "Koelcircuit nazien en zo nodig bijvullen.", "Filters gereinigd, lek in flare hersteld en 0,4 kg R32 bijgevuld.",
         (1.5, 2.5), (("KO-*Koudemiddel R32", 1, 1),)),
    Work("ventilation", "Ventilatiebox maakt veel lawaai.", "Lawaai ventilatiebox",
         "Ventilatiebox nazien.", "Ventilator gereinigd en lagers vervangen, ventielen ingeregeld.",
         (1.0, 2.0), (("VEN-125", 0, 2),)),
    Work("bathroom", "Douchekraan lekt en wordt niet meer goed warm.", "Douchethermostaat vervangen",
         "Thermostaatkraan vervangen.", "Douchethermostaat vervangen en afgekit.",
         (0.75, 1.5), (("SA-*Douchethermostaat", 1, 1), ("VB-*Sanitairkit transparant", 1, 1))),
)  # fmt: skip

MAINTENANCE = (
    Work("maintenance", "Jaarlijks onderhoud van de cv-ketel.", "Jaarlijks onderhoud cv-ketel",
         "Onderhoud volgens controlelijst, CO-meting.", "Ketel gereinigd, sifon gevuld, verbranding ingeregeld.",
         (0.75, 1.25), (("VB-*Reinigingsmiddel", 0, 1),)),
    Work("maintenance", "Onderhoud warmtepomp en filters.", "Onderhoud warmtepomp",
         "Onderhoud buiten- en binnenunit, filters vervangen.", "Filters gereinigd, koudemiddeldruk en glycol gecontroleerd.",
         (1.25, 2.0), (("VW-*Glycol", 0, 1),)),
    Work("ventilation", "Jaarlijks onderhoud van de WTW-unit.", "Onderhoud WTW-unit",
         "Filters vervangen, unit reinigen en debieten nameten.", "Filters vervangen, waaiers gereinigd, debieten nagemeten.",
         (1.0, 1.5), (("VT-*WTW-filterset", 1, 1),)),
    Work("cooling", "Jaarlijks onderhoud van de airco's.", "Onderhoud airco",
         "Binnen- en buitenunits reinigen, lekcontrole.", "Filters en condensafvoer gereinigd, lekcontrole in orde.",
         (1.0, 1.75), ()),
    Work("electrical", "Periodieke keuring van de elektrische installatie.", "Periodieke keuring NEN 3140",
         "Visuele controle en metingen, keuringsrapport.", "Gemeten en beoordeeld, rapport opgemaakt.",
         (1.5, 2.0), (("EL-*Lasdoos", 0, 1),)),
    Work("leak", "Halfjaarlijkse controle van afvoeren en keerkleppen.", "Controle afvoeren en keerkleppen",
         "Afvoeren doorspuiten, keerkleppen beproeven.", "Afvoeren doorgespoten, keerkleppen beproefd en gelabeld.",
         (1.0, 1.75), ()),
)  # fmt: skip

PROJECTS = (
    Work("boiler", "Onze ketel is zestien jaar oud, graag een prijs voor een nieuwe.", "Cv-ketel vervangen",
         "Bestaande ketel demonteren en afvoeren. Nieuwe HR-combiketel leveren, monteren, inregelen en opleveren.",
         "Ketel vervangen, rookgasafvoer vernieuwd, installatie gespoeld en ingeregeld.",
         (5.0, 8.0), (("HR-28", 1, 1), ("VW-*Rookgasafvoer concentrisch", 1, 1), ("CU-22", 6, 12),
                      ("FI-34", 1, 1), ("VB-*Inhibitor", 1, 1)), quoted=True),
    Work("heat_pump", "We willen van het gas af, kunt u een hybride warmtepomp aanbieden?", "Hybride warmtepomp plaatsen",
         "Hybride warmtepomp leveren en plaatsen naast de bestaande ketel, inclusief leidingwerk en inregelen.",
         "Buitenunit geplaatst op dempers, leidingwerk geïsoleerd, regeling gekoppeld en ingeregeld.",
         (12.0, 18.0), (("HWP-05", 1, 1), ("CU-28", 10, 18), ("ISO-28", 10, 18), ("VW-*Buitenvoeler", 1, 1),
                        ("KO-*Trillingsdempers", 1, 1)), quoted=True, people=2),
    Work("cooling", "Graag een offerte voor airco in twee slaapkamers.", "Split-airco slaapkamers",
         "Twee split-units leveren en monteren, leidinggoot in wit, condensafvoer naar buiten.",
         "Twee units gemonteerd, leidingen afgeperst, vacuüm getrokken en in bedrijf gesteld.",
         (7.0, 11.0), (("AC-25", 2, 2), ("KO-*Koelleiding 1/4", 10, 16), ("KO-*Leidinggoot", 6, 10),
                       ("KO-*Wandbeugel", 2, 2)), quoted=True),
    Work("charger", "We krijgen een elektrische auto en willen thuis laden.", "Laadpunt 11 kW",
         "Laadpunt leveren en monteren, eigen groep in de meterkast, loadbalancing.",
         "Laadpunt gemonteerd, groep aangebracht, loadbalancing ingesteld en getest.",
         (4.0, 6.0), (("LP-11", 1, 1), ("LA-*Loadbalancing", 1, 1), ("EL-*YMvK 5 × 6", 12, 22), ("ALA-20", 1, 1)),
         quoted=True),
    Work("electrical", "De groepenkast is verouderd, we willen een nieuwe met meer groepen.", "Groepenkast vervangen",
         "Bestaande kast vervangen door driefasenkast met twaalf groepen, keuren en labelen.",
         "Groepenkast vervangen, alle groepen doorgemeten en gelabeld.",
         (5.0, 7.5), (("GK-*Groepenkast 3-fase 12", 1, 1), ("GK-*Overspanning", 1, 1), ("IA-16", 2, 4)), quoted=True),
    Work("bathroom", "Toilet vernieuwen: wandcloset met inbouwreservoir.", "Toiletruimte vernieuwen",
         "Bestaand toilet verwijderen, inbouwreservoir en wandcloset plaatsen, fonteintje aansluiten.",
         "Inbouwreservoir gesteld, closet en fontein geplaatst en afgekit.",
         (7.0, 10.0), (("SA-*Closetcombinatie", 1, 1), ("SA-*Inbouwreservoir", 1, 1), ("SA-*Bedieningspaneel", 1, 1),
                       ("SA-*Fontein 36", 1, 1), ("PVC-110", 2, 4)), quoted=True),
    Work("ventilation", "WTW-unit is op, graag een prijs voor vervangen inclusief inregelen.", "WTW-unit vervangen",
         "WTW-unit vervangen, kanalen reinigen, ventielen inregelen met meetrapport.",
         "Unit vervangen, kanalen gereinigd en alle ventielen ingeregeld.",
         (6.0, 9.0), (("VT-*WTW-unit 300", 1, 1), ("VT-*WTW-filterset", 2, 2), ("SPI-160", 3, 6)), quoted=True, people=2),
)  # fmt: skip

# Whole days of two people at a housing association or a company.
INSTALLATIONS = (
    Work("ventilation", "Mechanische ventilatie van het woonblok vervangen.", "Ventilatie woonblok vervangen",
         "Per woning de ventilatiebox vervangen en de ventielen inregelen.",
         "Boxen vervangen, ventielen ingeregeld en gemeten volgens opgave.",
         (6.5, 7.5), (("VEN-125", 4, 8), ("SPI-160", 6, 14), ("VT-*WTW-unit 300", 0, 1)), people=2),
    Work("bathroom", "Standleidingen en toiletten in de gang vernieuwen.", "Standleiding en toiletten vernieuwen",
         "Standleiding in delen vernieuwen, toiletten opnieuw aansluiten.",
         "Deel van de standleiding vernieuwd, toiletten aangesloten en op lekkage getest.",
         (6.5, 7.5), (("PVC-110", 6, 12), ("SA-*Closetcombinatie", 1, 2), ("SA-*Inbouwreservoir", 1, 2)), people=2),
    Work("charger", "Laadpalen op het parkeerterrein.", "Laadplein aanleggen",
         "Laadpunten plaatsen, bekabeling trekken en aansluiten op de hoofdverdeler.",
         "Laadpunten geplaatst, bekabeld en in bedrijf gesteld.",
         (6.5, 7.5), (("LP-11", 1, 2), ("EL-*YMvK 5 × 6", 14, 24)), people=2),
)  # fmt: skip

EXTRAS = (
    ("Afsluiter achter de meter bleek vast te zitten en is vervangen.", 0.75),
    ("Op verzoek van de klant een extra buitenkraan aangesloten.", 1.5),
    ("Leiding in de kruipruimte was doorgerot, twee meter vernieuwd.", 1.25),
    ("Extra wandcontactdoos geplaatst naast het toestel.", 1.0),
)
DEVIATIONS = (
    "Kruipluik zit dicht; kruipruimte niet te bereiken.",
    "Rookgasafvoer van de buren loopt door onze schacht, graag overleg met de VvE.",
    "Meterkast voldoet niet aan NEN 1010, klant gewaarschuwd.",
)
NO_ACCESS = ("Niemand thuis, twee keer gebeld.", "Verkeerde dag in de agenda van de klant.")
DECLINES = ("Te duur", "We wachten tot volgend jaar", "We hebben voor een ander gekozen")
JUDGED = ("Besproken met de klant", "Met de monteur nagegaan", "Klant was akkoord, telefonisch")
FOLLOW_UPS = (
    "Klant gebeld; wordt bij het volgende bezoek meegenomen.",
    "Besproken met de VvE, zij nemen contact op met de buren.",
    "Klant laat het zelf verhelpen, brief nagestuurd.",
)
