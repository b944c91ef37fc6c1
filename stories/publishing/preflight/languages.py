"""Which language a text is in, as far as preflight must know: by its script, and by the small words of its language."""

import re
from functools import cache

from stories.publishing.preflight.reading import primary

SCRIPTS = {
    "latin": re.compile("[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ]"),
    "cyrillic": re.compile("[\u0400-\u052f]"),
    "greek": re.compile("[\u0370-\u03ff]"),
    "hebrew": re.compile("[\u0590-\u05ff]"),
    "arabic": re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    "east asian": re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"),
}
# Languages written in one script; of another one nothing is said.
WRITTEN_IN = {
    "latin": "en tr de fr es it pt nl pl sv da fi nb no cs sk hu ro et lv lt hr sl sq is ga ca az",
    "cyrillic": "ru uk be bg mk",
    "greek": "el",
    "hebrew": "he",
    "arabic": "ar fa ur",
}
SCRIPT_OF = {language: script for script, languages in WRITTEN_IN.items() for language in languages.split()}
MIN_LETTERS = 4  # fewer do not tell a script
MIN_SMALL_WORDS = 3
MIN_SIGNS = 5  # small words, and words with letters that the story's language does not have
LEAD = 3  # so many times more small words of another language than of the story's

# Words that hardly a sentence does without. Between two languages those that both have tell nothing.
SMALL_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": """the of and to in a is that for it was on with as by at be are this from not have has had but they he
        she his her its their them we our you i who which were been will would could should can may must or an if when
        what there said says about after before into over under between than then also more most some any all no one
        new up out so only other how where why while during because against through each both these those do does
        did""",
        "tr": """ve bir bu da de için ile olarak daha çok ama ne gibi olan kadar en var değil sonra ki her göre ise
        tarafından hem ya veya mi mı olduğu olduğunu oldu olacak etti dedi şu biz siz onlar bunun onun ancak yeni önce
        yok nasıl çünkü hiç üzere ilgili karşı diye bile zaman iki ilk içinde arasında hakkında eden ettiği söyledi
        belirtti""",
        "de": """der die das und ist nicht ein eine einen einem einer eines zu den dem des mit von auf für sich im
        auch es an werden wird wurde wurden aus er sie hat haben hatte sind war dass daß als wie nach bei oder aber um
        nur noch über vor zum zur bis durch kann können sein seine ihre ihr wir ich uns mehr wenn schon gegen unter
        zwischen sagte soll muss jetzt dort keine diese dieser dieses""",
        "fr": """le la les des du et est une un dans que qui pour pas sur par plus avec ce cette ces au aux il elle
        ils elles nous vous je se sont été être ont avait était mais ou où son sa ses leur leurs comme tout tous même
        fait après avant entre sans sous contre aussi selon deux dit ne qu lors depuis peut ainsi chez""",
        "es": """el la los las de del y que en un una es no se por con para su sus lo al como más pero fue ha han son
        está están este esta esto estos ese esa le les ya o también muy sin sobre entre cuando hay ser si hasta desde
        había era eran porque dijo según todo todos nos yo él ella ellos contra después antes donde tras qué""",
        "it": """il lo la gli le di del della dei delle dello degli e è che non un una uno per con da dal dalla in nel
        nella nei sono ha hanno si al alla ai alle come più ma anche o se questo questa questi era erano stato stata
        essere fra tra su sul sulla ci suo sua loro perché quando dopo prima contro secondo detto così noi io lui lei
        dell all nell""",
        "pt": """o os a as um uma de do da dos das e é em no na nos nas que não para por com se ao aos à às foi são
        como mais mas ou seu sua seus suas ele ela eles está estão ser tem têm há já também muito pelo pela entre
        sobre quando até desde após antes porque disse segundo isso este esta era foram contra sem você nós eu
        onde""",
        "nl": """de het een en van is dat niet op te in zijn met voor die er aan om ook als maar bij nog naar uit door
        over tot heeft hebben was werd worden wordt kan zal zou wij we ik hij ze zij hun haar dit deze wel geen meer
        dan of na tegen tussen onder omdat zei moet moeten al nu waar wat veel""",
        "pl": """i w z na do się nie że jest to o jak po od za przez dla są ale także który która które co być był
        była było czy tak tylko już jego jej ich oraz może przed przy pod bez nad między jako przeciwko ten ta tego
        tej tym powiedział będzie zostały został została my oni ja gdy więc jeszcze we ze gdzie ponieważ niż dopiero
        mogą nawet""",
        "sv": """och att det i en ett som är på för av med den inte till har de om var från vi jag kan men så han hon
        sig också efter vid eller när nu under mot ska skulle blir blev mellan över sin sitt sina dem deras hade här
        där mer än detta denna säger sade utan enligt alla bara många""",
        "ro": """și în de la a un o cu pe că nu este sunt din care mai pentru au să se fost fi va vor prin sau dar
        după al ale ai lui lor ei el ea această acest acesta despre între fără până dacă când fiind ce cum către
        foarte fie era erau doar așa noi împotriva înainte spus aceste aceasta""",
        "cs": """a v na je se že s z do to i o k ve za pro jako by ale po od jsou který která které při byl byla bylo
        byly není ze jeho její jejich tak už také podle nebo mezi být má mají aby jen jsem jsme své pod proti před
        když co může ještě až řekl tím této tento toho nad bez kde""",
        "hu": """a az és hogy nem is egy ez van de csak meg már volt mint vagy lesz el ha sem ki még azt ezt aki ami
        amely után között szerint mert így ezek azok voltak lehet minden nagyon pedig majd kell ellen mondta fel be őt
        ő ön nincs során által való""",
        "ru": """и в не на что с он как по это но из у за от так же для вы мы они его её ее их к о бы то до при или
        если был была было были быть есть также который которая которые после перед между со во только уже когда где
        еще ещё этот эта эти этого об без ли нет под над чтобы является может все себя я а""",
        "uk": """і в не на що з він як по це але із у за від так ж для ви ми вони його її їх до о б то при або якщо
        був була було були бути є також який яка які після перед між зі та й тільки вже коли де ще цей ця ці цього про
        без чи немає під над щоб може всі себе я а має вона""",
        "be": """і ў у не на што з ён як па гэта але са за ад так ж для вы мы яны яго яе іх да б то пры або калі быў
        была было былі быць ёсць таксама які якая якія пасля перад паміж ці толькі ўжо дзе яшчэ гэты гэтая гэтыя
        гэтага пра без няма пад над каб можа усе ўсе сябе я а мае яна""",
        "bg": """и в не на че с той като по това но от за у така да ще вие ние те го му я ги се са е съм си към до при
        или ако беше бе бяха били също който която които след преди между със във само вече когато където още този
        тази тези без ли няма под над може всички себе аз а има тя бъде какво""",
        "ar": """في من على إلى أن ان التي الذي هذا هذه ذلك عن مع كان كانت لا ما قد لم لن هو هي أو بعد قبل بين كل أي
        حيث كما وقد وفي ومن وهو وهي إن أنه أنها الى حول منذ عند خلال ضد غير حتى إذا لكن قال وقال ليس فيه به له لها ولا
        تلك الذين دون أيضا يكون تكون""",
        "fa": """و در به از که این را با است برای آن می ها های یک تا بر شد شده هم خود نیز بود هر یا اما باید کرد کرده
        دارد اگر پس بین پیش همه آنها چه ما من او نیست اند ای دیگر حق کند شود خواهد گفت بوده باشد نمی بدون مورد""",
        "ur": """کے کی میں ہے اور سے کا کو پر نے کہ یہ اس نہیں ہیں تھا تھی تھے ایک بھی جو وہ ان ہو تو اپنے اپنی گیا
        کیا کر لیے لئے ہوئے کسی یا تک ساتھ بعد جس ہم کرنے ہوتا گا گی دیا رہا رہے جائے""",
    }.items()
}
LETTERS = {
    "tr": "çğıöşü",
    "de": "äöüß",
    "fr": "àâçèéêëîïôùûœ",
    "es": "áéíñóú",
    "it": "àèéìòù",
    "pt": "àáâãçéêíóõú",
    "nl": "ëï",
    "pl": "ąćęłńóśźż",
    "sv": "åäö",
    "ro": "ăâîșşțţ",
    "cs": "áčďéěíňóřšťúůýž",
    "hu": "áéíóöőúüű",
    "ru": "ёыэ",
    "uk": "іїєґ",
    "be": "ўіё",
    "bg": "ъ",
    "ar": "ةىأإ",
    "fa": "پچژگکی",
    "ur": "پچژگکیٹڈڑےںھہ",
}
WORD = re.compile(r"(?<![\w/.@#?=&-])[^\W\d_]+(?![\w/@=-])")  # none of an address or a handle


@cache
def other_scripts(language):
    """Return the pattern of a letter in another script than `language` is written in, None if that is not known."""
    own = script_of_language(language)
    return own and re.compile("|".join(letters.pattern for script, letters in SCRIPTS.items() if script != own))


def script_of_language(language):
    """Return the script that a language is written in; None if it is not known, or named in the code itself."""
    named = any(len(part) == 4 for part in language.split("-")[1:])
    return None if named else SCRIPT_OF.get(primary(language))


def script_of(text):
    """Return (script, how many letters) of most of the letters of a text."""
    counts = {script: len(letters.findall(text)) for script, letters in SCRIPTS.items()}
    most = max(counts, key=counts.get)
    return most, counts[most]


def is_in_another_script(text, language, at_least=MIN_LETTERS):
    """Say whether most letters of a text, and `at_least` so many, are of another script than that of `language`."""
    others = other_scripts(language)
    if not others or not others.search(text):  # looked for at once: most texts have none
        return False
    script, letters = script_of(text)
    return script != script_of_language(language) and letters >= at_least


def is_in_other_words(text, language, at_least=0):
    """Say whether a text of `at_least` so many words is clearly in another known language of the script of `language`.

    Only words in small letters tell, and only if they are the most: names, titles and initials have capitals.
    """
    own = primary(language)
    if own not in SMALL_WORDS or not script_of_language(language):
        return False
    every = WORD.findall(text)
    low = [word for word in every if not word[0].isupper()]
    words = set(low)
    if len(every) < at_least or 2 * len(low) < len(every) or 4 * len(words & SMALL_WORDS[own]) >= len(words):
        return False  # most texts end here: no language has so many of another's small words
    return any(leads(words, other, own) for other in SMALL_WORDS if SCRIPT_OF[other] == SCRIPT_OF[own])


def leads(words, other, own):
    """Say whether there are clearly more signs in `words` of one language than of another; of itself there is none."""
    small = words & SMALL_WORDS[other] - SMALL_WORDS[own]
    if len(small) < MIN_SMALL_WORDS or len(small) <= LEAD * len(words & SMALL_WORDS[own] - SMALL_WORDS[other]):
        return False
    letters = set(LETTERS.get(other, "")).difference(LETTERS.get(own, ""))
    return len(small | {word for word in words if not letters.isdisjoint(word)}) >= MIN_SIGNS
