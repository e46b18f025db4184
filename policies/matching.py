"""Whether a policy means this person and this device: the parts that allow and deny policies share."""

from collections.abc import Iterable

from policies.facts import Subject, Target
from policies.terms import Assets, What, Who

USER_ID_PREFIX = "usr_"


def is_meant(who: Who, subject: Subject) -> bool:
    """Tell whether ``who`` means this person. An entry of ``users`` that begins with ``usr_`` is an id, else a name."""
    return (
        _holds(who.users, _names(subject))
        and _holds(who.groups, subject.groups)
        and _holds(who.organizations, (subject.organization,))
        and _holds(who.kinds, (subject.organization_kind,))
    )


def is_target(what: What, target: Target) -> bool:
    """Tell whether ``what`` means this service of this asset."""
    return (
        _holds(what.sites, (target.site,))
        and _holds(what.services, (target.service, target.protocol))
        and (what.assets is None or _is_asset(what.assets, target))
    )


def _is_asset(assets: Assets, target: Target) -> bool:
    labels = (assets.labels or {}).items()
    return (
        _holds(assets.names, (target.asset,))
        and _holds(assets.zones, (target.zone,))
        and _holds(assets.criticality, (target.criticality,))
        and all(target.labels.get(key) in values for key, values in labels)
    )


def _holds(entries: frozenset[str] | None, own: Iterable[str]) -> bool:
    return entries is None or not entries.isdisjoint(own)


def _names(subject: Subject) -> tuple[str, ...]:
    """Return the id and the login name, but no name that poses as an id."""
    is_id, poses = subject.user.startswith(USER_ID_PREFIX), subject.name.startswith(USER_ID_PREFIX)
    return ((subject.user,) if is_id else ()) + (() if poses else (subject.name,))
