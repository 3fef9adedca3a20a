"""Sharing campaigns: the company's public posts are to be shared by everyone, and the count is reported (ORG-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.access import MANAGERS, STAFF, Actor, Role, permits
from core.deadlines import Deadline, DeadlineKind, on_due
from core.errors import AlreadySettled, KeguanError, NotFound, NotUnderstood
from core.groups import Group, managers_of
from core.ids import CampaignId, GroupId, MessageId, PersonId
from core.notices import Fact, Notice, ToGroup, ToPerson, Urgency, kind
from core.people import Person
from core.ports import UnitOfWork

CARD = kind("campaign.card")  # to the group: what is to be shared, and how many have
REMINDER = kind("campaign.reminder")  # to those who have not, before the end
REPORT = kind("campaign.report")  # to whoever opened it: the count, and who has not

REMIND = DeadlineKind("campaign.remind")
END = DeadlineKind("campaign.end")
CLAUSE = "group.sharing"
LONGEST = 3000


class CampaignState(StrEnum):
    OPEN = "open"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NewCampaign:
    group: GroupId
    opened_by: PersonId
    text: str
    photo: str  # the platform's file id, where there is one
    until: datetime
    opened_at: datetime
    needs_proof: bool


@dataclass(frozen=True, slots=True)
class Campaign(NewCampaign):
    id: CampaignId
    by: str  # 部门-姓名 of whoever opened it
    state: CampaignState

    @property
    def subject(self) -> str:
        return f"campaign:{self.id}"


@dataclass(frozen=True, slots=True)
class Share:
    """Somebody has shared. `proof` is the file id of a screenshot, where they sent one."""

    person: PersonId
    label: str
    at: datetime
    proof: str


@dataclass(frozen=True, slots=True)
class Count:
    """A campaign, with who has shared and whom it still waits for."""

    campaign: Campaign
    group: Group
    shares: tuple[Share, ...]
    missing: tuple[Person, ...]


@dataclass(eq=False)
class ProofNeeded(KeguanError):
    """A press alone does not count: a screenshot does, sent as a reply to the card."""


@dataclass(eq=False)
class NotAhead(KeguanError):
    """The end that was named lies in the past, or could not be read."""

    text: str


class Campaigns(Protocol):
    def add(self, campaign: NewCampaign) -> Campaign: ...
    def get(self, campaign: CampaignId) -> Campaign: ...
    def open(self) -> list[Campaign]:
        """Those that run, the one that ends first first."""

    def settle(self, campaign: CampaignId, becomes: CampaignState, at: datetime) -> bool:
        """End or withdraw one that runs; False where it does not any more."""

    def share(self, campaign: CampaignId, person: PersonId, proof: str, at: datetime) -> bool:
        """Count somebody; False where they are counted already. A proof that comes later is kept."""

    def shares(self, campaign: CampaignId) -> list[Share]: ...


def concerned(uow: UnitOfWork, group: Group) -> list[Person]:
    """Everybody of the group's department and below it, or of the whole company."""
    return uow.people.active(department=group.department)


def count_of(uow: UnitOfWork, campaign: Campaign) -> Count:
    group = uow.groups.get(campaign.group)
    shares = uow.campaigns.shares(campaign.id)
    done = {share.person for share in shares}
    missing = tuple(person for person in concerned(uow, group) if person.id not in done)
    return Count(campaign, group, tuple(shares), missing)


def _answers_for(uow: UnitOfWork, actor: Actor, group: Group) -> bool:
    above = actor.has(Role.ADMIN, Role.DIRECTOR, Role.GM)
    return above or any(manager.id == actor.person for manager in managers_of(uow, group))


# Opening and ending -------------------------------------------------------------------------------------


@permits(Role.ADMIN, *MANAGERS)
def places(uow: UnitOfWork, actor: Actor) -> list[Group]:
    """The groups in which the actor may open a campaign."""
    return [group for group in uow.groups.all() if _answers_for(uow, actor, group)]


@permits(Role.ADMIN, *MANAGERS)
def start(
    uow: UnitOfWork, actor: Actor, group_id: GroupId, text: str, photo: str, until: datetime | None
) -> Campaign:
    """Open a campaign in a group; without an end it runs as long as the rulebook says.

    Raises NotFound for a group that is not the actor's, NotUnderstood where there is nothing to share, NotAhead.
    """
    group = uow.groups.get(group_id)
    if not uow.groups.is_bound(group_id) or not _answers_for(uow, actor, group):
        raise NotFound("group", str(group_id))
    text = text.strip()[:LONGEST]
    if not (text or photo):
        raise NotUnderstood("campaign", "/campaign")
    rules = uow.rulebook.campaigns
    until = until or uow.worktime.end_of_day(uow.now + timedelta(days=rules.days))
    if until <= uow.now:
        raise NotAhead("")
    new = NewCampaign(group_id, actor.staff_id, text, photo, until, uow.now, rules.proof == "screenshot")
    campaign = uow.campaigns.add(new)
    uow.deadlines.open(END, campaign.subject, until, CLAUSE)
    remind_at = until - timedelta(hours=rules.remind_hours)
    if remind_at > uow.now:
        uow.deadlines.open(REMIND, campaign.subject, remind_at, CLAUSE)
    _show(uow, campaign)
    return campaign


