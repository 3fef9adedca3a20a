"""Places on earth: WGS-84 as phones give it, GCJ-02 as maps of mainland China draw it, distances, map links."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import asin, cos, pi, radians, sin, sqrt
from typing import TypeAlias
from urllib.parse import urlencode

EARTH_RADIUS_M = 6_371_008.8  # mean radius, for distances
_AXIS_M = 6_378_245.0  # Krasovsky 1940, the ellipsoid of GCJ-02
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_Outline: TypeAlias = tuple[tuple[float, float], ...]  # (longitude, latitude) of its corners

_CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north of where the formula is meant for
# Drawn without a shift, although inside: Hong Kong, Macau, Taiwan with Penghu. Roughly, but true at the borders.
_UNSHIFTED: tuple[_Outline, ...] = (
    (
        (113.82, 22.13), (114.50, 22.13), (114.50, 22.44), (114.44, 22.55), (114.33, 22.55), (114.228, 22.545),
        (114.16, 22.558), (114.115, 22.528), (114.06, 22.512), (113.96, 22.475), (113.85, 22.42), (113.82, 22.30),
    ),
    (
        (113.555, 22.10), (113.60, 22.10), (113.60, 22.21), (113.548, 22.214), (113.532, 22.20), (113.532, 22.18),
        (113.553, 22.155),
    ),
    ((119.95, 21.70), (122.20, 21.70), (122.20, 25.40), (121.20, 25.40), (119.95, 24.00)),
    ((119.25, 23.10), (119.80, 23.10), (119.80, 23.90), (119.25, 23.90)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """A place in WGS-84 degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):  # noqa: PLR2004  degrees
            raise ValueError(f"no place on earth: {self.latitude}, {self.longitude}")

    @property
    def spot(self) -> str:
        """The place to six decimals (0.1 m): two phones never agree on it by chance."""
        return f"{self.latitude:.6f},{self.longitude:.6f}"


class Source(StrEnum):
    """How somebody said where they are (CHK-3, VIS-2, P50)."""

    GPS = "gps"  # the phone's own position, with its accuracy
    BUTTON = "button"  # the one-tap button's answer; Android sends it without accuracy
    LIVE = "live"  # a live location, which moves by edits
    PIN = "pin"  # no accuracy: perhaps a point dragged on the map
    FORWARDED = "forwarded"
    VENUE = "venue"  # picked from a list of places
    TEXT = "text"


VERIFIED_SOURCES = (Source.GPS, Source.BUTTON, Source.LIVE)


def source_of(
    *, forwarded: bool, venue: bool, live: bool, accuracy_m: float | None, answers_bot: bool, point: bool
) -> Source:
    """What a message with a place is (CHK-3, P50).

    Phones without accuracy in the message exist: Android answers the location button so, as a reply to the
    bot's message. Any other point without accuracy may have been dragged on the map.
    """
    if not point:
        return Source.TEXT
    if forwarded:
        return Source.FORWARDED
    if venue:
        return Source.VENUE
    if live:
        return Source.LIVE
    if accuracy_m is not None:
        return Source.GPS
    return Source.BUTTON if answers_bot else Source.PIN


def metres(a: Point, b: Point) -> float:
    """The distance along the surface, by the haversine formula."""
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    half = sin(north / 2) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def is_shifted(point: Point) -> bool:
    """Whether maps draw the place shifted: mainland China only."""
    west, south, east, north = _CHINA
    inside = west <= point.longitude <= east and south <= point.latitude <= north
    return inside and not any(_within(outline, point) for outline in _UNSHIFTED)


def to_gcj02(point: Point) -> tuple[float, float]:
    """(latitude, longitude) in GCJ-02, to put a WGS-84 place on a Chinese map; the same outside the mainland."""
    if not is_shifted(point):
        return point.latitude, point.longitude
    x, y = point.longitude - 105.0, point.latitude - 35.0
    angle = radians(point.latitude)
    bulge = 1 - _ECCENTRICITY_SQUARED * sin(angle) ** 2
    meridian = _AXIS_M * (1 - _ECCENTRICITY_SQUARED) / (bulge * sqrt(bulge))  # radius of curvature, metres
    parallel = _AXIS_M / sqrt(bulge) * cos(angle)
    return (
        point.latitude + _shift_north(x, y) * 180 / (meridian * pi),
        point.longitude + _shift_east(x, y) * 180 / (parallel * pi),
    )


def map_link(point: Point, name: str) -> str:
    """A link that shows the place under a name in Amap's app or page, which shifts WGS-84 itself."""
    at = f"{point.longitude:.6f},{point.latitude:.6f}"
    query = {"position": at, "name": name, "src": "keguan", "coordinate": "wgs84", "callnative": "1"}
    return "https://uri.amap.com/marker?" + urlencode(query)


def _within(outline: _Outline, point: Point) -> bool:
    """Whether a ray from the point to the east crosses the outline an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in zip(outline, (*outline[1:], outline[0]), strict=True):
        if (y1 > point.latitude) != (y2 > point.latitude):
            crossing = x1 + (point.latitude - y1) / (y2 - y1) * (x2 - x1)
            inside ^= point.longitude < crossing
    return inside


def _ripple(x: float) -> float:
    return (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3


def _shift_north(x: float, y: float) -> float:
    """Metres, by the formula in general use (it was never published)."""
    base = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    waves = (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    return base + _ripple(x) + waves + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3


def _shift_east(x: float, y: float) -> float:
    base = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    waves = (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    return base + _ripple(x) + waves + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
