"""Ids as types of their own, so that a row's id is never taken for a chat's."""

from __future__ import annotations

from typing import NewType

# Given by the chat platform.
AccountId = NewType("AccountId", int)  # a user's account; also the id of the private chat with them
ChatId = NewType("ChatId", int)  # a chat as the platform numbers it; a group's changes when it migrates
MessageId = NewType("MessageId", int)  # unique within one chat
UpdateId = NewType("UpdateId", int)

# Given by our database.
PersonId = NewType("PersonId", int)
DepartmentId = NewType("DepartmentId", int)
GroupId = NewType("GroupId", int)
GuestId = NewType("GuestId", int)
TaskId = NewType("TaskId", int)
AssignmentId = NewType("AssignmentId", int)
ExcuseId = NewType("ExcuseId", int)
CustomerId = NewType("CustomerId", int)
LeadId = NewType("LeadId", int)
VisitId = NewType("VisitId", int)
PlanId = NewType("PlanId", int)
ComplaintId = NewType("ComplaintId", int)
CheckinId = NewType("CheckinId", int)
AbsenceId = NewType("AbsenceId", int)
SwapId = NewType("SwapId", int)
DayChangeId = NewType("DayChangeId", int)
ApprovalId = NewType("ApprovalId", int)
DeciderId = NewType("DeciderId", int)
DelegationId = NewType("DelegationId", int)
EntryId = NewType("EntryId", int)
HandoverId = NewType("HandoverId", int)
HandoverItemId = NewType("HandoverItemId", int)
StaffImportId = NewType("StaffImportId", int)
AppealId = NewType("AppealId", int)
DeadlineId = NewType("DeadlineId", int)
NoticeId = NewType("NoticeId", int)
ActId = NewType("ActId", int)
ViolationId = NewType("ViolationId", int)
CampaignId = NewType("CampaignId", int)
TrainingId = NewType("TrainingId", int)
ReadingId = NewType("ReadingId", int)
