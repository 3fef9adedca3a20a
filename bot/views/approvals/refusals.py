"""What an approval that can't be is answered with (P17)."""

from __future__ import annotations

from bot.views.approvals.wording import kind_name
from bot.views.base import Html, Viewer, fill, words
from core import approvals


@words(approvals.TooLate)
def too_late(v: Viewer, error: approvals.TooLate) -> str:
    when = v.when(error.at) if error.at else ""
    by = fill("{by}", by=error.by) if error.by else Html("")
    said = {
        "approved": v.t("Already approved: {by} {at}.", by=by, at=when),
        "rejected": v.t("Already rejected: {by} {at}.", by=by, at=when),
        "withdrawn": v.t("Withdrawn at {at}; there is nothing to decide any more.", at=when),
        "decided": v.t("You have decided at {at}; it is on its way.", at=when),
        "step": v.t("{by} has decided already ({at}).", by=by, at=when),
        "moved": v.t("Passed on at {at}; {by} decides now.", by=by, at=when),
        "asked": v.t("Your question is still open."),
    }
    return said[error.reason]


@words(approvals.NotYourDecision)
def not_your_decision(v: Viewer, error: approvals.NotYourDecision) -> str:
    return v.t("{names} decides on this.", names="、".join(error.labels))


@words(approvals.NoChain)
def no_chain(v: Viewer, error: approvals.NoChain) -> str:
    return v.t("The rulebook has no approval for this: {kind}.", kind=kind_name(v, error.kind))


@words(approvals.NoApprover)
def no_approver(v: Viewer, error: approvals.NoApprover) -> str:
    return v.t("Nobody is there who could approve this. Please tell your administrator.")


@words(approvals.AskedBefore)
def asked_before(v: Viewer, error: approvals.AskedBefore) -> str:
    return v.t("You asked for this at {at} already: /approvals {n}", at=v.when(error.at), n=error.approval)


@words(approvals.WordsRefused)
def words_refused(v: Viewer, error: approvals.WordsRefused) -> str:
    if error.missing:
        return v.t("Please write a few words.")
    return v.t("Please keep it under {most} characters.", most=error.most)


@words(approvals.TooManyFiles)
def too_many_files(v: Viewer, error: approvals.TooManyFiles) -> str:
    return v.t("At most {most} files.", most=error.most)


@words(approvals.DelegateRefused)
def delegate_refused(v: Viewer, error: approvals.DelegateRefused) -> str:
    return {
        "self": v.t("You can't delegate to yourself."),
        "unbound": v.t("{label} has no account here that can be reached.", label=error.label),
        "past": v.t("These days are past."),
        "days": v.t("At most {most} days.", most=error.most),
    }[error.reason]
