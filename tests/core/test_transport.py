"""How answers travel: pages compressed, lists as files of any length."""

import csv
import gzip
import io

from django.urls import reverse

from apps.core import exports
from tests.builders import CustomerFactory

GZIP = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_compressed_and_its_length_tells_nothing(cast, client_as):
    client = client_as(cast.bram)
    address = reverse("customers:customer_list")
    answers = [client.get(address, headers=GZIP) for _n in range(6)]
    assert {answer["Content-Encoding"] for answer in answers} == {"gzip"}
    assert "Accept-Encoding" in answers[0]["Vary"]
    assert b"</html>" in gzip.decompress(answers[0].content)
    assert len({len(answer.content) for answer in answers}) > 1
    assert "Content-Encoding" not in client.get(address)


def test_a_list_longer_than_a_file_says_so(cast, client_as, monkeypatch):
    monkeypatch.setattr(exports, "EXPORT_CAP", 3)
    for n in range(5):
        CustomerFactory(name=f"Customer {n}")
    answer = client_as(cast.olga).get(reverse("customers:customer_list") + "?export=csv")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len(lines) == 1 + 3 + 1
    assert lines[-1] == ["There are more than 3 rows: choose a filter for the others."]
