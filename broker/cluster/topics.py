"""Every topic that the broker's parts tell each other: a thing in the singular, and what became of it.

What is published under a topic that is not here does not type-check. Who may be told of it is in
``broker/events/topics.py``; docs/api.md has the same list for people.
"""

from typing import Literal

Topic = Literal[
    # what people ask for and get
    "request.created",
    "request.changed",
    "request.decided",
    "emergency.used",
    "grant.created",
    "grant.activated",
    "grant.extended",
    "grant.revoked",
    "extension.requested",
    "extension.changed",
    "extension.decided",
    "review.opened",
    "review.closed",
    "policy.applied",
    "lock.set",
    "lock.lifted",
    # sessions and their evidence
    "session.opened",
    "session.changed",
    "session.held",
    "session.extended",
    "session.ended",
    "question.asked",
    "question.answered",
    "question.expired",
    "question.withdrawn",
    "block.set",
    "block.lifted",
    "drill.done",
    "recording.opened",
    "recording.closed",
    "audit.appended",
    # the plant
    "site.changed",
    "site.locked",
    "site.unlocked",
    "asset.changed",
    "agent.enrolled",
    "agent.connected",
    "agent.disconnected",
    "agent.changed",
    "agent.quarantined",
    "agent.released",
    "agent.revoked",
    # people
    "user.created",
    "user.changed",
    "user.disabled",
    "group.created",
    "group.changed",
    "organization.created",
    "organization.changed",
    "login.started",
    "login.changed",
    "login.ended",
]
