"""What the demonstration's organisations write: sentences by subject and language.

A text is put together of a few of them, so that no two applications read alike and none is as long
as the next. Everybody in them is invented, and nobody is named.
"""

import random

SAID = {
    "en": {
        "done": (
            "The shelter was open every day, and everyone who was referred found a place.",
            "Two more rooms were opened in the second month, after the police had freed a large group.",
            "Nineteen court days were prepared and accompanied; in four cases damages were awarded.",
            "The evening courses were full from the first week; eleven people passed the state examination.",
            "Each person has a plan of her own, and two in three are in work or at school today.",
        ),
        "hard": (
            "Referrals came in waves after each raid, so nights had to be covered at short notice.",
            "The clinic closed for five weeks; patients were taken to the next town by van.",
            "Papers took four months instead of one, and some families lost patience.",
            "One counsellor left in the middle of the period; her cases were shared among the others.",
            "Nothing went otherwise than planned, apart from the rains in the last weeks.",
        ),
        "spent": (
            "Rents rose in spring; the difference was taken from running costs.",
            "Every line is within its budget.",
            "Transport cost more than planned, because hearings were moved to the capital.",
            "A doctor worked for us without pay, so that medical care cost less.",
        ),
        "problem": (
            "Most of the people who come to us were promised work in a hotel and found the door locked behind them.",
            "The nearest public shelter is a day’s journey away and takes nobody without a referral from the police.",
            "Last year we turned away one person in three, because every bed was taken.",
            "Recruiters changed their way during the pandemic: first contact is now a message on a telephone, and families learn of it only when the calls stop.",
            "Those who return are often in debt to the very people who sent them.",
            "Prosecutors ask for a statement within two days, long before anybody has slept.",
            "There is a law since 2015, yet no clinic of the district has seen the form that opens free treatment.",
        ),
        "who": (
            "Women and girls between 12 and 30, most from three fishing villages; two in five have a child with them.",
            "We expect one in four to be referred by a hospital, one in four by former guests, the rest by the police and the hotline.",
            "Boys are rarely counted by anyone else; we keep six places for them.",
            "People with a disability come with their own assistant where they wish so.",
        ),
        "voice": (
            "The house rules were written by former residents and are read again by each new group.",
            "Two survivors sit on our board and one leads the evening programme.",
            "A box without names hangs in the hall; what it held in spring changed our meal times and our locks.",
            "We asked 41 former clients by telephone what helped least: it was the waiting for papers.",
        ),
        "aim": (
            "Everybody who is referred finds a safe place within 24 hours.",
            "Within eight weeks each has a plan of her own, a lawyer, and a person to call at night.",
            "Two of three have work, training or school when they leave, and still have it half a year later.",
            "The police, the labour inspectorate and four clinics use one referral sheet.",
            "Nobody travels home before the family has been visited.",
        ),
        "risk": (
            "Rents may rise; we hold a contract until next spring and have named a second house.",
            "Recruiters know our street. The address is in no document, and visitors meet us at the clinic.",
            "Our only psychologist may leave; two social workers are being trained to bridge three months.",
            "Floods closed the road for nine days last year, so medicine and food for two weeks are in store.",
        ),
        "way": (
            "First days: a doctor, a bed, a telephone, no questions that can wait.",
            "Then one case worker for each person, meeting twice a week, and a written plan that can be changed.",
            "Court days are prepared with a visit to the empty room.",
            "Groups meet on Saturdays; nobody is asked to speak.",
            "Work placements are visited before and, unannounced, after.",
        ),
        "guard": (
            "All staff sign a code of conduct and are checked before they begin; training twice a year.",
            "Complaints go to a number outside the house, answered by the ombuds office within three days.",
            "Files are kept under a number, the key to it in the director’s safe.",
            "Nobody is photographed. Children see a man of the staff only with a woman of the staff.",
        ),
        "reach": (
            "Through the hotline, two hospitals and the police; former guests bring others.",
            "Our van is at the bus station on three nights a week.",
            "Labour inspectors call us before they visit a kiln.",
        ),
    },
    "fr": {
        "done": (
            "La maison a été ouverte chaque jour, et toute personne orientée a trouvé une place.",
            "Deux chambres ont été ajoutées au deuxième mois, après une intervention de la police.",
            "Dix-neuf audiences ont été préparées et accompagnées ; quatre ont abouti à une réparation.",
            "Les cours du soir étaient complets dès la première semaine.",
        ),
        "hard": (
            "Les orientations sont venues par vagues ; il a fallu organiser les nuits au dernier moment.",
            "Le dispensaire a fermé cinq semaines ; les patientes ont été conduites à la ville voisine.",
            "Les papiers ont demandé quatre mois au lieu d’un.",
        ),
        "spent": (
            "Les loyers ont augmenté au printemps ; la différence vient des frais de fonctionnement.",
            "Chaque ligne est restée dans son budget.",
            "Les trajets ont coûté plus que prévu, car des audiences ont eu lieu dans la capitale.",
        ),
        "problem": (
            "La plupart des personnes que nous accueillons avaient reçu une promesse d’emploi en ville ; leurs papiers leur ont été retirés le premier soir.",
            "Le foyer public le plus proche est à une journée de route et n’accueille personne sans réquisition de la police.",
            "L’an dernier, nous avons dû refuser une personne sur trois, faute de lits.",
            "La loi existe depuis 2018, mais le formulaire d’accès aux soins gratuits n’est connu d’aucun centre de santé du district.",
        ),
        "who": (
            "Des femmes et des filles de 12 à 30 ans, venues pour la plupart de trois villages ; deux sur cinq ont un enfant avec elles.",
            "Un quart nous est adressé par l’hôpital, un quart par d’anciennes résidentes, le reste par la police et le numéro vert.",
        ),
        "voice": (
            "Le règlement a été écrit par d’anciennes résidentes ; chaque nouveau groupe le relit.",
            "Deux survivantes siègent à notre conseil d’administration.",
        ),
        "aim": (
            "Toute personne orientée vers nous trouve un lieu sûr dans les 24 heures.",
            "En huit semaines, chacune a un projet à elle, un avocat et quelqu’un à appeler la nuit.",
            "Deux sur trois ont un emploi, une formation ou l’école à leur départ, et les ont encore six mois plus tard.",
        ),
        "risk": (
            "Les loyers peuvent monter ; notre bail court jusqu’au printemps et une deuxième maison est prévue.",
            "Notre adresse ne figure dans aucun document ; les visites se font au dispensaire.",
        ),
        "way": (
            "Les premiers jours : un médecin, un lit, un téléphone, aucune question qui puisse attendre.",
            "Ensuite, une personne référente, deux rendez-vous par semaine, et un projet écrit qui peut changer.",
            "Les audiences se préparent par une visite de la salle vide.",
        ),
        "guard": (
            "Tout le personnel signe un code de conduite et est vérifié avant l’embauche ; formation deux fois par an.",
            "Les plaintes vont à un numéro extérieur à la maison, avec réponse sous trois jours.",
            "Les dossiers portent un numéro ; la clé est dans le coffre de la direction.",
        ),
        "reach": (
            "Par le numéro vert, deux hôpitaux et la police ; d’anciennes résidentes en amènent d’autres.",
        ),
    },
    "es": {
        "done": (
            "La casa estuvo abierta todos los días y cada persona remitida encontró lugar.",
            "En el segundo mes se abrieron dos habitaciones más, tras un operativo de la policía.",
            "Se prepararon y acompañaron diecinueve audiencias; en cuatro hubo reparación.",
            "Los cursos de la tarde se llenaron desde la primera semana.",
        ),
        "hard": (
            "Las remisiones llegaron por oleadas y hubo que cubrir noches con poco aviso.",
            "La clínica cerró cinco semanas; llevamos a las pacientes a la ciudad vecina.",
            "Los documentos tardaron cuatro meses en lugar de uno.",
        ),
        "spent": (
            "Los alquileres subieron en primavera; la diferencia salió de los gastos corrientes.",
            "Cada rubro quedó dentro de su presupuesto.",
            "El transporte costó más de lo previsto, porque hubo audiencias en la capital.",
        ),
        "problem": (
            "A la mayoría le prometieron trabajo en un hotel; la primera noche les quitaron los documentos.",
            "El albergue público más cercano queda a un día de viaje y no recibe a nadie sin oficio de la policía.",
            "El año pasado tuvimos que rechazar a una de cada tres personas porque no había camas.",
            "Los reclutadores escriben ahora por teléfono; la familia se entera cuando dejan de llegar las llamadas.",
        ),
        "who": (
            "Mujeres y niñas de 12 a 30 años, la mayoría de tres pueblos del río; dos de cada cinco vienen con un hijo.",
            "Una cuarta parte llega del hospital, otra por antiguas residentes, el resto por la policía y la línea gratuita.",
        ),
        "voice": (
            "Las reglas de la casa las escribieron antiguas residentes, y cada grupo nuevo las vuelve a leer.",
            "Dos supervivientes forman parte de nuestra junta directiva.",
        ),
        "aim": (
            "Toda persona remitida encuentra un lugar seguro en 24 horas.",
            "En ocho semanas cada una tiene un plan propio, una abogada y alguien a quien llamar de noche.",
            "Dos de cada tres salen con trabajo, formación o escuela, y los conservan medio año después.",
        ),
        "risk": (
            "Los alquileres pueden subir; tenemos contrato hasta la primavera y una segunda casa prevista.",
            "Nuestra dirección no aparece en ningún documento; las visitas se reciben en la clínica.",
        ),
        "way": (
            "Los primeros días: una médica, una cama, un teléfono y ninguna pregunta que pueda esperar.",
            "Después, una persona de referencia, dos citas por semana y un plan escrito que puede cambiar.",
            "Las audiencias se preparan visitando la sala vacía.",
        ),
        "guard": (
            "Todo el personal firma un código de conducta y se verifica antes de contratar; formación dos veces al año.",
            "Las quejas van a un número externo, con respuesta en tres días.",
            "Los expedientes llevan un número; la clave está en la caja fuerte de la dirección.",
        ),
        "reach": (
            "Por la línea gratuita, dos hospitales y la policía; antiguas residentes traen a otras.",
        ),
    },
    "ar": {
        "done": (
            "كان البيت مفتوحاً كل يوم، ووجد كل من أُحيل إليه مكاناً.",
            "فُتحت غرفتان إضافيتان في الشهر الثاني بعد تدخل الشرطة.",
            "جرى التحضير لتسع عشرة جلسة محكمة ومرافقتها، وصدر في أربع منها حكم بالتعويض.",
        ),
        "hard": (
            "جاءت الإحالات على دفعات، فتعيّن تنظيم المناوبات الليلية على عجل.",
            "أُغلقت العيادة خمسة أسابيع، ونُقلت المريضات إلى المدينة المجاورة.",
            "استغرق استخراج الوثائق أربعة أشهر بدلاً من شهر واحد.",
        ),
        "spent": (
            "ارتفعت الإيجارات في الربيع، وسُدّد الفرق من نفقات التشغيل.",
            "بقي كل بند في حدود ميزانيته.",
            "كلّف النقل أكثر من المقرر لأن بعض الجلسات عُقدت في العاصمة.",
        ),
        "problem": (
            "وُعد معظم من نستقبلهم بعمل في فندق، ثم سُحبت وثائقهم منهم في الليلة الأولى.",
            "يبعد أقرب مأوى عام مسافة يوم كامل، ولا يستقبل أحداً دون إحالة من الشرطة.",
            "اضطررنا في العام الماضي إلى ردّ شخص من كل ثلاثة أشخاص لعدم توافر أسرّة.",
        ),
        "who": (
            "نساء وفتيات بين 12 و30 سنة، معظمهن من ثلاث قرى، ومع اثنتين من كل خمس طفل.",
            "يُحال الربع من المستشفى، والربع من نزيلات سابقات، والباقي من الشرطة والخط الساخن.",
        ),
        "voice": (
            "كتبت نزيلات سابقات قواعد البيت، وتراجعها كل مجموعة جديدة.",
            "تشارك ناجيتان في مجلس إدارتنا.",
        ),
        "aim": (
            "يجد كل من يُحال إلينا مكاناً آمناً خلال 24 ساعة.",
            "يكون لكل شخص خلال ثمانية أسابيع خطة خاصة به ومحامٍ ومن يتصل به ليلاً.",
            "يغادر اثنان من كل ثلاثة ولديهما عمل أو تدريب أو مدرسة.",
        ),
        "risk": (
            "قد ترتفع الإيجارات؛ عقدنا سارٍ حتى الربيع وقد حُدّد بيت ثانٍ.",
            "لا يرد عنواننا في أي وثيقة، وتجري الزيارات في العيادة.",
        ),
        "way": (
            "في الأيام الأولى: طبيب وسرير وهاتف، ولا سؤال يمكن أن ينتظر.",
            "ثم مرافق لكل شخص، وموعدان كل أسبوع، وخطة مكتوبة يمكن تغييرها.",
        ),
        "guard": (
            "يوقّع جميع العاملين مدونة سلوك ويجري التحقق منهم قبل التعيين، مع تدريب مرتين في السنة.",
            "تُوجَّه الشكاوى إلى رقم خارج البيت، ويُردّ عليها خلال ثلاثة أيام.",
        ),
        "reach": ("عبر الخط الساخن ومستشفيين والشرطة، وتأتي نزيلات سابقات بأخريات.",),
    },
}


def text(language: str, subject: str, seed: str) -> str:
    """A few sentences on a subject, the same for the same seed."""
    chance = random.Random(f"{subject} {seed}")  # noqa: S311 - a story, not a secret
    sentences = SAID[language][subject]
    many = chance.randint(min(2, len(sentences)), len(sentences))
    return " ".join(chance.sample(sentences, many))
