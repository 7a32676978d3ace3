"""Words that claim something, by kind, and words that no text uses; patterns, one a line, extended by a line.

A claim may be made where the sheet has it in the same words with a source.
"""

from __future__ import annotations

from typing import Final

SUPERLATIVE: Final = r"""
\b(?:world|nation|country|everyone|everybody)'s\s+(?:favou?rites?|choice)\b
\btop\s+(?:choice|quality|brand)\b
\b(?!(?:latest|nearest|interest|forest|harvest|guest|honest|modest|request|contest|invest|suggest|digest|protest|manifest|conquest|inquest|tempest|zest|rest|test|west|nest|chest|quest|fest|vest|pest|jest|arrest|attest|detest|bequest|priest|everest|midwest|northwest|southwest|earnest|dishonest|pretest|retest|backrest|armrest)\b)[a-z]{3,}est\b
\bbest\b(?!\s+(?:before|by|wishes|regards|enjoyed|served|with|friends?|paired))
\bmost\s+(?!of\b|days\b|people\b|importantly\b|weeks?\b)[a-z]+
(?:\bno\.\s*|\bnumber\s+|#)(?:1|one)\b
\bno\s*1\b
\b(?:ultimate|unbeatable|unrivalled|unrivaled|unmatched|unparalleled|second to none|world[- ]class)\b
\b(?:world[- ]leading|market[- ]leading|leading brand|top[- ]rated|top[- ]selling|perfect in every)\b
\b(?:number-one|one and only)\b
\b(?:award[- ]winning|voted|recommended by|trusted by|loved by)\b
\b(?:better|tastier|healthier|cheaper|fresher|stronger|faster)\s+than\b
\b(?:always|never)\s+(?:fails?|disappoints?|lets? you down)\b
\bguarantee[ds]?\b
最(?![近后终新多爱初起])[\u4e00-\u9fff]
第[一1](?![时次天步份位个口杯])
(?:顶级|极品|极致|国家级|世界级|全球级|首选|独一无二|史无前例|绝无仅有|销量冠军|销冠|遥遥领先|无与伦比|无可比拟|完美无缺|万能|永久|绝对)
(?:获奖|金奖|权威认证|专家推荐|明星推荐|全球领先|行业领先|领导品牌|同类产品|优于)
(?:保证|承诺)(?![书金])
百分百|百分之百
"""
_FREE_OF: Final = ("sugar", "gluten", "lactose", "fat", "alcohol", "dairy", "nut", "salt", "caffeine", "meat")
_NOT_FREE_OF: Final = "".join(rf"(?<!{each}[- ])" for each in _FREE_OF)
_FREE: Final = r"""
(?<!feel )\bfree\b(?<!-free)(?!\s*(?:from\s+(?:sugar|gluten|additives|artificial)|range|time\b|your\b|up\b|spirit))
"""
PRICE: Final = (
    _NOT_FREE_OF
    + _FREE.strip()
    + r"""
\b(?:tenners?|fivers?|nothing to pay|next to nothing|low(?:er)? prices?|bargain prices?|steal)\b
\b(?:halved|slashed|cheapest|lowest|rock[- ]bottom|bargain[- ]basement)\b
\bbest\s+(?:price|value|deal)
\b(?:price[- ]match|price guarantee|below cost|at cost|wholesale price|factory price)
\b(?:never (?:been )?cheaper|can't be beaten|unbeatable (?:price|value))
\b(?:no (?:extra|hidden|additional) (?:cost|charge|fee)s?|at no cost|money[- ]back|risk[- ]free)\b
\b(?:complimentary|on the house|gratis)\b
(?:免费|包邮|免邮|免运费|白送|零元购|底价|骨折|免单|红包|史低|击穿底价|跳楼价|成本价|出厂价|批发价|全网最低|史上最低|亏本|保价|买贵退差|价格保证|便宜到家|无效退款)
"""
)
DIETARY: Final = r"""
\b(?:sugar|gluten|lactose|fat|alcohol|dairy|nut|salt|caffeine|meat)[- ]free\b
\b(?:vegan|vegetarian|keto|kosher|halal|low[- ](?:fat|sugar|salt|calorie|carb)|high[- ](?:protein|fib(?:re|er)))\b
\bno\s+(?:preservatives|additives|added|artificial)\b
(?:无糖|低糖|低脂|零脂|无麸质|素食|无防腐剂|高蛋白|清真|零添加|零卡)
"""
MEDICAL: Final = r"""
\b(?:doctors?|good\s+for\s+you|los(?:e|ing)\s+weight|medicines?|medicinal|remed(?:y|ies))\b
\b(?:clinical(?:ly)?|scientifically|medically|dermatologically)\s+(?:proven|tested|approved|shown|certified)
\b(?:cures?|curing|heals?|healing|therapeutic|detox\w*)\b
\b(?:anti-?(?:ageing|aging|inflammatory|bacterial|cancer|oxidant|viral)|immun\w+|cholesterol)\b
\b(?:blood\s+(?:pressure|sugar)|weight[- ]loss|burns?\s+fat|fat[- ]burning|slimming|miracle)\b
\b(?:prevents?|treats?|relieves?|fights?|reduces?|lowers?)\s+(?:the\s+|your\s+|risk\s+of\s+|against\s+)*(?:disease|cancer|diabetes|pain|stress|anxiety|depression)\b
\b(?:prevents?|treats?|relieves?|fights?|reduces?|lowers?)\s+(?:the\s+|your\s+|risk\s+of\s+|against\s+)*(?:insomnia|inflammation|arthritis|flu|colds?|allerg\w+|headaches?)\b
\b(?:prevents?|treats?|relieves?|fights?|reduces?|lowers?)\s+(?:the\s+|your\s+|risk\s+of\s+|against\s+)*(?:wrinkles|ageing|aging|infections?|heart)\b
\b(?:doctor|dentist|pharmacist|dermatologist|physician|nutritionist)s?[- ](?:recommend\w*|approved|tested)
\b(?:fda|superfood|boosts?\s+(?:your\s+)?(?:immunity|immune|metabolism|energy|health))\b
\b(?:good\s+for\s+your\s+(?:heart|health|skin|gut)|healthy|healthier|healthiest|no side effects)\b
(?:治疗|治愈|疗效|药效|临床|降血压|降血糖|降血脂|降压|降糖|抗癌|防癌|减肥|瘦身|燃脂|排毒|免疫力|消炎|杀菌|抗菌|药用|祛斑|祛痘|抗衰|延缓衰老|抗氧化|医生推荐|医学|根治|预防疾病)
(?:补肾|壮阳|养颜|美白|安神|助眠|无副作用|保健功效|有益健康|更健康|科学证明|科学验证)
"""
ENVIRONMENTAL: Final = r"""
\b(?:carbon|climate)[- ](?:neutral|negative|positive|free)\b
\b(?:net[- ]zero|zero[- ](?:waste|emissions?|carbon)|eco[- ]?friendly|eco[- ]?conscious)\b
\b(?:environmentally?[- ](?:friendly|safe|responsible)|planet[- ]friendly|earth[- ]friendly)\b
\b(?:kind to the planet|good for the planet|green(?:er)? (?:choice|energy|product|packaging))\b
\b(?:sustainabl[ey]|sustainability|biodegradable|compostable|recycl\w+|plastic[- ]free|low[- ]carbon)\b
\b(?:ethical(?:ly)?|fair[- ]?trade|organic(?:ally)?|all[- ]natural|natural(?:ly)?|chemical[- ]free)\b
\b(?:non[- ]toxic|cruelty[- ]free|pesticide[- ]free|renewable)\b
(?:碳中和|零碳|低碳|净零|环保|可降解|生物降解|可回收|再生材料|可持续|有机|绿色食品|绿色产品|纯天然|天然|无污染|零排放|生态友好|无添加|无农药|无公害|公平贸易)
"""
SCARCITY: Final = r"""
\bsold out\b
\b(?:last chance|almost gone|nearly gone|selling (?:out )?fast|limited (?:stock|edition|quantities))\b
\b(?:final hours|going fast|while they last|once in a lifetime|never again|exclusive(?:ly)?)\b
(?:最后机会|即将售罄|所剩无几|仅剩|限量|数量有限|卖断货|断货|手慢无|错过不再|独家|唯一|千载难逢)
"""
BANNED: Final = r"""
\b(?:fuck\w*|shit\w*|bitch\w*|bastards?|assholes?|crap|idiots?|stupid|moron\w*|dumb|loser|slut|whore)\b
\b(?:retard\w*|nazi\w*|hate you|kill yourself|damn|porn\w*|viagra|casino|make money fast)\b
(?:他妈|傻逼|傻子|操你|混蛋|白痴|滚蛋|去死|贱人|屁民|色情|赌博|博彩|发票代开|蠢货|脑残)
"""
