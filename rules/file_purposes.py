"""What a file was brought for, in the office's words: the codes that screens and the archive's contents must not show."""

CODES: dict[str, str] = {
    "closing": "结案材料",
    "closing-paper": "信访人文书",
    "promise": "承诺兑现凭证",
    "proceeding": "会商听证材料",
    "demand": "诉求分类材料",
    "decision": "落实凭据",
}
"""Code, before a colon if it names an item → its words."""


def words(purpose: str | None) -> str:
    """A file's purpose as a person reads it: a code by its words, what somebody wrote as it is, "" for none."""
    code = (purpose or "").partition(":")[0]
    return CODES.get(code, purpose or "")
