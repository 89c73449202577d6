"""The SQL page in a browser: names inserted and completed, the query kept in the address, a long one cancelled."""

from urllib.parse import quote

import pytest

from kpi.messages import text

pytestmark = pytest.mark.browser


def test_a_query_that_is_run_stands_in_the_address_and_back_returns_to_the_one_before(visitor) -> None:
    reader = visitor("en")
    page = reader.open(f"sql?lang=en&q={quote('select 41 as answer')}")
    page.wait_for_selector(".kpi-answer-grid")
    area = page.locator(".st-key-editor textarea")
    area.fill("select 42 as answer")
    page.get_by_role("button", name=text("sql.run", "en")).click()
    page.wait_for_selector(".kpi-answer-grid >> text=42")
    assert "42" in page.url
    page.go_back()
    page.wait_for_selector(".kpi-answer-grid >> text=41")


def test_a_name_is_inserted_with_a_press_and_completed_while_typed(visitor) -> None:
    page = visitor("en").open("sql?lang=en")
    area = page.locator(".st-key-editor textarea")
    area.fill("select * from dim_gov")
    page.locator('.kpi-offered button[data-complete="dim_governorate"]').wait_for()
    page.keyboard.press("Control+Space")
    assert area.input_value() == "select * from dim_governorate"
    area.fill("select * from ")
    summary = page.locator(".kpi-schema summary", has_text="serve_claims")
    summary.click()
    page.locator('.kpi-schema button[data-insert="serve_claims"]').click()
    assert area.input_value() == "select * from serve_claims"


def test_a_long_query_is_cancelled_and_said_so(visitor) -> None:
    reader = visitor("ar")
    slow = "select count(*) from range(10000000) a, range(100000) b where a.range + b.range = 7"
    page = reader.page
    page.goto(f"{reader.address}/sql?q={quote(slow)}")
    page.get_by_role("button", name=text("sql.cancel", "ar")).click(timeout=20_000)
    page.wait_for_selector(f"text={text('errors.query_cancelled.what', 'ar')}", timeout=20_000)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_query_is_coloured_below_the_field_line_on_line(visitor, language) -> None:
    page = visitor(language, width=390).open(f"sql?lang={language}")
    area, layer = page.locator(".st-key-editor textarea"), page.locator(".kpi-editor-colours")
    query = "-- why\nselect count(*), 'a -- b' as text, 1.5 as half from serve_claims where entity_id = $entity\n\n" * 5
    area.fill(query)
    page.locator('.kpi-sql-name:text-is("serve_claims")').first.wait_for()
    assert layer.text_content() == f"{query}\u200b"
    assert layer.get_attribute("aria-hidden") == "true"
    kinds = {kind: page.locator(f".kpi-sql-{kind}").first.text_content()
             for kind in ("comment", "keyword", "function", "value", "parameter")}  # fmt: skip
    assert kinds == {
        "comment": "-- why", "keyword": "select", "function": "count", "value": "'a -- b'", "parameter": "$entity",
    }  # fmt: skip
    area.evaluate("area => { area.scrollTop = 60; }")
    page.wait_for_function("document.querySelector('.kpi-editor-colours').scrollTop === 60")
    inner = "one => [one.clientWidth, one.clientHeight, one.scrollHeight, getComputedStyle(one).direction]"
    assert layer.evaluate(inner) == area.evaluate(inner)


def test_a_text_that_the_page_puts_into_the_field_is_coloured(visitor) -> None:
    reader = visitor("en")
    for answer in ("41", "42"):
        reader.page.goto(f"{reader.address}/sql?lang=en&q={quote(f'select {answer} as answer')}")
        reader.page.locator(".kpi-sql-value", has_text=answer).wait_for()
