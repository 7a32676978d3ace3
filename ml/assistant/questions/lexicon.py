"""Words of questions, in English and Chinese, and the concepts that they stand for.

English words stand here without plural s; Chinese is matched letter by letter, the longest words first.
"""

from __future__ import annotations

from typing import Final

CONCEPTS: Final[dict[str, str]] = {
    # what is asked for
    "COUNT": "how many; number of; count of; count; 几个; 几位; 数量; 人数",
    "QUANTITY": "多少",
    "AMOUNT": "是多少; 了多少; 多少钱; 是多少钱; 有多高; 多高",
    "SHOPPERS_COUNTED": "how many shopper; how many customer; how many client; how many people; number of shopper; "
    "number of customer; number of client; 多少顾客; 多少客户; 多少用户; 多少人; 多少位顾客; 多少名顾客; 多少个顾客",
    "COUPONS_COUNTED": "how many coupon; how many voucher; number of coupon; 多少优惠券; 了多少优惠券; 多少张优惠券",
    "ORDERS_COUNTED": "how many order; number of order; 多少订单; 多少个订单; 多少笔订单",
    "WHO": "who; whom; whose; which shopper; which customer; which client; which user; what customer; what shopper; "
    "which people; list shopper; list customer; list all shopper; list all customer; list the customer; "
    "list the shopper; 谁; 哪些顾客; 哪些客户; 哪些用户; 哪些人; 哪位; 哪个顾客; 哪个客户",
    "MOST": "most; top; largest; biggest; highest; greatest; main; fastest; strongest; most common; "
    "common; frequent; most frequent; 最; 最多; 最大; 最高; 最快; 最常见; 最好; 前",
    "SIZE": "how big; how large; size; large; big; 多大; 规模; 大小",
    "AVERAGE": "average; mean; avg; on average; per shopper; per customer; per head; 平均; 人均; 每位顾客; 每个顾客",
    "TOTAL": "total; in total; sum; altogether; overall; 总; 总共; 一共; 合计; 总计",
    "DIVIDE": "divide; divided; divide over; divided over; distributed over; spread over; distribute; distributed; "
    "distribution; split; breakdown; break down; each; 分布; 分别; 各; 每个",
    "ABOVE": "more than; above; over; higher than; longer than; greater than; 超过; 高于; 大于; 多于",
    "DIFFERENT": "different; distinct; unique; 不同; 多少种",
    "WHEN": "when; how long ago; how many day ago; 什么时候; 何时; 哪天; 多久",
    # people and money
    "SHOPPER": "shopper; customer; client; buyer; people; consumer; 顾客; 客户; 用户; 人; 买家; 消费者",
    "STAGE": "stage; lifecycle stage; life cycle stage; lifecycle; life cycle; 阶段; 生命周期; 生命周期阶段",
    "REVENUE": "revenue; sale; turnover; spend; spent; spending; paid; 销售额; 收入; 营业额; 消费; 花费; 消费额; "
    "消费金额; 花了; 消费了; 消费多少; 花费多少; 消费了多少; 花了多少",
    "BASKET": "basket value; basket; order value; 客单价; 购物篮金额; 订单金额",
    "BUY": "buy; bought; visit; purchase; purchased; purchasing; 购买; 购物; 买",
    "NOT_BOUGHT": "not bought; not purchased; not buy; haven t bought; bought nothing; without a purchase; 没有购买; "
    "未购买; 没买; 没有买; 没购买; 没有下单",
    "LAST_BUY": "last buy; last bought; last purchase; last purchased; last order; last shop; 上次购买; 上次购物; "
    "最后一次购买; 最近一次购买",
    "OVERDUE": "overdue; 逾期; 逾期未购",
    "DUE": "due; due to buy; should buy; 该购买; 应购买; 该买; 该购物",
    "FAVOURITE": "favourite; favorite; prefer; preferred; like; like best; like most; love; 最喜欢; 喜欢; 偏好; 喜爱; "
    "最喜爱; 最爱; 最偏好",
    "CATEGORY": "category; categorie; product category; product categorie; 品类; 类别; 类目; 商品类别",
    "BRAND": "brand; 品牌",
    "STORE": "store; branch; branche; 门店; 店铺",
    "CHANNEL": "channel; 渠道",
    "WEEKDAY": "weekday; day of the week; week day; 星期几; 周几",
    "HOUR": "hour; what time; time of day; time of the day; 几点; 几点钟; 时段; 哪个小时",
    "BAND": "price band; price level; 价格带; 价位",
    "COUPON": "coupon; voucher; 优惠券; 优惠劵; 券",
    "REDEEM": "redeemed; redeem; 使用; 兑换; 核销; 用了",
    "OPEN_RATE": "open rate; opening rate; 打开率",
    "CLICK_RATE": "click rate; clickthrough rate; click through rate; 点击率",
    "REDEMPTION_RATE": "redemption rate; 核销率; 兑换率",
    "CAMPAIGN": "campaign; 活动; 营销活动",
    "GROW": "grow; grew; growth; grown; growing; increased; increase; rise; rose; 增长; 增加; 上升",
    # predictions
    "CHURN": "churn probability; churn risk; probability of churn; risk of churn; probability to churn; "
    "probability of leaving; 流失概率; 流失风险; 流失可能性",
    "EXPECT": "expect; expected; predict; predicted; forecast; forecasted; 预计; 预期; 预测",
    "ORDER": "order; 订单; 下单",
    "VALUE": "value; customer value; 价值; 顾客价值; 客户价值; 用户价值",
    "LIKELY": "how likely; likely; probability; chance; 可能性; 概率; 可能性有多大",
    "NEXT": "next; 下一个; 接下来",
    # items and shelves
    "PRODUCT": "product; item; article; 商品; 产品",
    "BESTSELLER": "best seller; bestseller; top seller; 畅销品; 热销品",
    "POPULAR": "popular; best selling; bestselling; top selling; sell best; 畅销; "
    "最畅销; 热门; 最热门; 热销; 最受欢迎; 受欢迎; 卖得最好",
    "TREND": "trending; trend; trending upward; trending up; upward trend; trending most; 走红; 上升趋势; 趋势上升",
    "SIMILAR": "similar; similar to; resemble; alike; 相似; 类似",
    "TOGETHER": "together; bought together; bought together with; purchased together; go with; goe with; "
    "together with; 一起购买; 一起买; 同时购买; 搭配",
    "SUBSTITUTE": "substitute; substitute for; replace; replacement; replacement for; alternative; alternative to; "
    "替代; 代替; 替代品; 替换",
    "COMPLEMENT": "complement; complementary; complementary to; 互补; 互补品",
    "SHELF": "shelf; shelve; 货架",
    "SEE": "see; shown; 看到; 看见",
    "RECOMMEND": "recommend; recommended; recommendation; suggested; suggestion; 推荐; 被推荐",
    "DEFAULT": "default; 默认",
    "REASON": "reason; reason for; 原因; 理由",
    "MODEL": "model; recommender; algorithm; 模型; 算法; 推荐模型; 使用哪个模型; 用哪个模型",
    "SERVE": "serve; served; serving; 负责; 提供",
    "PLACEMENT": "placement; 版位; 展示位",
    # audiences, segments, tags
    "AUDIENCE": "audience; target group; 人群; 哪些人群; 受众",
    "JOIN": "joined; join; entered; 加入; 进入",
    "LEAVE": "left; leave; 离开; 退出",
    "DEFINE": "defined; definition; definition of; define; condition; condition of; 定义; 条件; 怎么定义; 如何定义",
    "BELONG": "belong; belong to; member of; part of; 属于; 所属",
    "MEMBER": "member; 成员",
    "SEGMENT": "segment; customer segment; 分群; 细分; 细分群体; 客群",
    "TAG": "tag; 标签; tagged; label",
    "OVERLAP": "overlap; overlap with; share member; in common; 重叠; 重合",
    "TRAIT": "trait; characteristic; typical of; typical for; 特征; 特点",
    # what no query answers, named so that the answer says why
    "PERSONAL": "email; e mail; mail address; phone; telephone; mobile; phone number; address; addresse; live; lives; "
    "birthday; date of birth; surname; first name; full name; real name; passport; credit card; iban; password; "
    "手机; 手机号; 电话; 邮箱; 邮件地址; 地址; 住址; 住在; 姓名; 名字; 身份证; 银行卡; 信用卡; 生日; 密码",
    "PROTECTED": "woman; women; man; men; female; male; gender; sex; age; how old; old; older; young; younger; "
    "elderly; religion; religious; muslim; christian; jewish; jew; buddhist; hindu; catholic; atheist; race; ethnic; "
    "ethnicity; black; white people; asian; hispanic people; nationality; immigrant; foreigner; pregnant; pregnancy; "
    "disabled; disability; handicapped; gay; lesbian; homosexual; queer; transgender; sexual; political; politic; "
    "vote; voter; union member; health; sick; ill; illness; disease; diabetic; married; divorced; "
    "女性; 男性; 女人; 男人; 性别; 年龄; 几岁; 多大年纪; 年轻; 老年; 老人; 宗教; 信教; 信仰; 佛教; 佛教徒; 信佛教; "
    "信佛; 穆斯林; 伊斯兰; 基督; 基督教; 天主教; 民族; 种族; 国籍; 移民; 怀孕; 孕妇; 残疾; 残疾人; 同性恋; 政治; "
    "党员; 健康状况; 疾病; 患病; 已婚; 离异",
    "INSTRUCTION": "ignore; disregard; forget; override; bypass; drop table; drop; delete; truncate; update; insert; "
    "alter; select from; union select; system prompt; prompt; instruction; previous instruction; jailbreak; "
    "pretend; act as; execute; run command; "
    "忽略; 无视; 忘记; 删除; 清空; 修改; 执行; 系统提示; 指令; 提示词; 假装; 扮演",
}

