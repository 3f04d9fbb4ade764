"""What time it is. Scripts have no time zone data, so zones are offsets from UTC."""

import re
from datetime import datetime, timedelta, timezone

MANIFEST = {"title": "Current time", "effect": "none"}

_UTC = {"", "z", "utc", "gmt", "zulu", "etc/utc", "etc/gmt", "etc/uct", "etc/zulu", "etc/universal"}
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d{2}))?$", re.IGNORECASE)
# In these names the sign is the other way round: Etc/GMT-2 lies east of Greenwich.
_ETC = re.compile(r"etc/gmt([+-])(\d{1,2})$", re.IGNORECASE)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MAX_MINUTES = 14 * 60


def _zone(name):
    text = name.strip()
    if text.lower() in _UTC:
        return timezone.utc
    etc = _ETC.match(text)
    found = etc or _OFFSET.match(text)
    if not found:
        raise ValueError(
            f'the time zone "{name}" is not known: only UTC and fixed offsets are, such as +02:00; give the offset that '
            "holds there now"
        )
    past_the_hour = 0 if etc else int(found.group(3) or 0)
    minutes = int(found.group(2)) * 60 + past_the_hour
    if minutes > _MAX_MINUTES or past_the_hour > 59:
        raise ValueError(f'the time zone "{name}" is more than 14 hours from UTC, or its minutes are above 59')
    east = (found.group(1) == "+") != bool(etc)
    return timezone(timedelta(minutes=minutes if east else -minutes))


def run(timezone: str = "UTC"):
    """The current date and time in ISO 8601, with the weekday.

    Knows UTC and fixed offsets from it, not the zones of places: give the offset that holds there now.

    :param timezone: UTC, an offset such as +02:00 or UTC-5, or an IANA name with a fixed one, such as Etc/GMT-2.
    """
    now = datetime.now(_zone(timezone))
    return {"time": now.isoformat(timespec="seconds"), "weekday": _DAYS[now.weekday()]}
