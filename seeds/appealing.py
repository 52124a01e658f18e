"""What the public pages of the story's campaigns say."""

WORLD_DAY = {
    "en": (
        "Every 30 July the world looks at trafficking in persons. On the other 364 days people who "
        "escaped it need a safe bed, a doctor, a lawyer, and time.\n\n"
        "What is given for the World Day goes to organisations that are close to survivors, "
        "through the next call for proposals."
    ),
    "ar": (
        "في 30 تموز/يوليه من كل عام ينظر العالم إلى الاتجار بالأشخاص. وفي سائر الأيام يحتاج "
        "من نجا منه إلى مأوى آمن وطبيب ومحام ووقت.\n\n"
        "يذهب ما يقدم في اليوم العالمي إلى منظمات قريبة من الناجين، عن طريق الدعوة المقبلة إلى "
        "تقديم المقترحات."
    ),
}
CONFERENCE = {
    "en": (
        "States and organisations meet to say what they will give for survivors of trafficking in "
        "the coming year. Pledges can be made at the conference or here, and paid in parts.\n\n"
        "Each pledge is published once the fund has accepted it."
    ),
    "ar": (
        "تجتمع الدول والمنظمات لتعلن ما ستقدمه للناجين من الاتجار في العام المقبل. ويمكن التعهد في "
        "المؤتمر أو هنا، والدفع على دفعات.\n\n"
        "ينشر كل تعهد بعد أن يقبله الصندوق."
    ),
}