FILLERS: Final = (
    "a an the of our we us do does did is are was were be been have has had there in on at to for with by and which "
    "what how much show me give tell list please can could you your i my it its that this these those they them their "
    "all usually normally typically currently now make get will would any some among as within per from s "
    "if let know want shop bring brought"
)
FILLERS_ZH: Final = (
    "的 是 有 在 了 我们 我 你们 你 请 请问 问 吗 呢 什么 哪个 哪些 哪种 哪 这个 这 那 个 和 与 跟 里 中 上 一般 通常 "
    "给 看 看看 显示 列出 告诉 现在 目前 以及 位 名 为 被 到 会 能 可以 都 之 里面 带有 拥有 内 款 来 查 查询 "
    "一下 想 知道 当前 处于 常"
)

STAGES: Final = {
    "new": "new; newcomer; 新顾客; 新客户; 新客; 新用户",
    "active": "active; 活跃",
    "at_risk": "at risk; 有流失风险; 可能流失; 有风险; 存在流失风险",
    "lapsed": "lapsed; 已流失; 流失顾客; 流失客户; 流失用户; 流失的",
    "prospect": "prospect; 潜在; 潜在顾客; 潜在客户",
}
BANDS: Final = {
    "high": "high price band; high price level; 高价格带; 高价位",
    "medium": "medium price band; medium price level; middle price band; 中价格带; 中价位; 中等价格带",
    "low": "low price band; low price level; 低价格带; 低价位",
}
SCHEMES: Final = {
    "rfm": "rfm",
    "behaviour": "behaviour; behavior; behavioural; behavioral; 行为",
}
NOUNS: Final = frozenset(
    [
        "SHOPPER",
        "STAGE",
        "CATEGORY",
        "BRAND",
        "STORE",
        "CHANNEL",
        "WEEKDAY",
        "HOUR",
        "BAND",
        "COUPON",
        "CAMPAIGN",
        "PRODUCT",
        "BESTSELLER",
        "SHELF",
        "REASON",
        "MODEL",
        "PLACEMENT",
        "AUDIENCE",
        "SEGMENT",
        "TAG",
        "BASKET",
        "ORDER",
        "MEMBER",
        "TRAIT",
    ]
)
"""Concepts that can be what is asked for, or what an adjective such as "new" goes with."""
ASKING: Final = frozenset(["which", "what", "show", "list", "top", "哪", "么"])
"""Words after which stands what is asked for."""
GROUPING: Final = frozenset(["by", "per", "each", "各", "每"])
"""Words after which stands what a figure is told for each of."""
BETWEEN: Final = frozenset(["MOST", "FAVOURITE", "POPULAR", "DIFFERENT"])
"""Concepts that may stand between."""
BETWEEN_WORDS: Final = frozenset(["of", "our", "the", "all", "me", "us", "any", "some", "些", "个", "种", "的"])
