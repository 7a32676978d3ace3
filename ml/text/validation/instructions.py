"""Words that address a language model instead of a shopper: how an injection shows in a text that repeats it."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from typing import Final

_INSTRUCTION: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|skip)\b[^.!?。！？\n]{0,40}\b(?:previous|prior|above|earlier|all"
    r"|any|your|the"
    r"|these|those|system)\b[^.!?。！？\n]{0,30}"
    r"\b(?:instruction|prompt|rule|guideline|fact|direction|polic|checks\b|limit|constraint|context|message|training)"
    r"|\bsystem\s*(?:prompt|message|override|note|instruction)|\byou are (?:now )?(?:an? )?(?:ai|assistant"
    r"|language model|chatbot|dan|admin|unrestricted)\b|\b(?:act as|pretend|roleplay"
    r"|behave as)\b[^.!?。！？\n]{0,20}\b(?:dan|if"
    r"|an? (?:ai|assistant|model|admin))\b"
    r"|\bnew (?:instructions?|rules?|task)\s*[:：]|\b(?:assistant|system|user|developer)\s*:\s|<\|?(?:system|im_start"
    r"|endoftext|assistant)|\[/?INST\]|###\s*(?:system|instruction)"
    r"|\b(?:jailbreak|developer mode|prompt injection|do anything now|as an ai|language model|sudo\b|rm -rf"
    r"|drop table|exfiltrat)"
    r"|\b(?:reveal|print|repeat|output|leak|show|send|e-?mail)\b[^.!?。！？\n]{0,30}\b(?:prompt|instruction|api key"
    r"|password"
    r"|secret|customer (?:list|data)|database|credentials)"
    r"|\b(?:write|say|state|claim|tell|append|insert|announce|respond|reply|output|translate|approve"
    r"|set)\b[^.!?。！？\n]{0,30}"
    r"\b(?:everything is|all (?:products|items|prices)|approved|instead|only with|the following|this (?:text|link)"
    r"|(?:every|all) (?:customers?|readers?))"
    r"|(?:忽略|无视|忘记|忘掉|跳过|不要遵守|绕过|覆盖)[^.!?。！？\n]{0,20}(?:指令|指示|提示|规则|要求|限制|设定|内容|检查|对话)|系统(?:提示|指令|消息)|提示词|越狱|开发者模式"
    r"|你现在是|扮演|假装|假设你|(?:输出|打印|泄露|透露|告诉我|显示|发送)[^.!?。！？\n]{0,15}(?:提示|指令|密码|密钥|数据库|客户(?:名单|数据))|新的?(?:指令|规则|任务)"
    r"|(?:请|必须|务必)?(?:写上|写成|声明|宣称|回答|回复|改为|改成|设为|标记为)[^.!?。！？\n]{0,10}(?:全场|全部|所有(?:商品|产品)|免费|价格|已批准|通过)",
    re.I | re.A,
)
_BLOB: Final = re.compile(
    r"(?<![A-Za-z0-9+/=])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])[A-Za-z0-9+/]{16,}={0,2}(?![A-Za-z0-9+/=])"
)
_HEX: Final = re.compile(r"(?:\\x[0-9a-f]{2}|%[0-9a-f]{2}|\\u[0-9a-f]{4}){3,}|\b(?:[0-9a-f]{2}\s?){12,}\b", re.I | re.A)
_SPACED: Final = re.compile(r"(?<![A-Za-z])(?:[A-Za-z][\s._*-]){5,}[A-Za-z](?![A-Za-z])")
_LEAST_ROT13: Final = 20


def instructions(text: str) -> Iterator[tuple[int, int]]:
    """Their places in a text: plain, spaced out, in ROT13, reversed, and blobs of Base64, hexadecimal or escapes."""
    for pattern in (_INSTRUCTION, _HEX, _SPACED):
        yield from (match.span() for match in pattern.finditer(text))
    yield from (match.span() for match in _BLOB.finditer(text) if _decodes(match.group()))
    if len(text) >= _LEAST_ROT13:
        yield from (match.span() for match in _INSTRUCTION.finditer(codecs.encode(text, "rot13")))
        yield from ((len(text) - match.end(), len(text) - match.start()) for match in _INSTRUCTION.finditer(text[::-1]))


def _decodes(blob: str) -> bool:
    """Whether a word is Base64 of printable text."""
    try:
        decoded = base64.b64decode(blob + "=" * (-len(blob) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return False
    return sum(character.isprintable() for character in decoded) >= 0.9 * len(decoded)
