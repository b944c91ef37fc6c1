/* The story form by keyboard: blocks are added, moved and folded by buttons, a toolbar is one Tab stop, Ctrl+S saves. */

const all = (selector, root = document) => [...root.querySelectorAll(selector)]
const ROWS = ".order-machine > .inline-related:not(.empty-form), #citations-group .inline-related:not(.empty-form)"

function button(text, label, onclick) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "row-button", textContent: text })
  made.title = label
  made.setAttribute("aria-label", label)
  made.addEventListener("click", (event) => {
    event.stopPropagation() // a click on the heading folds the block
    onclick(made)
  })
  return made
}

/* The order of blocks: in the page too, not only in style, so that Tab and screen readers follow it */

const ordering = (row) => row.querySelector(".order-machine-ordering")
const blocks = () =>
  all(".order-machine > .inline-related:not(.empty-form)").sort((a, b) => ordering(a).value - ordering(b).value)

function arrange() {
  const rows = blocks()
  rows.forEach((row, index) => {
    const before = rows[index - 1]
    if (before && !(before.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING)) before.after(row)
  })
  document.dispatchEvent(new CustomEvent("desk:moved"))
}

function move(row, step, used) {
  const rows = blocks()
  const from = rows.indexOf(row)
  const to = from + step
  if (to < 0 || to >= rows.length) return
  rows.splice(from, 1)
  rows.splice(to, 0, row)
  rows.forEach((each, index) => {
    ordering(each).value = each.style.order = 10 * (index + 1)
  })
  arrange()
  used.focus()
  row.scrollIntoView({ block: "nearest" })
  say(interpolate(gettext("Moved to place %(place)s of %(all)s."), { place: to + 1, all: rows.length }, true))
}

document.addEventListener("desk:move", ({ detail: { row, step, used } }) => move(row, step, used))

function say(text) {
  document.getElementById("story-status").textContent = text
}

/* The heading of a row */

const kind = (row) => row.querySelector("h3 b").textContent.replace(/:$/, "")

function enhance(row) {
  const heading = row.querySelector(":scope > h3")
  if (!heading || heading.querySelector(".row-button")) return
  const block = Boolean(row.closest(".order-machine"))
  const fold = button("", gettext("Fold"), () => row.classList.toggle("collapsed"))
  fold.classList.add("row-fold")
  heading.prepend(fold)
  const tell = () => {
    const folded = row.classList.contains("collapsed")
    fold.setAttribute("aria-expanded", String(!folded))
    fold.title = folded ? gettext("Unfold") : gettext("Fold")
    fold.setAttribute("aria-label", `${fold.title}: ${kind(row)}`)
    if (folded && block) label(row)
  }
  new MutationObserver(tell).observe(row, { attributes: true, attributeFilter: ["class"] })
  tell()
  if (block) {
    const moves = [
      button("↑", `${gettext("Move up")}: ${kind(row)}`, (used) => move(row, -1, used)),
      button("↓", `${gettext("Move down")}: ${kind(row)}`, (used) => move(row, 1, used)),
    ]
    heading.querySelector(".inline_label").after(...moves)
  }
}

function label(row) {
  const words = all("input:not([type=hidden]):not([type=checkbox]), textarea, .select2-selection__rendered", row)
    .map((field) => field.value ?? field.textContent)
    .map((text) => new DOMParser().parseFromString(text.replaceAll("<", " <"), "text/html").body.textContent)
  row.querySelector("h3 .inline_label").textContent = words.join(" ").replace(/\s+/g, " ").trim().slice(0, 90) || gettext("empty")
}

/* Adding */

function offer() {
  const bar = document.createElement("div")
  bar.className = "block-bar"
  bar.setAttribute("role", "group")
  bar.setAttribute("aria-label", gettext("Add to the end of the body"))
  for (const plugin of window.ContentEditor.plugins) {
    const add = Object.assign(document.createElement("button"), { type: "button", innerHTML: plugin.button })
    add.firstElementChild?.setAttribute("aria-hidden", "true")
    add.append(plugin.title)
    add.addEventListener("click", () => {
      window.ContentEditor._insertBefore = null
      window.ContentEditor.addContent(plugin.prefix)
    })
    bar.append(add)
  }
  document.querySelector(".order-machine-wrapper").append(bar)
}

function pressable(node, name) {
  node.tabIndex = 0
  node.setAttribute("role", "button")
  if (name) node.setAttribute("aria-label", name)
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return
    event.preventDefault()
    node.click()
  })
}

function enhanceTargets(root) {
  for (const target of all(".order-machine-insert-target:not([role])", root)) {
    pressable(target, gettext("Add a block here"))
    target.addEventListener("click", () => document.querySelector(".plugin-buttons .plugin-button")?.focus())
  }
}

