"""A part is found by what people call it: in the middle of words, without accents, with or without room before a unit."""

import pytest

from apps.materials.models import Material
from tests.builders import MaterialFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Thermostaatkraan M30", "kraan"),
        ("Koperen buis 22 mm", "22mm"),
        ("Koperen buis 22mm", "22 mm"),
        ("Koperen buis 22mm", "buis 22"),
        ("Geïsoleerde leiding", "geisoleerd"),
        ("Geisoleerde leiding", "GEÏSOLEERD"),
        ("Rookgasset 60×100", "60x100"),
        ("Expansievat 1,5 l", "1.5l"),
        ("Circulatiepomp 15-60", "pomp 15-60"),
        ("Kit 100% zuurvrij", "100%"),
    ],
)
def test_it_is_found(name: str, asked: str) -> None:
    part = MaterialFactory(name=name, code="X-1")
    MaterialFactory(name="Afzuigkap", code="Y-2")
    assert list(Material.objects.search(asked)) == [part]


def test_each_word_must_stand_somewhere_in_the_code_the_barcode_or_the_category_too() -> None:
    part = MaterialFactory(name="Kogelkraan", code="KK-15", barcode="8712300000015", category="Appendages")
    for asked in ("kk-15", "00015", "append kogel", "KRAAN 8712"):
        assert list(Material.objects.search(asked)) == [part]
    assert not Material.objects.search("kraan pomp").exists()
    assert Material.objects.search("  ").count() == 1


def test_it_follows_a_change_of_the_name() -> None:
    part = MaterialFactory(name="Kogelkraan", code="K-1")
    Material.objects.filter(pk=part.pk).update(name="Afsluiter")
    assert not Material.objects.search("kraan").exists()
    assert Material.objects.search("sluit").exists()
