"""Find what in a text could identify a person, or tell a rater which system wrote it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

Check = Callable[[str], bool]
Mask = Callable[[str], str]

FULL_WIDTH = str.maketrans({0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " "})
FULL_WIDTH_ONE = re.compile("[０-９Ａ-Ｚａ-ｚ＠]")
NUMBER_OR_NAME = re.compile(r"@|[\w-]{5}", re.ASCII)
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
PUBLIC_LINES = {"01082951332"}  # crisis lines, which answers may well name

EMAIL = r"(?<![\w.+-])(?P<it>[A-Z0-9][\w.%+-]*@(?:[A-Z0-9-]+\.)+[A-Z]{2,})(?![A-Z0-9])"
ID_NUMBER = r"(?<![A-Z0-9])(?P<it>[1-9]\d{16}[\dX])(?![A-Z0-9])"
MOBILE = r"(?<!\d)(?<!\d\.)(?:\+?86[- ]?)?(?P<it>1[3-9]\d[- .]?\d{4}[- .]?\d{4})(?!\d)"
LANDLINE = r"""
    (?<!\d)(?<!\d\.)
    (?P<it>\(?0(?:10|2\d|[3-9]\d\d)\)?[-—– ]{0,3}[2-8]\d{2,3}[- ]?\d{4})(?!\d)