let added = null // the row whose editor, made later, takes the focus

document.addEventListener("formset:added", ({ target: row }) => {
  enhance(row)
  enhanceTargets(row)
  if (!row.closest(".order-machine")) return
  arrange()
  added = row
  const first = row.querySelector(".form-row:not(.hidden) :is(input:not([type=hidden]), select, textarea)")
  if (first && !first.matches("[data-django-prose-editor-configurable]")) {
    first.focus()
    added = null
  }
})

/* The rich text: a name, and arrow keys in its toolbar */

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const name = document.querySelector(`label[for="${textarea.id}"]`)?.textContent.replace(/:\s*$/, "").trim() || textarea.name
  const text = editor.view.dom
  const help = document.getElementById(`${textarea.id}_helptext`)
  const names = { role: "textbox", "aria-multiline": "true", "aria-label": name, ...(help && { "aria-describedby": help.id }) }
  editor.setOptions({ editorProps: { attributes: names } })
  const row = textarea.closest(".inline-related")
  if (row && row === added) {
    editor.commands.focus()
    added = null
  }
  const bar = text.closest(".prose-editor").querySelector(".prose-menubar")
  if (bar) dress(bar, name)
  else editor.on("create", () => dress(text.closest(".prose-editor").querySelector(".prose-menubar"), name))
})

// The editor names its buttons in English only.
const BUTTONS = {
  "heading 2": gettext("heading 2"),
  "heading 3": gettext("heading 3"),
  bold: gettext("bold"),
  italic: gettext("italic"),
  strike: gettext("strike"),
  subscript: gettext("subscript"),
  superscript: gettext("superscript"),
  "insert link": gettext("insert link"),
  "remove link": gettext("remove link"),
  "unordered list": gettext("unordered list"),
  "ordered list": gettext("ordered list"),
  blockquote: gettext("blockquote"),
  "horizontal rule": gettext("horizontal rule"),
  "Insert table": gettext("Insert table"),
  "Add column": gettext("Add column"),
  "Delete column": gettext("Delete column"),
  "Add row": gettext("Add row"),
  "Delete row": gettext("Delete row"),
  "Merge cells": gettext("Merge cells"),
  "Split cell": gettext("Split cell"),
  "Toggle header cell": gettext("Toggle header cell"),
  "Delete table": gettext("Delete table"),
  undo: gettext("undo"),
  redo: gettext("redo"),
}

function dress(bar, name) {
  // After the text, though seen above it: Tab goes from field to text, as one writes, and then to the toolbar.
  bar.parentElement.querySelector(".tiptap").after(bar)
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", `${gettext("Formatting")}: ${name}`)
  all("button", bar).forEach((each, index) => {
    each.tabIndex = index ? -1 : 0
    each.title = BUTTONS[each.title] || each.title
    if (each.title) each.setAttribute("aria-label", each.title)
  })
  bar.addEventListener("focusin", ({ target }) => {
    for (const each of all("button", bar)) each.tabIndex = each === target ? 0 : -1
  })
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    const stops = all("button", bar).filter((each) => each.offsetParent)
    event.preventDefault()
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus()
  })
}

/* Keys, and the start */

// A new story opens with the cursor in its headline and a paragraph to write in, which is not kept if it stays empty.
function begin() {
  const headline = document.getElementById("id_headline")
  headline?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return
    event.preventDefault() // a headline is one line, however it wraps
    document.getElementById("id_standfirst").focus()
  })
  if (headline?.value || blocks().length || document.querySelector(".errornote")) return
  window.ContentEditor.addContent("stories_text_set")
  added = null
  headline?.focus()
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.key !== "s" || !(event.ctrlKey || event.metaKey)) return
  event.preventDefault()
  document.querySelector("#story_form :is([name=_continue], [name=_save])")?.click()
})

document.addEventListener("drop", () => setTimeout(arrange))

document.addEventListener("content-editor:ready", () => {
  for (const row of all("#citations-group .inline-related.has_original")) {
    row.classList.toggle("collapsed", !row.querySelector(".errorlist"))
  }
  all(ROWS).forEach(enhance)
  enhanceTargets(document)
  for (const each of all(".plugin-buttons .plugin-button")) pressable(each)
  if (window.ContentEditor.allowChange) offer()
  arrange()
  begin()
})

document.addEventListener("click", (event) => {
  const heading = event.target.closest("#citations-group .inline-related > h3")
  if (heading && !event.target.closest(".delete, a")) heading.parentElement.classList.toggle("collapsed")
})
