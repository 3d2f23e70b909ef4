"""What each import can fill, as data: the kinds of table, their fields and the names offices give their columns (A4).

A field's key is what `flask import --map` calls it; guessing and checking of columns is services.column_map.
"""

from dataclasses import dataclass

from rules.words import LedgerSource, LedgerState, Purpose, Rank, UnitKind, Word
from services.column_map import Field


@dataclass(frozen=True)
class Kind:
    """One kind of import. `verb`: of rules.access; `says`: what it does, for the screen; `sample`: a row of the blank table."""

    key: str
    label: str
    verb: str
    says: str
    fields: tuple[Field, ...]
    sample: tuple[str, ...]

    def labels(self) -> dict[str, str]:
        """Field key → label."""
        return {field.key: field.label for field in self.fields}


def words(kind: type[Word]) -> dict[str, Word]:
    """What may stand in a cell for each member: its label."""
    return {word.label: word for word in kind}


PURPOSES, UNIT_KINDS, RANKS = words(Purpose), words(UnitKind), words(Rank)
LEDGER_SOURCES, LEDGER_STATES = words(LedgerSource), words(LedgerState)

CONTACTS = Kind(
    "contacts",
    "来信来访",
    "import.run",
    "每行登记一件信访件并新开一个信访事项。有编号的，再次导入同一来源不会重复登记；同一人的多件不会自动并案。",
    (
        Field("external_number", "原编号", ("留言编号", "信访编号", "来信编号", "编号", "单号", "工单编号")),
        Field("name", "信访人", ("留言用户", "信访人姓名", "来访人", "来信人", "姓名", "用户", "网友", "诉求人", "反映人")),
        Field("phone", "电话", ("联系电话", "手机", "手机号", "手机号码", "联系方式")),
        Field("id_number", "证件号码", ("身份证号", "身份证号码", "身份证", "证件号")),
        Field("address", "详细地址", ("住址", "家庭住址", "地址", "联系地址")),
        Field("title", "概况", ("留言主题", "主题", "标题", "信访事项", "概况信息", "事项名称")),
        Field(
            "received_on",
            "收到日期",
            ("留言时间", "来访日期", "来访时间", "来信日期", "信访日期", "信访时间", "收到时间", "日期", "时间"),
            required=True,
        ),
        Field("registered_on", "登记日期", ("登记时间",)),
        Field(
            "demand",
            "诉求",
            ("留言详情", "留言内容", "诉求内容", "反映内容", "反映问题", "反映的主要问题", "主要诉求", "内容", "详情"),
            required=True,
        ),
        Field("category", "内容分类", ("一级分类", "一级标签", "分类", "问题类别", "信访类别")),
        Field("category_2", "二级分类", ("二级标签",)),
        Field("category_3", "三级分类", ("三级标签",)),
        Field("channel", "信访方式", ("信访形式", "来源渠道", "渠道", "方式")),
        Field("place", "问题属地", ("属地", "发生地", "地点", "问题发生地", "所属村居")),
        Field("people_count", "人数", ("信访人数", "来访人数", "涉及人数")),
        Field("purpose", "信访目的", ("目的",)),
        Field("matter_number", "信访事项编号", ("并入事项", "原信访事项编号", "关联事项编号")),
    ),
    ("0001", "张三", "13800000000", "", "河东村二组", "河东村路灯损坏", "2026-11-20", "", "路灯已坏半年，请求修复。",
     "城乡建设", "", "", "来信", "河东村", "1", "求决", ""),
)  # fmt: skip

UNITS = Kind(
    "units",
    "单位",
    "import.setup",
    "每行一个单位；已有的同名单位跳过。上级单位可以是已有的，也可以在本表中。",
    (
        Field("name", "单位名称", ("单位", "名称", "部门", "机构名称"), required=True),
        Field("kind", "单位类型", ("类型", "性质", "种类")),
        Field("parent", "上级单位", ("上级", "隶属单位", "主管单位")),
        Field("phone", "电话", ("联系电话", "办公电话", "值班电话")),
        Field("address", "地址", ("办公地址", "详细地址")),
    ),
    ("河东村", "村(社区)", "青石镇人民政府", "0739-0000000", "河东村一组"),
)

LEADERS = Kind(
    "leaders",
    "领导",
    "import.setup",
    "每行一位领导；姓名和职务都相同的跳过。分管单位写单位名称，多个用顿号隔开。",
    (
        Field("name", "姓名", ("领导", "领导姓名", "接访领导", "包案领导"), required=True),
        Field("title", "职务", ("领导职务", "职位"), required=True),
        Field("rank", "班子身份", ("级别", "领导类别")),
        Field("division", "分管工作", ("工作分工", "分工", "分管", "接访范围")),
        Field("phone", "电话", ("办公电话", "联系电话")),
        Field("turn", "轮值顺序", ("顺序", "序号", "排序")),
        Field("units", "分管单位", ("联系单位", "分管部门")),
    ),
    ("陈立国", "镇长", "主要领导", "主持政府全面工作", "0739-0000000", "1", "城建办、民政办"),
)

CATEGORIES = Kind(
    "categories",
    "内容分类",
    "import.setup",
    "每行一个分类，逐级建立；按完整路径比对，已有的跳过。新表中没有的旧分类不会删除。",
    (
        Field("level_1", "一级分类", ("一级标签", "大类", "一级"), required=True),
        Field("level_2", "二级分类", ("二级标签", "中类", "二级")),
        Field("level_3", "三级分类", ("三级标签", "小类", "三级")),
        Field("code", "分类代码", ("代码", "编码")),
    ),
    ("城乡建设", "物业管理", "收费", ""),
)

CAMPAIGN_CASES = Kind(
    "campaign-cases",
    "专项台账",
    "campaign_case.add",
    "每行把一件已登记的信访事项列入一个专项活动；台账中已有的跳过。",
    (
        Field("campaign", "专项活动", ("专项名称", "活动名称", "专项"), required=True),
        Field("matter_number", "信访事项编号", ("编号", "事项编号", "信访编号"), required=True),
        Field("scheme", "问题类别", ("专项分类", "分类", "类别", "问题类型")),
        Field("source", "来源", ("案件来源", "积案来源")),
        Field("source_number", "来文编号", ("上级编号", "交办编号", "来源编号", "交办文号", "来文文号", "文号")),
        Field("unit", "责任单位", ("承办单位", "单位")),
        Field("responsible", "责任人", ("承办人", "具体责任人")),
        Field("leader", "包案领导", ("领导",)),
        Field("measures", "化解措施", ("措施", "化解方案")),
        Field("due_on", "化解时限", ("时限", "期限", "办结时限")),
        Field("progress", "进展情况", ("进展", "办理进展")),
        Field("state", "化解情况", ("状态", "是否化解")),
        Field("resolved_on", "化解日期", ("化解时间",)),
    ),
    ("集中治理重复信访", "XF2026-000001", "民生问题类", "本级信访事项", "", "城建办", "郑伟", "赵明", "", "2026-12-31",
     "", "化解中", ""),
)  # fmt: skip

KINDS: dict[str, Kind] = {kind.key: kind for kind in (CONTACTS, CATEGORIES, UNITS, LEADERS, CAMPAIGN_CASES)}
"""In the order of the screen."""
