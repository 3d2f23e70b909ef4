"""The words of long work outside a request."""

from rules.words import Word


class JobState(Word):
    """Where a job stands."""

    QUEUED = "queued", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class LineState(Word):
    """Where one piece of a job stands."""

    WAITING = "waiting", "待制发"
    DONE = "done", "已制发"
    FAILED = "failed", "未制发"
    CANCELLED = "cancelled", "已取消"


ENDED = (JobState.DONE, JobState.CANCELLED)