@permits(Role.ADMIN, *MANAGERS)
def withdraw(uow: UnitOfWork, actor: Actor, campaign_id: CampaignId) -> Campaign:
    """Take a campaign back: nobody is reminded or reported. Raises NotFound, AlreadySettled."""
    campaign = _managed(uow, actor, campaign_id)
    if not uow.campaigns.settle(campaign_id, CampaignState.WITHDRAWN, uow.now):
        raise AlreadySettled("campaign", campaign.state)
    uow.deadlines.cancel(campaign.subject)
    withdrawn = uow.campaigns.get(campaign_id)
    _show(uow, withdrawn)
    return withdrawn


def _managed(uow: UnitOfWork, actor: Actor, campaign_id: CampaignId) -> Campaign:
    campaign = uow.campaigns.get(campaign_id)
    if campaign.opened_by != actor.person and not _answers_for(uow, actor, uow.groups.get(campaign.group)):
        raise NotFound("campaign", str(campaign_id))
    return campaign


# Sharing ------------------------------------------------------------------------------------------------


@permits(*STAFF)
def share(uow: UnitOfWork, actor: Actor, campaign_id: CampaignId, proof: str = "") -> Count:
    """Confirm having shared, once, by a press or with a screenshot.

    Raises NotFound for anyone it does not concern, AlreadySettled once it is over or for the second press,
    ProofNeeded where the rulebook wants a screenshot.
    """
    campaign = uow.campaigns.get(campaign_id)
    if not any(person.id == actor.person for person in concerned(uow, uow.groups.get(campaign.group))):
        raise NotFound("campaign", str(campaign_id))
    if campaign.state is not CampaignState.OPEN:
        raise AlreadySettled("campaign", campaign.state)
    if campaign.needs_proof and not proof:
        raise ProofNeeded
    if not uow.campaigns.share(campaign_id, actor.staff_id, proof, uow.now):
        raise AlreadySettled("share", "shared")
    _show(uow, campaign)
    return count_of(uow, campaign)


def _show(uow: UnitOfWork, campaign: Campaign) -> None:
    count = count_of(uow, campaign)
    uow.notices.tell(
        Notice(CARD, ToGroup(campaign.group), facts_of(count), campaign.subject, CLAUSE, card=campaign.subject)
    )


def facts_of(count: Count) -> dict[str, Fact]:
    campaign = count.campaign
    return {
        "campaign": campaign.id,
        "by": campaign.by,
        "text": campaign.text,
        "photo": campaign.photo,
        "until": campaign.until,
        "state": campaign.state,
        "needs_proof": campaign.needs_proof,
        "group": count.group.title,
        "shared": len(count.shares),
        "concerned": len(count.shares) + len(count.missing),
        "missing": [person.label for person in count.missing],
    }


# The bell -----------------------------------------------------------------------------------------------


@on_due(REMIND)
def remind(uow: UnitOfWork, deadline: Deadline) -> None:
    """It ends soon: those who have not shared are asked, in private."""
    campaign = uow.campaigns.get(CampaignId(deadline.number))
    if campaign.state is not CampaignState.OPEN:
        return
    count = count_of(uow, campaign)
    for person in count.missing:
        notice = Notice(
            REMINDER, ToPerson(person.id), facts_of(count), campaign.subject, CLAUSE, key=deadline.key,
            card=f"{campaign.subject}/mine", urgency=Urgency.ROUTINE,
        )  # fmt: skip
        uow.notices.tell(notice)


@on_due(END)
def end(uow: UnitOfWork, deadline: Deadline) -> None:
    """It is over: the card says so, and whoever opened it gets the count and the names."""
    campaign_id = CampaignId(deadline.number)
    if not uow.campaigns.settle(campaign_id, CampaignState.ENDED, uow.now):
        return
    campaign = uow.campaigns.get(campaign_id)
    _show(uow, campaign)
    facts = facts_of(count_of(uow, campaign))
    opener = uow.people.get(campaign.opened_by)
    told = [opener] if opener.is_staff else managers_of(uow, uow.groups.get(campaign.group))
    for person in told:
        uow.notices.tell(Notice(REPORT, ToPerson(person.id), facts, campaign.subject, CLAUSE, key=deadline.key))


# Questions ----------------------------------------------------------------------------------------------


@permits(*STAFF)
def running(uow: UnitOfWork, actor: Actor) -> list[Count]:
    """The campaigns that run and concern the actor, or that they manage."""
    counts = [count_of(uow, campaign) for campaign in uow.campaigns.open()]
    return [count for count in counts if _sees(uow, actor, count)]


def _sees(uow: UnitOfWork, actor: Actor, count: Count) -> bool:
    mine = any(person.id == actor.person for person in concerned(uow, count.group))
    return mine or count.campaign.opened_by == actor.person or manages(uow, actor, count)


def manages(uow: UnitOfWork, actor: Actor, count: Count) -> bool:
    """Whether the actor may see who has not shared."""
    return actor.has(Role.ADMIN, *MANAGERS) and (
        count.campaign.opened_by == actor.person or _answers_for(uow, actor, count.group)
    )


@permits(Role.ADMIN, *MANAGERS)
def detail(uow: UnitOfWork, actor: Actor, campaign_id: CampaignId) -> Count:
    """Who has shared, with proofs, and who has not."""
    return count_of(uow, _managed(uow, actor, campaign_id))


@permits(*STAFF)
def answered(uow: UnitOfWork, actor: Actor, message: MessageId) -> CampaignId | None:
    """The campaign whose card or reminder a message is, found by its id and never by its text (P44)."""
    to = ToGroup(actor.group) if actor.group is not None else ToPerson(actor.staff_id)
    card = uow.notices.card_at(to, message) or ""
    name, _, number = card.partition("/")[0].partition(":")
    return CampaignId(int(number)) if name == "campaign" else None
