"""The settings of the engine: closed to secrets, plain about what is missing, DuckDB unless told otherwise."""

from pathlib import Path

import pytest

from kpi.doctor import examine
from kpi.errors import EngineError, SettingsError
from kpi.settings import Settings, settings_in_force
from kpi.warehouse.engines import engine_in_force
from tests.engine.servers import lack_of_spark


@pytest.mark.parametrize(
    "url", ["local[2]", "local-cluster[2,1,1024]", "sc://spark.example:15002", "sc://h/;use_ssl=true"]
)
def test_the_addresses_of_the_readme_are_taken(url: str) -> None:
    assert settings_in_force(engine_url=url).engine_url == url


@pytest.mark.parametrize(
    "url", ["sc://h:15002/;token=sesame", "sc://h/;use_ssl=true;token=sesame", "spark://h:7077", "yarn", ""]
)
def test_a_token_in_the_address_or_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_in_force(engine_url=url)
    assert "KPI_ENGINE_URL" in refused.value.what("en")
    assert "sesame" not in refused.value.what("en")


def test_the_doctor_names_the_engine_of_the_process(demo_workspace: Path) -> None:
    said = [
        finding.what(language) for finding in examine(Settings(workspace=demo_workspace)) for language in ("ar", "en")
    ]
    assert any("DuckDB" in line and "المحرك" in line for line in said)
    assert any("Engine: DuckDB" in line for line in said)


@pytest.mark.skipif(lack_of_spark() is None, reason="Spark itself is installed here")
def test_spark_on_this_machine_without_spark_names_what_to_install(demo_workspace: Path) -> None:
    settings = Settings(workspace=demo_workspace, engine="spark")
    with pytest.raises(EngineError) as missing, engine_in_force(settings):
        pass
    assert "tahawul-kpi[spark]" in missing.value.next_step("en") or "Java" in missing.value.next_step("en")
    bad = [finding for finding in examine(settings) if finding.state == "bad"]
    assert [finding.exit_code for finding in bad] == [6]
