"""The table of moves as the law says it (rules-of-the-office §2, §4), written by hand and never from rules.moves."""

from rules.words import Role

# verb: from → to (- stays), who (O office, H office head alone, U unit staff, A archivist, X who approves an extension,
# E the leader it was put before, W handler), paper, clocks started, clocks stopped, clock that goes on, fact it depends on
LAW = """
submit         registered→proposed O  -               -                  -                    -                    -
endorse        proposed→registered E  -               -                  -                    -                    endorser
take_back      proposed→registered O  -               -                  -                    -                    -
first_reply    registered→-        UO -               -                  -                    -                    -
first_reply    proposed→-          UO -               -                  -                    -                    -
first_reply    routed→-            UO -               -                  -                    -                    -
first_reply    objected→-          UO -               -                  -                    -                    -
set_date       routed→-            O  -               -                  -                    -                    -
set_date       objected→-          O  -               -                  -                    -                    -
set_date       handling→-          O  -               -                  -                    -                    -
set_date       replied→-           O  -               -                  -                    -                    -
set_date       served→-            O  -               -                  -                    -                    -
set_date       reviewed→-          O  -               -                  -                    -                    -
set_date       final→-             O  -               -                  -                    -                    -
set_date       refused→-           O  -               -                  -                    -                    -
set_date       guided→-            O  -               -                  -                    -                    -
set_date       diverted→-          O  -               -                  -                    -                    -
assign         registered→routed   O  assign          unit_accept,object office_route         -                    -
forward        registered→routed   O  forward         unit_accept,object office_route         -                    -
answer         registered→closed   O  -               -                  office_route         -                    -
guide          registered→guided   UO guide           -                  before               -                    -
guide          routed→guided       UO guide           -                  before               -                    -
no_more        registered→refused  UO no_more         -                  before               -                    -
no_more        routed→refused      UO no_more         -                  before               -                    -
ask_filing     registered→-        O  -               -                  -                    -                    unfiled
refuse_filing  registered→-        H  -               -                  -                    -                    filing_asked
file_away      registered→filed    H  -               -                  office_route         -                    -
take_out       filed→registered    H  -               -                  -                    office_route         unrouted
take_out       closed→registered   H  -               -                  -                    office_route         unrouted
take_out       archived→registered H  -               -                  -                    office_route         unrouted
recall         routed→registered   O  -               -                  unit_accept,object   office_route         -
hand_on        routed→routed       O  assign          unit_accept,object unit                 -                    -
hand_on        handling→routed     O  assign          unit_accept,object unit                 -                    -
agree_return   objected→registered O  return          -                  unit_accept          office_route         -
refuse_return  objected→routed     O  -               -                  -                    -                    -
void           registered→voided   H  -               -                  before,letters       -                    -
void           proposed→voided     H  -               -                  before,letters       -                    -
void           routed→voided       H  -               -                  before,letters       -                    -
accept         routed→handling     U  accept          handle             unit_accept,object   -                    -
simple         routed→handling     U  -               simple_answer      unit_accept,object   -                    -
refuse         routed→refused      U  refuse          -                  unit_accept,object   -                    -
object         routed→objected     U  -               -                  object               -                    objectable
divert         routed→diverted     U  divert          -                  unit                 -                    -
divert         handling→diverted   U  divert          -                  unit                 -                    -
step_aside     routed→-            UO -               -                  -                    -                    -
step_aside     handling→-          UO -               -                  -                    -                    -
refer_up       routed→-            U  -               -                  -                    -                    -
refer_up       handling→-          U  -               -                  -                    -                    -
answer_up      routed→-            U  -               -                  -                    -                    asked_up
answer_up      handling→-          U  -               -                  -                    -                    asked_up
interview      handling→-          U  interview       -                  -                    -                    -
investigate    handling→-          U  investigation   -                  -                    -                    -
mediate        handling→-          U  mediation       -                  -                    -                    -
settle         handling→-          U  settlement      -                  -                    -                    -
ask_extension  handling→-          W  extend_form     -                  -                    -                    timed
extend         handling→-          X  extend          -                  -                    -                    -
ordinary       handling→-          U  -               handle             simple_answer        -                    simple
simple_reply   handling→served     U  -               review_request     simple_answer        -                    simple
reply          handling→replied    U  reply           -                  handle,simple_answer -                    -
withdraw_reply replied→handling    U  -               -                  -                    handle,simple_answer -
serve          replied→served      U  service         review_request     -                    -                    -
rectified      replied→-           U  -               -                  -                    -                    rectifying
rectified      served→-            U  -               -                  -                    -                    rectifying
rectified      reviewed→-          U  -               -                  -                    -                    rectifying
rectified      final→-             U  -               -                  -                    -                    rectifying
rectified      closed→-            U  -               -                  -                    -                    rectifying
ask_review     served→reviewing    O  review_request  review             review_request,feedback       -                    routed
ask_review     closed→reviewing    O  review_request  review             review_request,feedback       -                    routed
uphold         reviewing→reviewed  O  review          recheck_request    review               -                    -
annul          reviewing→handling  O  review          handle             review               -                    -
ask_recheck    reviewed→rechecking O  recheck_request recheck            recheck_request      -                    routed
ask_recheck    closed→rechecking   O  recheck_request recheck            recheck_request      -                    routed
hear           rechecking→-        O  -               -                  -                    -                    -
recheck_uphold rechecking→final    O  recheck         -                  recheck              -                    -
recheck_annul  rechecking→handling O  recheck         handle             recheck              -                    -
close          served→closed       UO close           -                  other_law,feedback   -                    -
close          refused→closed      UO close           -                  other_law,feedback   -                    -
close          reviewed→closed     UO close           -                  other_law,feedback   -                    -
close          final→closed        UO close           -                  other_law,feedback   -                    -
close          guided→closed       UO close           -                  other_law,feedback   -                    -
close          diverted→closed     UO close           -                  other_law,feedback   -                    -
rate           served→-            O  -               -                  -                    -                    -
rate           reviewed→-          O  -               -                  -                    -                    -
rate           final→-             O  -               -                  -                    -                    -
rate           closed→-            O  -               -                  -                    -                    -
report_up      served→-            O  -               -                  sender               -                    from_above
report_up      reviewed→-          O  -               -                  sender               -                    from_above
report_up      final→-             O  -               -                  sender               -                    from_above
report_up      closed→-            O  -               -                  sender               -                    from_above
report_up      refused→-           O  -               -                  sender               -                    from_above
report_up      guided→-            O  -               -                  sender               -                    from_above
report_up      diverted→-          O  -               -                  sender               -                    from_above
report_up      filed→-             O  -               -                  sender               -                    from_above
report_up      archived→-          O  -               -                  sender               -                    from_above
archive        closed→archived     OA dossier         -                  windows              -                    -
reopen         closed→handling     O  -               handle             windows              -                    routed
reopen         archived→handling   O  -               handle             windows              -                    routed
"""
WHO = {
    "O": {Role.CLERK, Role.OFFICE_HEAD},
    "H": {Role.OFFICE_HEAD},
    "U": {Role.HANDLER, Role.UNIT_HEAD},
    "A": {Role.ARCHIVIST},
    "X": {Role.UNIT_HEAD, Role.LEADER_IN_CHARGE},
    "E": {Role.LEADER_IN_CHARGE, Role.LEADER},
    "W": {Role.HANDLER},
}
TABLE = [line.split() for line in LAW.strip().splitlines()]


def people(verb: str) -> set[Role]:
    """The roles that may ever make the move."""
    letters = next(row[2] for row in TABLE if row[0] == verb)
    return set().union(*(WHO[letter] for letter in letters))


SHORT = {
    "before": {"office_route", "unit_accept", "object"},
    "unit": {"unit_accept", "object", "handle", "simple_answer"},
    "windows": {"review_request", "recheck_request"},
    "letters": {"feedback", "sender"},
}
"""Clocks that end together."""


def words(cell: str) -> set[str]:
    """A cell's words; - is none, a word of SHORT several."""
    return set().union(*(SHORT.get(word, {word}) for word in cell.split(","))) - {"-"}
