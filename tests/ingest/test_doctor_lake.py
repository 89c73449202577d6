"""`kpi doctor` tells a lake file that is cut off at once, and any other damage on demand."""

import pytest

from kpi.doctor import Diagnosis, examine
from kpi.errors import LakeDamaged
from kpi.settings import Settings


def damage_found(office, *, full: bool = False) -> list[Diagnosis]:
    found = examine(Settings(workspace=office.folder), full=full)
    return [finding for finding in found if isinstance(finding.error, LakeDamaged)]


@pytest.fixture
def loaded(office, csv):
    (office.folder / "workspace.toml").write_text('name_ar = "م"\nname_en = "T"\n', encoding="utf-8")
    office.put("transactions/a.csv", csv({}, {"channel": "fax"}))
    office.put("transactions/b.csv", csv({"transaction_id": "B"}))
    office.load()
    return office


@pytest.mark.parametrize("kept", [0, 3, 12, 200])
@pytest.mark.parametrize("kind", ["accepted_path", "rejected_path"])
def test_a_file_that_is_cut_off_is_named(loaded, kept, kind):
    assert damage_found(loaded) == []
    path = getattr(loaded.lake.entry("transactions/a.csv"), kind)
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[: min(kept, len(content) - 1)])
    (finding,) = damage_found(loaded)
    assert finding.state == "bad"
    assert finding.exit_code
    for language in ("ar", "en"):
        assert "transactions/a.csv" in finding.what(language)
        assert "transactions/b.csv" not in finding.what(language)


def test_a_file_that_is_gone_is_named(loaded):
    loaded.lake.entry("transactions/b.csv").accepted_path.unlink()
    assert "transactions/b.csv" in damage_found(loaded)[0].what("en")


def test_a_flipped_byte_is_found_when_every_byte_is_read(loaded):
    path = loaded.lake.entry("transactions/a.csv").accepted_path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    assert damage_found(loaded) == []
    assert "transactions/a.csv" in damage_found(loaded, full=True)[0].what("en")
