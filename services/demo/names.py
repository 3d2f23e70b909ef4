"""Invented people: drawn names, telephone numbers nobody has, and ID numbers whose check digit is wrong on purpose."""

from random import Random

from services.registration import Person

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田"
    "董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白"
    "邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "建军", "秀兰", "志强", "桂英", "明华", "丽娟", "国庆", "玉珍", "永福", "春梅", "海涛", "小红", "德明", "翠花", "文彬", "雪梅",
    "长根", "金凤", "立新", "爱莲", "卫东", "彩云", "宝山", "月娥", "正平", "素芬", "大勇", "冬梅", "水生", "美玲", "兴旺", "巧云",
    "学文", "银花", "光辉", "淑琴", "家富", "凤英", "振华", "桂兰", "耀宗", "菊香", "少华", "秋月", "子豪", "雨欣", "一帆", "思远",
    "庆丰", "友根", "伯成", "阿香", "连生", "喜梅", "伟", "敏", "静", "磊", "洋", "勇", "艳", "杰", "娟", "涛",
    "超", "霞", "平", "刚", "辉", "玲", "丹", "萍", "鹏", "斌", "波", "倩",
)  # fmt: skip
REGION = "430799"
"""No such county; six digits are enough to look like one."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


def name(rng: Random) -> str:
    """Surname and given name."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def phone(rng: Random) -> str:
    """138 0000 and four digits: 13800000000 to 13800009999."""
    return f"1380000{rng.randrange(10_000):04d}"


def id_number(rng: Random) -> str:
    """18 digits of the right shape that no register holds: the last one is not the check digit (GB 11643)."""
    born = f"{rng.randint(1944, 2001)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    body = f"{REGION}{born}{rng.randrange(1000):03d}"
    right = CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
    return body + rng.choice([check for check in CHECKS if check != right])


def person(rng: Random, village: str, *, is_representative: bool = False) -> Person:
    """Somebody of this village; most leave a telephone number, half an ID number."""
    return Person(
        name(rng),
        phone=phone(rng) if rng.random() < 0.9 else None,
        id_number=id_number(rng) if rng.random() < 0.5 else None,
        address=f"青石镇{village}{rng.randint(1, 12)}组{rng.randint(1, 160)}号",
        is_representative=is_representative,
    )
