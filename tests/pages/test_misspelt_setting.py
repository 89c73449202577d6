"""A setting that is misspelt is refused on the page as on the command line, with the nearest one."""

from kpi.language import strip_isolates


def test_a_page_refuses_a_misspelt_setting_in_words(screen, demo_workspace, monkeypatch) -> None:
    monkeypatch.setenv("KPI_DIGTS", "arab")
    html = strip_isolates(screen(demo_workspace, lang="en").html)
    assert "KPI_DIGTS" in html and "KPI_DIGITS" in html
    assert "what is wrong in them: 1" in html
