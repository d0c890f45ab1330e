"""Words for manuscripts that nobody wrote: names, places, and texts put together of other texts' sentences, so that no two are the same."""

import re

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超兰霞平刚桂英文华建国玉梅志红晓东海云雪峰林安宁"
FIRST = "青白云石龙凤金银柳梅桃杏竹松鹤清平安和永长大小东西南北上下新古"
SECOND = "山河溪湖塘桥湾岭坪港洲泉沟坝田村寨店铺渡井头口坡冲洞"
KIND = ["镇", "乡", "街道", "社区", "村", "片区"]


def person(chance):
    return chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2))))


def place(chance):
    return chance.choice(FIRST) + chance.choice(SECOND)


class Words:
    """Sentences of texts, to be mixed."""

    def __init__(self, texts, chance):
        self.chance = chance
        self.sentences, self.openings = [], []
        for text in texts:
            for field in ("situation", "causes"):
                self.sentences += [one for one in re.findall(r"[^。！？\n]+[。！？]", text[field]) if 8 <= len(one) <= 90]
        self.sentences = sorted(set(self.sentences))

    def title(self, like):
        """A title on the same matter somewhere else."""
        where = place(self.chance) + self.chance.choice(KIND)
        if like.startswith("关于"):
            return f"关于{where}{like[2:]}"[:50]
        return f"{where}：{like}"[:50]

    def like(self, text):
        """A text of about the same length. Every paragraph begins with one of its own sentences, then come others, with other numbers."""
        return "\n".join(self.paragraph(paragraph) for paragraph in text.split("\n")) if text else text

    def paragraph(self, text):
        own = re.findall(r"[^。！？]+[。！？]?", text)
        if len(own) < 2:
            return text
        mixed = [own[0]] + [self.chance.choice(self.sentences) for _ in own[1:]]
        return re.sub(r"\d{2,4}", lambda found: str(self.chance.randrange(10, 10 ** len(found.group()))), "".join(mixed))

    def suggestion(self, one):
        """Suggestions are texts, or objects with one."""
        where = place(self.chance) + self.chance.choice(KIND)
        if isinstance(one, dict):
            return {key: f"在{where}，{value}" if key == "text" else value for key, value in one.items()}
        return f"在{where}，{one}"
