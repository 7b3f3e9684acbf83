"""Made-up names: places, organs, persons. The characters are common, the places do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

CITIES = ("青澜", "云汀", "石棠", "桐泽", "澄溪", "岚屏", "禾川", "鹭洲", "松垣", "曲岭", "平芜", "晏海")
_FIRST = "澜汀岚鹭棠栖漱皓芷樾霁泠荻笙蔚筠溯屿珩砚隽黛峤槐楠榛苇杉椿茗萱蕙荷岫漪澹濯芃蓁葭"
_SECOND = "川屏垣浦坪泽洲源陵溪岭湾塘桥原台渡谷岗丘畈圩埠堰"
_TOWNS = ("城关", "东", "西", "南", "北", "新", "上", "下", "大", "小")
_TOWN_ENDS = ("桥", "塘", "畈", "坪", "渡", "店", "湾", "岭", "河", "埠")

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静强磊军洋勇艳杰娟涛明超霞平刚桂文建国华志红玉春海云峰丽波辉健飞鹏鑫浩宇晨欣怡婷雪梅兰琳颖"
    "佳慧嘉宁安康博睿思远泽楠昕瑞凯旭东升林森川清源成功立新卫民德胜永祥振兴俊彦书雅凌岚"
)

#: Departments of a province, a city and a county: name without the place, what it is, relative size.
PROVINCE = (
    *("委办公厅", "人大常委会办公厅", "政府办公厅", "政协办公厅", "纪委监委机关", "委组织部", "委宣传部", "委统战部"),
    *(
        "委政法委员会",
        "委政策研究室",
        "发展和改革委员会",
        "教育厅",
        "科学技术厅",
        "工业和信息化厅",
        "民族宗教事务委员会",
    ),
    *("公安厅", "民政厅", "司法厅", "财政厅", "人力资源和社会保障厅", "自然资源厅", "生态环境厅", "住房和城乡建设厅"),
    *("交通运输厅", "水利厅", "农业农村厅", "商务厅", "文化和旅游厅", "卫生健康委员会", "退役军人事务厅", "应急管理厅"),
    *("审计厅", "外事办公室", "国有资产监督管理委员会", "林业局", "市场监督管理局", "广播电视局", "体育局", "统计局"),
    *(
        "医疗保障局",
        "机关事务管理局",
        "数据局",
        "信访局",
        "粮食和物资储备局",
        "能源局",
        "药品监督管理局",
        "高级人民法院",
    ),
    *("人民检察院", "总工会", "妇女联合会", "科学技术协会", "残疾人联合会", "档案馆", "委党校", "社会科学院"),
    *("地方志办公室", "供销合作社联合社", "红十字会", "地质勘查局", "核安全监测中心"),
)
CITY = (
    *(
        "委办公室",
        "人大常委会办公室",
        "政府办公室",
        "政协办公室",
        "纪委监委机关",
        "委组织部",
        "委宣传部",
        "委政法委员会",
    ),
    *("发展和改革委员会", "教育局", "科学技术局", "工业和信息化局", "公安局", "民政局", "司法局", "财政局"),
    *(
        "人力资源和社会保障局",
        "自然资源和规划局",
        "生态环境局",
        "住房和城乡建设局",
        "交通运输局",
        "水利局",
        "农业农村局",
    ),
    *("商务局", "文化和旅游局", "卫生健康委员会", "应急管理局", "审计局", "市场监督管理局", "统计局", "医疗保障局"),
    *("机关事务管理局", "中级人民法院", "人民检察院"),
)
COUNTY = (
    *("委办公室", "人大常委会办公室", "政府办公室", "政协办公室", "纪委监委机关", "委组织部", "发展和改革局", "教育局"),
    *("公安局", "财政局", "住房和城乡建设局", "农业农村局", "文化和旅游局", "应急管理局", "机关事务服务中心"),
)
#: Units below a department.
SECOND = ("信息中心", "后勤服务中心", "执法支队", "培训中心", "档案中心", "监测中心")

BRANDS = ("启衡", "云杉", "远岫", "晴川", "方略", "拓野")
CARS = ("远岫 E6", "云杉 M3", "晴川 200", "启衡 S7", "拓野 X5", "方略 客运")


def county_names() -> Iterator[str]:
    """Names without end, each once; the first thousand have two characters."""
    yield from (first + second for second, first in product(_SECOND, _FIRST))
    yield from (a + b + second for a, b, second in product(_FIRST, _FIRST, _SECOND) if a != b)


def city_names() -> Iterator[str]:
    """Names without end."""
    yield from CITIES
    yield from (f"{second}{first}" for first, second in product(_FIRST, _SECOND))


def town_names(rng: Random, count: int) -> list[str]:
    """Names of towns and townships of one county, each once."""
    whole = [first + last for first in _TOWNS[1:] for last in _TOWN_ENDS]
    return ["城关镇", *(name + rng.choice(("镇", "镇", "乡")) for name in rng.sample(whole, count))][:count]


def person_name(rng: Random) -> str:
    """Two or three characters."""
    given = rng.choice(GIVEN) if rng.random() < 0.25 else rng.choice(GIVEN) + rng.choice(GIVEN)
    return rng.choice(SURNAMES) + given
