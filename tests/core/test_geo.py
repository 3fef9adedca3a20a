"""Known places and distances (CHK-3)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geo import Point, is_shifted, map_link, metres, to_gcj02

BEIJING, SHENZHEN, URUMQI = Point(39.9042, 116.4074), Point(22.5431, 114.0579), Point(43.8256, 87.6168)


@pytest.mark.parametrize(("place", "shift_m"), [(BEIJING, 555), (SHENZHEN, 606), (URUMQI, 265)])
def test_maps_draw_mainland_places_shifted_by_known_distances(place: Point, shift_m: int) -> None:
    assert metres(place, Point(*to_gcj02(place))) == pytest.approx(shift_m, abs=8)


def test_the_formula_gives_the_published_example() -> None:
    assert to_gcj02(Point(31.1774276, 121.5272106)) == pytest.approx((31.17530398364597, 121.531541859215))


@pytest.mark.parametrize(
    ("name", "place", "shifted"),
    [
        ("Hong Kong, Central", Point(22.2819, 114.1582), False),
        ("Hong Kong, Sheung Shui", Point(22.5011, 114.1275), False),
        ("Shenzhen, Luohu station", Point(22.5318, 114.1177), True),
        ("Shenzhen, Shekou", Point(22.4800, 113.9150), True),
        ("Shenzhen, Yantian", Point(22.5569, 114.2370), True),
        ("Macau, Senado", Point(22.1937, 113.5399), False),
        ("Zhuhai, Gongbei port", Point(22.2190, 113.5480), True),
        ("Zhuhai, Hengqin", Point(22.1300, 113.5300), True),
        ("Taipei", Point(25.0330, 121.5654), False),
        ("Penghu", Point(23.5700, 119.5800), False),
        ("Xiamen", Point(24.4798, 118.0894), True),
        ("Pingtan", Point(25.5000, 119.7900), True),
        ("Tokyo", Point(35.6812, 139.7671), False),
        ("London", Point(51.5074, -0.1278), False),
    ],
)
def test_only_the_mainland_is_shifted(name: str, place: Point, shifted: bool) -> None:
    assert is_shifted(place) is shifted, name
    assert (to_gcj02(place) != (place.latitude, place.longitude)) is shifted


def test_distances() -> None:
    assert metres(BEIJING, Point(31.2304, 121.4737)) == pytest.approx(1_067_000, rel=0.005)  # Beijing to Shanghai
    assert metres(Point(0, 0), Point(0, 1)) == pytest.approx(111_195, abs=5)
    assert metres(Point(10, 20), Point(-10, -160)) == pytest.approx(20_015_115, rel=1e-4)  # half round the earth
    assert metres(BEIJING, BEIJING) == 0


@given(st.floats(18.5, 53), st.floats(75, 134))
def test_a_shift_is_never_longer_than_a_kilometre(latitude: float, longitude: float) -> None:
    place = Point(latitude, longitude)
    assert metres(place, Point(*to_gcj02(place))) < 1_100


def test_a_map_link_is_percent_encoded_and_gives_longitude_first() -> None:
    link = map_link(SHENZHEN, '张三 <b>"&x=1')
    assert not set(link) & set(' "<>三')
    asked = parse_qs(urlsplit(link).query)
    assert asked["position"] == ["114.057900,22.543100"]
    assert asked["name"] == ['张三 <b>"&x=1']
    assert asked["coordinate"] == ["wgs84"]


def test_what_is_no_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        Point(91, 0)


def test_the_same_spot_is_told_to_six_decimals() -> None:
    assert Point(31.2, 121.5).spot == Point(31.2000001, 121.5).spot
    assert Point(31.2, 121.5).spot != Point(31.200001, 121.5).spot
