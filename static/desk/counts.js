/* What the story comes to while it is written: words and minutes in the bar, the length of the headline above it, and
   of other fields where it nears the most they take; and its slug and slugline, proposed from the headline until the story is out or the editor writes others. */

const all = (selector, root = document) => [...root.querySelectorAll(selector)]
const shown = document.getElementById("story-counts")
const headline = document.getElementById("id_headline")

function tell(node, text) {
  if (node.textContent !== text) node.textContent = text
}

/* Words: those of publishing.document.word_count() */

const BLOCKS = ".order-machine > .inline-related:not(.empty-form, .for-deletion)"
const WORDS = ["account", "label", "question", "words"].map((name) => `[name$="-${name}"]`)
const PROSE = "textarea[data-django-prose-editor-configurable]"

function plain(field) {
  if (!field.matches(PROSE)) return field.value
  const html = field.value.replace(/<\/(?:p|h2|h3)>|<br>/g, " ")
  return new DOMParser().parseFromString(html, "text/html").body.textContent
}

function words() {
  const fields = all(BLOCKS).flatMap((block) => all([...WORDS, PROSE].join(), block))
  return fields.map(plain).join(" ").split(/\s+/).filter(Boolean).length
}

function count() {
  const number = words()
  const minutes = Math.max(1, Math.ceil(number / Number(shown.dataset.wordsAMinute)))
  const text = ngettext("%(number)s word · %(minutes)s min read", "%(number)s words · %(minutes)s min read", number)
  tell(shown, interpolate(text, { number, minutes }, true))
}

/* The headline */

const length = Object.assign(document.createElement("p"), { id: "headline-length", className: "headline-length" })

function measure() {
  const number = [...headline.value.trim()].length
  const good = Number(shown.dataset.headlineGood)
  const long = number > good
  length.classList.toggle("is-long", long)
  const hint = ngettext(
    "%(number)s character: lists and search engines may cut what goes beyond %(good)s",
    "%(number)s characters: lists and search engines may cut what goes beyond %(good)s",
    number,
  )
  const text = long ? hint : number ? ngettext("%(number)s character", "%(number)s characters", number) : ""
  tell(length, interpolate(text, { number, good }, true))
}

/* Fields of which a browser takes no more than so many characters: told before one's words are cut */

const NEARLY = 0.9

function warn(field) {
  const most = field.maxLength
  const id = `${field.id}_left`
  const near = field.value.length >= NEARLY * most
  let left = document.getElementById(id)
  if (!left) {
    if (!near) return
    left = Object.assign(document.createElement("p"), { id, className: "length-left" })
    field.after(left)
    describe(field, id)
  }
  const text = gettext("%(number)s of at most %(most)s characters")
  tell(left, near ? interpolate(text, { number: field.value.length, most }, true) : "")
}

function describe(field, id) {
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), id].filter(Boolean).join(" "))
}

/* Slug and slugline */

// As models.term.make_slug() does it.
function slug(text) {
  const kept = text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}_\s-]/gu, "")
  const trim = (value) => value.replace(/^[-_]+|[-_]+$/g, "")
  return trim([...trim(kept.replace(/[-\s]+/g, "-"))].slice(0, 100).join(""))
}

// Three words that tell: long ones, names in capitals, numbers.
function slugline(text) {
  const each = text.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const telling = each.filter((word) => [...word].length > 3 || /^\p{Lu}{2,}$|\p{N}/u.test(word))
  return slug((telling.length ? telling : each).slice(0, 3).join(" "))
}

function proposing(id, make) {
  const field = document.getElementById(id)
  if (!field || field.type === "hidden") return () => {}
  let proposed = make(headline.value)
  return () => {
    const own = field.value && field.value !== proposed // the editor's
    proposed = make(headline.value)
    if (own || field.value === proposed) return
    field.value = proposed
    field.dispatchEvent(new Event("change", { bubbles: true }))
  }
}

/* The start */

function begin() {
  let waiting = 0
  const soon = () => {
    clearTimeout(waiting)
    waiting = setTimeout(count, 250)
  }
  for (const name of ["input", "change", "click", "keyup", "formset:added", "formset:removed", "prose-editor:ready"]) {
    document.addEventListener(name, soon)
  }
  count()
  document.addEventListener("input", ({ target }) => target.maxLength > 0 && target !== headline && warn(target))
  if (!headline) return
  headline.closest(".form-row").append(length)
  describe(headline, length.id)
  headline.addEventListener("input", measure)
  measure()
  if (shown.hasAttribute("data-settled")) return
  const proposals = [proposing("id_slug", slug), proposing("id_slugline", slugline)]
  headline.addEventListener("input", () => {
    for (const propose of proposals) propose()
  })
}

if (shown) document.addEventListener("content-editor:ready", begin)
