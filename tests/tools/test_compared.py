"""The page of what is compared with Keras: it says what the cases are now."""

from tools import compared


def test_the_page_is_made_of_the_cases_as_they_are():
    assert compared.PAGE.read_text(encoding="utf-8") == compared.page(), "run python -m tools.compared"


def test_the_counts_are_of_the_cases():
    counts = compared.recorded()
    assert counts["layer"]["Dense"] >= 5 and counts["optimizer"]["Adam"] >= 5
    assert len(compared.files()) >= 30 and len(compared.operations()) >= 250
