"""What a person does with one piece of work: the word at the end of its line."""

from grants.core.kernel.language import lazy_pgettext as _p
from grants.core.kernel.taxonomies import Term


class Verb(Term):
    """An act, as its button is named; the page of the act has its own words."""

    ACCEPT = "accept", _p("task", "Accept")
    ACKNOWLEDGE = "acknowledge", _p("task", "Acknowledge")
    ANSWER = "answer", _p("task", "Answer")
    APPROVE = "approve", _p("task", "Approve")
    ASSIGN = "assign", _p("task", "Assign reviewers")
    CERTIFY = "certify", _p("task", "Certify")
    CHECK = "check", _p("task", "Check")
    CLOSE = "close", _p("task", "Close")
    CONFIRM = "confirm", _p("task", "Confirm")
    CORRECT = "correct", _p("task", "Correct")
    DECIDE = "decide", _p("task", "Decide")
    DECLARE = "declare", _p("task", "Declare interests")
    FINISH = "finish", _p("task", "Finish")
    FOLLOW = "follow", _p("task", "Follow up")
    GIVE = "give", _p("task", "Give")
    INVITE = "invite", _p("task", "Invite")
    MATCH = "match", _p("task", "Match")
    OPEN = "open", _p("task", "Open")
    OPINE = "opine", _p("task", "Give an opinion")
    PAY = "pay", _p("task", "Pay")
    PLAN = "plan", _p("task", "Plan")
    PREPARE = "prepare", _p("task", "Prepare")
    PUBLISH = "publish", _p("task", "Publish")
    RECOMMEND = "recommend", _p("task", "Recommend")
    RECORD = "record", _p("task", "Record")
    REFUND = "refund", _p("task", "Refund")
    REJECT = "reject", _p("task", "Reject")
    REMIND = "remind", _p("task", "Remind")
    REVIEW = "review", _p("task", "Review")
    SCORE = "score", _p("task", "Score")
    SCREEN = "screen", _p("task", "Screen")
    SEND = "send", _p("task", "Send")
    SIGN = "sign", _p("task", "Sign")
    SUBMIT = "submit", _p("task", "Submit")
    VERIFY = "verify", _p("task", "Verify")
    WRITE = "write", _p("task", "Write")
