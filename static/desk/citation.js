/* The source marker in the rich text, and the numbers of the story's citations as they stand in the form.
   A marker is stored empty, with its citation's key; here it shows the number that readers will see. */

import { Extension, Node, gettext } from "django-prose-editor/editor"

const all = (selector, root = document) => [...root.querySelectorAll(selector)]

function element(tag, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(tag), attributes)
  node.append(...children)
  return node
}

/* The citations in the form */

const field = (row, name) => row.querySelector(`[name$="-${name}"]`)
const chosen = (row, name) => field(row, name)?.selectedOptions?.[0]?.textContent.trim() ?? ""
const typed = (row, name) => field(row, name)?.value?.trim() ?? ""

function citations() {
  return all("#citations-group .inline-related:not(.empty-form)")
    .filter((row) => typed(row, "key") && !field(row, "DELETE")?.checked)
    .map((row) => ({
      row,
      key: typed(row, "key"),
      label: chosen(row, "source") || typed(row, "descriptor") || row.dataset.source || gettext("No source chosen yet"),
      detail: [
        typed(row, "obtained") && chosen(row, "obtained"),
        typed(row, "via") && `${gettext("seen through")} ${chosen(row, "via")}`,
        typed(row, "quote").slice(0, 120),
      ].filter(Boolean).join(" · "),
    }))
}

/* Numbers as readers will see them: cited ones in reading order, then the others */

function inReadingOrder() {
  return all(".order-machine > .inline-related:not(.empty-form):not(.for-deletion)")
    .sort((a, b) => a.style.order - b.style.order)
    .flatMap((block) => all(".ProseMirror cite[data-key]", block))
}

function numbered() {
  const known = new Map(citations().map((citation) => [citation.key, citation]))
  const cited = [...new Set(inReadingOrder().map((marker) => marker.dataset.key))].filter((key) => known.has(key))
  const keys = [...cited, ...[...known.keys()].filter((key) => !cited.includes(key))]
  return keys.map((key, index) => ({ ...known.get(key), number: index + 1, cited: cited.includes(key) }))
}

function set(node, text) {
  if (node && node.textContent !== text) node.textContent = text
}

function renumber() {
  const list = numbered()
  const byKey = new Map(list.map((citation) => [citation.key, citation]))
  for (const marker of all(".ProseMirror cite[data-key]")) {
    const citation = byKey.get(marker.dataset.key)
    marker.classList.toggle("dangling", !citation)
    set(marker, citation ? String(citation.number) : "?")
    marker.title = citation?.label ?? gettext("No citation of this story belongs to this marker.")
  }
  for (const { row, number, label, detail, cited } of list) {
    set(row.querySelector("h3 b"), String(number))
    set(row.querySelector("h3 .inline_label"), [label, detail].filter(Boolean).join(" · "))
    row.classList.toggle("uncited", !cited)
  }
}

let waiting = false
function soon() {
  if (waiting) return
  waiting = true
  requestAnimationFrame(() => {
    waiting = false
    renumber()
  })
}

for (const name of ["input", "change", "formset:added", "formset:removed", "content-editor:ready", "desk:moved"]) {
  document.addEventListener(name, soon)
}
document.addEventListener("drop", () => setTimeout(soon, 50))
window.django?.jQuery?.(document).on("change", soon) // Select2 tells jQuery alone

/* The dialog is desk/cite.js */

function insert(editor, key) {
  // After what is selected, never instead of it.
  editor.chain().insertContentAt(editor.state.selection.to, { type: "citation", attrs: { key } }).run()
}

function choose(editor) {
  document.dispatchEvent(new CustomEvent("desk:cite", { detail: { editor, citations: numbered(), insert } }))
}

/* The extensions */

export const Citation = Node.create({
  name: "citation",
  group: "inline",
  inline: true,
  atom: true,
  selectable: true,
  marks: "",

  addAttributes() {
    return {
      key: {
        default: null,
        parseHTML: (node) => node.getAttribute("data-key"),
        renderHTML: ({ key }) => ({ "data-key": key }),
      },
    }
  },
  parseHTML: () => [{ tag: "cite[data-key]" }],
  renderHTML: ({ HTMLAttributes }) => ["cite", HTMLAttributes],
  addNodeView() {
    return ({ node }) => {
      const dom = element("cite", { contentEditable: "false" })
      dom.dataset.key = node.attrs.key
      soon()
      return { dom, ignoreMutation: () => true }
    }
  },
  addKeyboardShortcuts() {
    return {
      "Mod-Shift-c": () => {
        choose(this.editor)
        return true
      },
    }
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "citation",
      groups: "citation",
      command: choose,
      button: buttons.text(gettext("Cite"), gettext("Cite a source (Ctrl+Shift+C)")),
      active: (editor) => editor.isActive("citation"),
    })
  },
})

/* Word marks list items as paragraphs with mso-list styles, Google wraps links, both have headings that a story has not:
   make them what they mean. */
export const OfficePaste = Extension.create({
  name: "officePaste",

  transformPastedHTML(pasted) {
    // Handlers never run here, but a browser complains of each that it meets while it reads the HTML.
    const html = pasted.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\son\w+\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, ""))
    if (!/mso-list|google\.com\/url\?|<h[1456]\b/i.test(html)) return html
    const page = new DOMParser().parseFromString(html, "text/html")
    const top = page.querySelector("h1") ? 1 : 2 // the headline is the story's own: what is below it begins with h2
    for (const heading of all("h1, h2, h3, h4, h5, h6", page)) {
      const made = page.createElement(Number(heading.localName[1]) <= top ? "h2" : "h3")
      made.append(...heading.childNodes)
      heading.replaceWith(made)
    }
    for (const link of all("a[href*='google.com/url?']", page)) {
      const target = new URL(link.href).searchParams.get("q")
      if (target && /^https?:/.test(target)) link.href = target
    }
    let list = null
    for (const paragraph of all("p", page)) {
      if (!/mso-list:/i.test(paragraph.getAttribute("style") || "")) {
        list = null
        continue
      }
      const mark = paragraph.querySelector("[style*='mso-list:Ignore'],[style*='mso-list: Ignore']")
      const kind = /^\s*\(?\w{1,3}[.)]/.test(mark?.textContent || "") ? "ol" : "ul"
      mark?.remove()
      if (list?.localName !== kind || list.nextElementSibling !== paragraph) {
        list = page.createElement(kind)
        paragraph.before(list)
      }
      const item = page.createElement("li")
      paragraph.removeAttribute("style")
      item.append(paragraph)
      list.append(item)
    }
    return page.body.innerHTML
  },
})
