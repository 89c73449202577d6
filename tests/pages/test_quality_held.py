"""The data-quality page names what is held back on top, and what was released."""

import pytest

from kpi.ingest.load import load
from kpi.ingest.release import everything_held, release
from kpi.language import strip_isolates
from kpi.messages import LANGUAGES, text
from kpi.settings import Settings
from kpi.warehouse.build import build
from tests.queries.quality_workspace import HEADER, publish_troubled, write

BAD = "".join(f"{number},2024-03-02T10:00:00,baths,steam,web,completed,\n" for number in range(20, 24))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_held_back_stands_on_top_until_it_is_released_and_then_who_did(screen, tmp_path, language) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    publish_troubled(folder)
    good = "30,2024-04-02T10:00:00,baths,swim,web,completed,\n"
    write(folder, [("inbox/transactions/bad.csv", HEADER + BAD + good)])
    settings = Settings(workspace=folder)
    assert load(settings).exit_code == 7
    build(settings)
    html = strip_isolates(screen(folder, "quality", lang=language).html)
    assert text("quality.held", language) in html
    assert text("held.kind.file_rejected_share", language) in html
    assert html.index("transactions/bad.csv") < html.index(text("quality.senders", language))
    (held,) = (one for one in everything_held(folder) if one.source_file == "transactions/bad.csv")
    assert f"kpi release {held.held_id}" in html
    release(folder, [held.held_id], by="<b>amal</b>", why="asked the sender")
    build(settings)
    shown = screen(folder, "quality", lang=language)
    assert "asked the sender" in shown.html
    assert not any("<b>amal" in block.proto.body for block in shown.app.get("html"))
    assert f"kpi release {held.held_id}" not in strip_isolates(shown.html)
