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
    "fr": (
        "Chaque 30 juillet, le monde regarde la traite des personnes. Les 364 autres jours, celles "
        "et ceux qui y ont échappé ont besoin d’un lit sûr, d’un médecin, d’un avocat et de "
        "temps.\n\n"
        "Ce qui est donné pour la Journée mondiale va à des organisations proches des personnes "
        "rescapées, par le prochain appel à propositions."
    ),
    "es": (
        "Cada 30 de julio el mundo pone la mirada en la trata de personas. Los otros 364 días, "
        "quienes escaparon de ella necesitan una cama segura, atención médica, un abogado y "
        "tiempo.\n\n"
        "Lo que se dona para el Día Mundial llega a organizaciones cercanas a las personas "
        "supervivientes, mediante la próxima convocatoria de propuestas."
    ),
    "ru": (
        "Каждый год 30 июля мир говорит о торговле людьми. В остальные 364 дня тем, кто от нее "
        "спасся, нужны безопасный ночлег, врач, юрист и время.\n\n"
        "Собранное ко Всемирному дню идет организациям, которые рядом с пострадавшими, через "
        "следующий конкурс проектных предложений."
    ),
    "zh": (
        "每年7月30日，全世界都关注贩运人口问题。而在其余364天里，"
        "逃脱贩运的人需要安全的住处、医生、律师和时间。\n\n"
        "为世界日所作的捐款将通过下一次提案征集，交给贴近幸存者的组织。"
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
        "يُنشر كل تعهد بعد أن يقبله الصندوق."
    ),
    "fr": (
        "États et organisations se réunissent pour dire ce qu’ils donneront l’an prochain en "
        "faveur des personnes rescapées de la traite. Les annonces de contribution peuvent être "
        "faites à la conférence ou ici, et payées en plusieurs fois.\n\n"
        "Chaque annonce est publiée une fois acceptée par le Fonds."
    ),
    "es": (
        "Estados y organizaciones se reúnen para anunciar sus contribuciones para el próximo año "
        "en favor de las personas supervivientes de la trata. Las promesas de contribución pueden "
        "hacerse en la conferencia o aquí, y pagarse por partes.\n\n"
        "Cada promesa se publica una vez que el fondo la ha aceptado."
    ),
    "ru": (
        "Государства и организации собираются, чтобы объявить взносы на следующий год в поддержку "
        "пострадавших от торговли людьми. Взносы можно объявить на конференции или здесь и "
        "уплатить частями.\n\n"
        "Каждый объявленный взнос публикуется после того, как Фонд его принял."
    ),
    "zh": (
        "各国和各组织举行会议，宣布来年将为贩运人口的幸存者捐助多少。"
        "可在会议上或在此处认捐，并可分期付款。\n\n"
        "每项认捐在基金接受后予以公布。"
    ),
}
