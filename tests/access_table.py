"""Who may open what, written from rules-of-the-office §4 and never from rules.access: a new route without a row fails (C1)."""

CODES = {
    "K": "clerk", "C": "cadre_a", "P": "reporter_a", "H": "handler_a", "U": "unit_head_a", "G": "leader_in_charge",
    "L": "leader_a", "O": "office_head", "I": "inspector", "S": "statistician", "V": "archivist", "T": "auditor",
    "Y": "sysadmin",
}  # fmt: skip
"""A letter a role; the account of tests/fixtures/office that has it."""

EVERYBODY = "".join(CODES)
GROUPS = {
    "-": "",
    "all": EVERYBODY,
    "but_T": EVERYBODY.replace("T", ""),
    "but_TY": EVERYBODY.replace("T", "").replace("Y", ""),
    "readers": "KCPHUGLOIV",
    "lists": "KCPHUGLOIVS",
    "office": "KO",
    "office+leaders": "KOGL",
    "reception": "KOGLI",
    "reading": "KOHUGLI",
    "working": "KOHU",
    "disputes": "KOHUGLCPI",
    "units+office": "KOHUCP",
    "writing": "KOHUGL",
    "carrying": "KOHUGLCP",
}
"""Groups of §4; in the tables below a word is a group or letters."""

