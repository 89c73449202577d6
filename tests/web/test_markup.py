"""Templates escape every text, and refuse a view that lacks something."""

import pytest
from jinja2 import UndefinedError

from kpi.web.markup import render
from kpi.web.screens.attention import AttentionRow

HOSTILE = "<script>alert(\"1\")</script> & 'x'"


def test_a_text_with_markup_in_it_is_text_on_the_page() -> None:
    row = AttentionRow(what=HOSTILE, who=HOSTILE, href=f"./projects?q={HOSTILE}")
    html = render("attention.html", title=HOSTILE, lines=(row,), note=HOSTILE)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 5
    assert 'href="./projects?q=&lt;script&gt;alert(&#34;1&#34;)' in html


def test_a_view_that_lacks_something_is_an_error_and_no_empty_text() -> None:
    with pytest.raises(UndefinedError, match="title"):
        render("attention.html", lines=(), note="")