"""
NO_DATE = r"(?!(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d(?!\d))"
COUNTED = "[元块个人名位条天年月日岁分次级步多万+%.]"  # what follows a number that counts
QQ_NAME = r"(?:(?<![A-Z])QQ(?![A-Z])|扣扣|企鹅号|(?<![A-Z])Q(?=[号:]))"
QQ = rf"""
    {QQ_NAME}[号码群是为加我的:\s,(=-]{{0,8}}{NO_DATE}(?P<it>[1-9]\d{{4,10}})(?!\d|{COUNTED})
    | (?<!\d)(?P<before>[1-9]\d{{4,10}})\s?\(?(?:这?是)?我?的?{QQ_NAME}
"""
# Literals that keep their case: re looks for these ten times as fast as for a class or IGNORECASE.
WECHAT_HINT = (
    "微信|威信|薇信|卫星|wx|WX|Wx|wX|vx|VX|Vx|vX|we|We|WE|v信|V信|v:|V:|v号|V号"
    "|加v|加V|我v|我V|的v|的V"
)
WECHAT_NAME = r"""(?:
    微信|威信|薇信|卫星(?=[号:])|(?<![A-Z])(?:wechat|weixin|vx|wx|v信)
    | (?<![A-Z])v(?=[:号]) | (?:加我?|我的)v(?!ip)
)"""
WECHAT = rf"""
    (?<![A-Z0-9])(?P<it>wxid_\w{{6,}})
    | {WECHAT_NAME}(?:号码?|账号|名|\s?id|\s?is|[:是为\s(]|我的|加我?){{0,5}}
      (?:(?P<mixed>(?=[a-z_-]*\d|[a-z]+_)[a-z][-\w]{{5,19}})|{NO_DATE}(?P<digits>[1-9]\d{{5,10}}))
      (?![-\w]|{COUNTED})
    | (?:{WECHAT_NAME}(?:号|\s?id)?\s?:|(?:微信号|加我?微信|加我?v|wechat\sid)(?:是|\sis|\s))
      \s?(?!wechat|weixin)(?P<letters>[a-z][-\w]{{5,19}})(?![-\w])
"""

CHINESE_HINT = re.compile(
    "智能|模型|机器人|豆包|百川|文心|通义|千问|智谱|求索|之暗面|混元|浦语|虚拟助|星火|盘古|训练数据|知识库?截"
)
LATIN_HINT = re.compile(
    "gpt|open-?ai|claude|anthropic|llama|glm|qw|deep-?seek|baichuan|kimi|gemini|bard|copilot|moss|ai"
    "|intern|hunyuan|training|cutoff|moonshot|minimax|ernie|mi[sx]tral|alpaca|vicuna|gemma|chat|llm|language|artif|assistant",
    re.IGNORECASE,
)
LATIN_NAME = r"""
    (?=[A-Z])(?<![A-Z])(?:
        chat-?gpt | open-?ai | anthropic | deep-?seek | baichuan | qwen | qwq | chat-?glm | glm-?\d
        | internlm | hunyuan | moonshot\sai | (?-i:MiniMax) | ernie[- ](?:bot|\d) | mistral\sai
        | soulchat | mechat | emollm | mindchat | psychat | cbt-llm
        | gpt[- ]?\d(?:\.\d)?o?(?:[- ]?(?:turbo|mini))?(?!\d)
        | (?<!酶)(?<!酶\()(?<!功能)gpt(?!\s?\(?(?:\d|转氨酶|升高|偏高|正常|谷丙))
        | (?-i:LLaMA) | (?:chinese|meta)[- ](?:llama|alpaca) | (?:llama|alpaca|vicuna)-lora
        | (?:llama|alpaca|vicuna|mistral|mixtral|gemma)[- ]?\d+(?:\.\d)?(?:[- ]?\d*b)?(?!\d)
        | claude[- ]\d(?:\.\d)?
        | (?<!Jean[- ])(?-i:Claude(?![·'’]|\s(?!Opus|Sonnet|Haiku)[A-Z][a-z]))
        | google\s(?:gemini|bard) | gemini\s(?:pro|ultra|flash|nano|ai|\d)
        | (?:microsoft|github)\scopilot
    )(?![A-Z])
"""
CHINESE_NAME = r"""
    通义(?:千问|星尘|大?模型) | 文心一言 | 讯飞星火 | 腾讯混元 | 智谱清言 | 深度求索
    | 书生[·・]?浦语
    | 由(?:智谱|月之暗面|百川|字节跳动|阿里云|百度|腾讯)
      [^，。！？\n]{0,12}?(?:开发|研发|训练|打造|推出|创造)
    | (?:千问|豆包|百川|文心|星火|混元|盘古|智谱|天工|Kimi)\s?
      (?:大?模型|语言模型|智能(?:助[手理]|体)?|AI|人工智能|助[手理]|-?\d+B)
    | (?:我是|我叫|作为|身为)\s?(?:千问|豆包|百川|文心|星火|混元|Kimi|Gemini|Copilot|MOSS)
      (?=[，,。.！!、；;：:(（\s]|的[助陪]|$)
    | \bI(?:['’]m|\sam)\s(?:Kimi|Gemini|Copilot|Bard|Llama)\b(?!\s[A-Z])
"""
ARTIFICIAL_ZH = "(?:人工智能|AI|大?语言模型|大模型|聊天机器人|虚拟助[手理]|智能助[手理])"
SAYS_IT_IS_ONE = rf"""
    (?:作为|身为|我(?:只|仅仅?|就|不过|毕竟)?是)(?:一[个名款位种台])?(?:由[^，。！？\n]{{1,15}}的)?
    (?:[^，。！？\n]{{1,8}}的)?(?:大型|知识增强|专业|心理(?:健康|咨询|支持)?|虚拟)?{ARTIFICIAL_ZH}
    (?:大?语言模型|大?模型|(?:聊天|心理)?助[手理]|(?:聊天)?机器人|程序|系统|(?:心理)?咨询师|伙伴|朋友)?
    (?=[，,。.！!？?；;、\s)）”"我无不没也只并来]|$)
    | 本(?:AI|人工智能|模型)(?=[，无不没只是会])
    | 我的(?:训练数据|知识库?截[至止]) | 训练数据截[至止]
    | \bmy\s(?:training\sdata|knowledge\scutoff)
    | \b(?:as|I(?:['’]m|\sam)(?:\s(?:just|only|simply|merely|not\sa\shuman,?\sbut))?)\san?\s
      (?:artificial\sintelligence|(?:AI\s|large\s)?language\smodel|AI\s(?:model|assistant|chatbot)
        |chatbot|virtual\sassistant|AI)\b
      (?!(?:-|\s)(?:engineer|research|student|developer|scien|expert|profess|startup|compan|artist
        |enthus|ethic|product|trainer|policy|safety|major|writer|lab|teacher|designer|investor))
"""
# Many models put a space between Chinese and Latin letters, which the patterns need not know.
SPACED = re.compile(
    r"(?<=[\u3400-\u9fff])[ \t]+(?=[A-Za-z\u3400-\u9fff])|(?<=[A-Za-z])[ \t]+(?=[\u3400-\u9fff])"
)
SYSTEMS = [
    re.compile(pattern, re.VERBOSE | re.IGNORECASE)
    for pattern in (LATIN_NAME, CHINESE_NAME, SAYS_IT_IS_ONE)
]


class Found(NamedTuple):
    """Something that could identify a person; `found` shows only a little of it."""

    kind: str
    found: str


@dataclass(frozen=True)
class Kind:
    """How one kind is found where both hints are, which are cheap to look for.

    `in_ascii` looks at the text's ASCII characters only, without spaces.
    """

    in_ascii: re.Pattern[str]
    in_text: re.Pattern[str]
    pattern: re.Pattern[str]
    mask: Mask
    right: Check


def identifies_a_person(text: str) -> list[Found]:
    """Return the e-mail addresses, ID, phone and QQ numbers and WeChat names of a text, masked.

    >>> identifies_a_person("加我微信：xiaoyu_2019，或者打 138 1234 5678")
    [Found(kind='mobile', found='138****5678'), Found(kind='wechat', found='xi****')]
    """
    if FULL_WIDTH_ONE.search(text):
        text = text.translate(FULL_WIDTH)
    plain = _ascii(text).replace(" ", "")
    if not NUMBER_OR_NAME.search(plain):
        return []
    text = text.replace("：", ":").replace("（", "(").replace("　", " ")
    taken: list[tuple[int, int]] = []
    found = []
    for name, kind in PERSONAL.items():
        for start, end in _spans(kind, text, plain):
            apart = all(end <= other or start >= until for other, until in taken)
            if apart and kind.right(text[start:end]):
                taken.append((start, end))
                found.append(Found(name, kind.mask(text[start:end])))
    return list(dict.fromkeys(found))


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode("ascii")


def _spans(kind: Kind, text: str, plain: str) -> Iterator[tuple[int, int]]:
    if kind.in_ascii.search(plain) and kind.in_text.search(text):
        for match in kind.pattern.finditer(text):
            yield match.span(match.lastgroup or 0)


def _is_id_number(text: str) -> bool:
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, ID_WEIGHTS, strict=False))
    return ID_CHECKS[total % 11] == text[-1].upper()


def _is_private_line(text: str) -> bool:
    return _digits(text) not in PUBLIC_LINES


def _anything(_text: str) -> bool:
    return True


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _mask_number(text: str) -> str:
    digits = _digits(text[:-1]) + text[-1]
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"


def _mask_name(text: str) -> str:
    return f"{text[:2]}****"


def _mask_address(text: str) -> str:
    name, _, host = text.partition("@")
    return f"{name[0]}****@{host}"


def _kind(
    in_ascii: str, pattern: str, mask: Mask, *, in_text: str = "", right: Check = _anything
) -> Kind:
    flags = re.ASCII | re.IGNORECASE
    hints = re.compile(in_ascii, flags), re.compile(in_text)
    return Kind(*hints, re.compile(pattern, flags | re.VERBOSE), mask, right)


# An earlier kind takes its part of the text from the later ones.
PERSONAL: dict[str, Kind] = {
    "email": _kind("@", EMAIL, _mask_address),
    "id_number": _kind(r"\d{17}", ID_NUMBER, _mask_number, right=_is_id_number),
    "mobile": _kind(r"1[\d.-]{10}", MOBILE, _mask_number),
    "landline": _kind(r"0[\d().-]{9}", LANDLINE, _mask_number, right=_is_private_line),
    "wechat": _kind(r"[\w-]{6}", WECHAT, _mask_name, in_text=WECHAT_HINT),
    "qq": _kind(r"\d{5}", QQ, _mask_name, in_text="q|Q|扣扣|企鹅"),
}


def names_a_system(text: str) -> list[str]:
    """Return the words by which a text names its model or maker, or says that it is by one.

    >>> names_a_system("作为一个AI语言模型，我没有感情。")
    ['作为一个AI语言模型']
    >>> names_a_system("海纳百川，有容乃大。")
    []
    """
    if not (CHINESE_HINT.search(text) or LATIN_HINT.search(_ascii(text))):
        return []
    closed_up = SPACED.sub("", text)
    found = (match for pattern in SYSTEMS for match in pattern.finditer(closed_up))
    return list(dict.fromkeys(match[0] for match in sorted(found, key=re.Match.start)))
