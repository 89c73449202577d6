"""Keep the published figures that the invented rows must add up to; nothing outside the demo knows them."""

from datetime import date

Curve = tuple[tuple[date, float], ...]

DIGITAL_2025 = 11_439_542
DIGITAL_2024_JAN_TO_NOV = 26_993_418
DIGITAL_2024_JAN_TO_MAY = 10_597_316
DIGITAL_2024_DEC = 2_713_480
DIGITAL_BY_YEAR = {2021: 11_063_220, 2022: 16_038_754, 2023: 22_081_907}
TAKE_UP_BEFORE_2025: Curve = (
    (date(2021, 1, 1), 0.60),
    (date(2022, 1, 1), 0.68),
    (date(2023, 1, 1), 0.77),
    (date(2024, 1, 1), 0.83),
    (date(2024, 12, 31), 0.872),
)
TAKE_UP_2025 = 0.88

# January–May 2025 per governorate, pro rata by months from published counts of longer periods;
# Musandam, Al Buraimi, Al Wusta and South Al Sharqiyah have no published count and are assumed.
GOVERNORATE_DIGITAL_2025 = {
    "OM-MA": 117_126,
    "OM-DA": 290_503,
    "OM-BS": 80_538,
    "OM-ZA": 11_609,
    "OM-SS": 9_798,
    "OM-ZU": 7_760,
    "OM-BJ": 8_112,
    "OM-SJ": 7_240,
    "OM-MU": 2_410,
    "OM-BU": 4_380,
    "OM-WU": 1_920,
}

ACTIVE_SERVICES = 4_100
BASELINE_DAY = date(2021, 1, 1)
RETIRED_EARLIER = 36
REGISTERED_LATER = 60
JOURNEY_SERVICES = 45
JOURNEYS_WITH_SERVICES = 8

DIGITISATION_SCOPE = 2_523
DIGITISED: Curve = (
    (date(2020, 12, 31), 460),
    (date(2021, 12, 31), 700),
    (date(2022, 12, 31), 1_060),
    (date(2023, 12, 31), 1_420),
    (date(2024, 11, 30), 1_700),
    (date(2025, 5, 31), 1_867),
    (date(2025, 12, 31), 2_277),
)

PRIORITY_FIRST = 2_869
PRIORITY_ADDED = 297
PRIORITY_ADDED_ON = date(2025, 6, 1)
SIMPLIFIED: Curve = (
    (date(2020, 12, 31), 0),
    (date(2021, 12, 31), 560),
    (date(2022, 12, 31), 1_330),
    (date(2023, 12, 31), 2_090),
    (date(2024, 11, 30), 2_680),
    (date(2025, 5, 31), 2_754),
    (date(2025, 12, 31), 3_166),
)
MANJAM = 381
MANJAM_PHASE_1 = 145
MANJAM_AFTER = 60
STEPS_KEPT = 0.47
MINUTES_KEPT = 0.27

PROJECTS = 36
COMPLETED_PROJECTS = 25
UNFINISHED_PROGRESS_PCT = 80.0
COMPLETION_DAY = date(2025, 10, 25)
PROGRAMME_PERFORMANCE: Curve = (
    (date(2021, 5, 31), 0.0),
    (date(2021, 12, 31), 9.0),
    (date(2022, 9, 30), 26.0),
    (date(2023, 12, 31), 53.0),
    (date(2024, 11, 30), 73.0),
    (date(2025, 5, 31), 80.0),
    (COMPLETION_DAY, (COMPLETED_PROJECTS * 100 + (PROJECTS - COMPLETED_PROJECTS) * UNFINISHED_PROGRESS_PCT) / PROJECTS),
)
PROJECT_LOG_FROM = date(2021, 6, 1)
PROJECT_LOG_TO = date(2025, 12, 1)

ASSESSED_ON = {
    "2023": date(2023, 12, 31),
    "2024": date(2024, 11, 30),
    "2025-05": date(2025, 5, 31),
    "2025": date(2025, 12, 31),
}
# Mean score in percent, and how many bodies fall into advanced, green, yellow and red.
ENTITY_READINESS = {
    "2023": (72, (2, 22, 11, 3)),
    "2024": (77, (4, 31, 3, 0)),
    "2025-05": (81, (8, 29, 1, 0)),
    "2025": (85, (12, 26, 0, 0)),
}
GOVERNORATE_READINESS = {"2023": (54, (0, 1, 7, 3)), "2024": (71, (0, 7, 3, 1)), "2025": (80, (1, 10, 0, 0))}
DIGITAL_INFRASTRUCTURE_MAY_2025 = 86