NOUNS = """
noun              list       one        do         new     edit            export
petition          lists      readers    lists      -       office          KOHUISV
contact           lists      readers    lists      KCPO    office          KOHUIS
saved_filter      lists      lists      lists      -       -               -
leg               reading    reading    reading    -       -               -
document          readers    readers    readers    -       -               KOHUIV
filing            KOIV       KOIV       KOIV       -       -               KOIV
bundle            KOIV       KOIV       KOIV       KOV     -               -
destruction       KOIV       KOIV       KOIV       V       -               -
circulation       KOHUGLI    KOHUGLI    KOHUGLI    -       -               -
return_visit      readers    readers    readers    working -               KOHUI
job               office     office     office     -       -               -
relief_text       KOHUI      KOHUI      KOHUI      O       O               -
leader            but_T      but_T      but_T      office  office          KOI
unit              but_T      but_T      but_T      O       O               KOI
category          lists      lists      lists      O       O               KOS
term              KOHUGLI    KOHUGLI    KOHUGLI    O       O               -
user              Y          Y          Y          Y       Y               -
audit_entry       T          T          T          -       -               -
reception_rule    reception  reception  reception  office  office          -
reception_session but_TY     but_TY     but_TY     office  office          KOGLIS
reception_record  reception  reception  reception  -       office          KOI
appointment       reception  reception  reception  office  office          KOI
duty_day          but_TY     but_TY     but_TY     office  office          KOGLIS
on_call           but_TY     but_TY     but_TY     office  office          KOGLI
swap              reception  reception  reception  -       -               -
reading           reading    reading    reading    -       -               KOI
supervision       reading    reading    reading    KOI     -               KOI
absence           reception  reception  reception  office  office          -
minimum           reception  reception  reception  office  office          -
notice            but_TY     but_TY     but_TY     O       -               -
visit             reception  reception  reception  office+leaders office+leaders KOI
visit_finding     reception  reception  reception  -       office+leaders  KOI
dispute           disputes   disputes   disputes   units+office units+office KOHUI
screening_round   disputes   disputes   disputes   office  -               -
screening_return  disputes   disputes   disputes   -       -               -
meeting           reading    reading    reading    office  office          -
decision          disputes   disputes   disputes   -       -               KOHUI
aid               reading    reading    reading    working -               KOHUI
proceeding        reading    reading    reading    writing writing         KOHUI
demand_appraisal  reading    reading    reading    writing -               KOHUI
aid_kind          KOI        KOI        KOI        O       O               -
fund              reception  reception  reception  O       O               -
file_fault        reading    reading    reading    -       -               KOHUI
first_review      reading    reading    reading    -       -               KOHUI
case_review_round KOI        KOI        KOI        OI      -               -
case_review       reading    reading    reading    -       -               KOHUI
final_matter      reading    reading    reading    -       -               KOI
agenda_item       -          reading    office     -       -               -
case              lists      readers    lists      KOG     writing         KOHUIS
closing_file      readers    readers    readers    -       -               KOHUI
checklist_item    -          -          writing    -       -               -
promise           reading    reading    reading    -       -               KOHUI
closing_template  KOI        KOI        KOI        -       -               -
duty_item         -          -          carrying   -       -               -
case_member       -          -          writing    -       -               -
case_proposal     reading    reading    reading    working -               -
hand_over         reception  reception  reception  -       -               KOI
plan_step         -          -          carrying   -       -               -
campaign          lists      lists      lists      O       O               -
campaign_case     lists      readers    lists      -       working         KOHUIS
monthly_report    KOIS       KOIS       KOIS       -       -               -
reception_report  KOIS       KOIS       KOIS       -       -               -
"""
OTHERS = """
home.index attachment.index lookup.index lookup.lookup account.password home.static   all
account.logout account.language account.switch_language list_columns.index             all
saved_filter.save_view                                                                lists
tray.index                                                                            HU
search.index contact.print_view document.print_view document.download attachment.download               readers
attachment.show attachment.content                                                    readers
attachment.upload attachment.void                                                     units+office
closing_file.sheet_view closing_file.annex_view closing_file.signature_view           readers
bundle.label_view destruction.register_view                                           KOIV
contact.hints_view                                                                    KCPO
digest.index digest.print_view                                                        KOHUGLICP
check_run.index circulation.print_view                                                KOHUGLI
closing_template.items_view                                                           O
case_board.index case_board.print_view                                                KOHUGLIS
case_board.table                                                                      KOHUIS
hand_over.print_view                                                                  reception
hand_over.leave                                                                       OG
check_run.run                                                                         KO
check_run.mend                                                                        O
circulation.draft                                                                     KOI
circulation.issue                                                                     OI
circulation.table                                                                     KOHUI
petition.looked_view                                                                  OI
petition.letters_view job.state job.letters_docx job.letters_zip                      office
paper_template.index paper_template.kind_view paper_template.download paper_template.trial   office
paper_template.upload paper_template.revert                                           O
rulebook.index                                                                        but_T
calendar.index calendar.sheet                                                         but_T
calendar.take_in calendar.confirm                                                     O
calendar.set_day calendar.publish setting.save setup.skip                             O
setting.index setup.index                                                             OY
campaign.base campaign.leaders                                                        lists
campaign.freeze campaign.carry                                                        O
campaign.milestone campaign.milestone_table                                           KOIS
campaign.milestone_draft                                                              KOS
campaign.milestone_send                                                               OS
campaign_list.index campaign_list.upload campaign_list.mapping campaign_list.compare campaign_list.confirm   office
campaign_case.fill campaign_case.strike                                               working
campaign_case.approve_strike campaign_case.return_strike campaign_case.undo_strike    OG
appointment.carry_view campaign.propose roster.make reception_rule.preview                                   office
visit_plan.index visit_plan.make                                                      office
visit_days.index                                                                      KOGLIS
visit_days.export                                                                     KOIS
roster.move roster.seat roster.exchange roster.undo roster.check                       office
duty_roster.make                                                                      office
duty_roster.index duty_roster.print_view                                              but_TY
duty_roster.export session_paper.export                                               KOGLIS
session_paper.index session_paper.plates session_paper.plate                          but_TY
roster.index roster.table notice.print_view                                           but_TY
reading.print_view supervision.print_view                                             reading
dispute.ledger dispute.report_view screening_round.print_view                         disputes
meeting.print_view                                                                    reading
fund_totals.index fund_totals.print_view                                              reception
fund_totals.table                                                                     KOI
file_fault.run_view file_fault.state_view file_fault.stop_view                          KOI
case_review_round.print_view case_review_round.table                                  KOI
final_matter.print_view                                                               reading
meeting.pick                                                                          office
meeting.table                                                                         KOI
screening_round.table                                                                 KOI
screening_round.make                                                                  office
screening_return.entry                                                                KOCP
dossier.index dossier.contents dossier.pages                                          KOV
dossier_set.index dossier_set.printed dossier_set.take dossier_set.state dossier_set.packed   KOV
supervision.several                                                                   KOI
appointment.sheet_view reception_record.print_view reception_record.ledger                                   reception
reception_desk.sheet                                                                  office
reception_desk.index reception_desk.line                                              office+leaders
reception_report.month_view reception_report.print_view reception_report.table        KOIS
reception_report.send                                                                 OS
figures.index figures.figure figures.rows                                             KOHUGLIS
figures.export                                                                        KOHUIS
monthly_report.preview monthly_report.print_view monthly_report.table                 KOIS
monthly_report.send                                                                   OS
imports.index imports.kind_view imports.mapping imports.preview imports.report        KOY
imports.blank imports.confirm                                                         KOY
import_job.index import_job.watched import_job.state import_job.cancel                KOY
"""
PUBLIC = frozenset(
    {"pages.schedule", "pages.schedule_of", "pages.schedule_print", "pages.schedule_feed",
     "pages.schedule_leader", "pages.schedule_leader_feed", "pages.schedule_lobby", "pages.schedule_poster",
     "pages.schedule_qr", "pages.cases", "pages.healthz",
     "account.login", "static", "account.switch_language", "account.language", "account.logout"}
)  # fmt: skip
"""What nobody need be logged in for."""

HANDLERS = ("index_view", "details_view", "do_view", "create_view", "edit_view", "export")


def accounts(word: str) -> frozenset[str]:
    """The accounts a word of the tables stands for."""
    return frozenset(CODES[letter] for letter in GROUPS.get(word, word))


def table() -> dict[str, frozenset[str]]:
    """Endpoint → the accounts that may open it."""
    found = {}
    for line in NOUNS.strip().splitlines()[1:]:
        noun, *words = line.split()
        found |= {f"{noun}.{handler}": accounts(word) for handler, word in zip(HANDLERS, words, strict=True)}
    for line in OTHERS.strip().splitlines():
        *endpoints, word = line.split()
        found |= dict.fromkeys(endpoints, accounts(word))
    return found
