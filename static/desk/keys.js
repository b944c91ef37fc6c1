/* Keys of the story form, and the list of them: a block is added, moved, and the preview opened from within the text.
   Ctrl+S is in desk/story.js, Ctrl+Shift+C in desk/citation.js. */

const all = (selector, root = document) => [...root.querySelectorAll(selector)]

function element(tag, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(tag), attributes)
  node.append(...children)
  return node
}

const mac = /Mac|iPhone|iPad/.test(navigator.platform)
const control = mac ? "⌘" : "Ctrl"
const alt = mac ? "⌥" : "Alt"

const KEYS = [
  [[control, "S"], gettext("Save")],
  [[control, "Shift", "C"], gettext("Cite a source, at the cursor")],
  [[alt, "Shift", "A"], gettext("Add a block below this one")],
  [[alt, "Shift", "↑"], gettext("Move this block up")],
  [[alt, "Shift", "↓"], gettext("Move this block down")],
  [[alt, "Shift", "P"], gettext("Open and close the preview")],
  [[control, "B"], gettext("Bold")],
  [[control, "I"], gettext("Italic")],
  [[control, "Z"], gettext("Undo, in the text")],
  [["?"], gettext("This list, where you are not writing")],
]

/* Dialogs */

function dialog(title, ...children) {
  const heading = element("h2", { textContent: title, id: "keys-title" })
  const close = element("button", { type: "button", textContent: gettext("Close"), onclick: () => made.close() })
  const made = element("dialog", { className: "citation-dialog keys-dialog" }, heading, ...children, element("div", { className: "citation-buttons" }, close))
  made.setAttribute("aria-labelledby", heading.id)
  made.addEventListener("close", () => made.remove())
  document.body.append(made)
  made.showModal() // closing it gives the focus back
  return made
}

function list() {
  if (document.querySelector("dialog[open]")) return
  const rows = KEYS.flatMap(([keys, what]) => [
    element("dt", {}, ...keys.map((key) => element("kbd", { textContent: key }))),
    element("dd", { textContent: what }),
  ])
  dialog(gettext("Keyboard shortcuts"), element("dl", {}, ...rows))
}

/* Blocks */

const ordering = (row) => Number(row.querySelector(".order-machine-ordering").value)
const blocks = () => all(".order-machine > .inline-related:not(.empty-form)").sort((a, b) => ordering(a) - ordering(b))
const current = () => document.activeElement?.closest(".order-machine > .inline-related")

function add() {
  const editor = window.ContentEditor
  if (!editor.allowChange || document.querySelector("dialog[open]")) return
  const rows = blocks()
  const before = rows[rows.indexOf(current()) + 1] // none: at the end
  const after = current() ? before : undefined
  const choices = editor.plugins.map((plugin) => {
    const choice = element("button", { type: "button", className: "citation-option", innerHTML: plugin.button })
    choice.firstElementChild?.setAttribute("aria-hidden", "true")
    choice.append(element("span", { textContent: plugin.title }))
    choice.addEventListener("click", () => {
      made.close()
      editor._insertBefore = after ?? null
      editor.addContent(plugin.prefix)
    })
    return choice
  })
  const made = dialog(gettext("Add a block"), element("div", { className: "citation-options" }, ...choices))
  made.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const letter = choices.find((choice) => event.key.length === 1 && choice.lastChild.textContent.toLowerCase().startsWith(event.key.toLowerCase()))
    if (step) {
      const at = choices.indexOf(document.activeElement)
      choices[(at + step + choices.length) % choices.length].focus()
    } else if (letter && !event.ctrlKey && !event.metaKey && !event.altKey) letter.focus()
    else return
    event.preventDefault()
  })
  choices[0].focus()
}

function move(step) {
  const row = current()
  if (row) document.dispatchEvent(new CustomEvent("desk:move", { detail: { row, step, used: document.activeElement } }))
}

/* Keys. By place, not by sign: with Alt a Mac writes another one. */

const ACTIONS = {
  KeyA: add,
  KeyP: () => document.getElementById("preview-button")?.click(),
  ArrowUp: () => move(-1),
  ArrowDown: () => move(1),
}

// Before the text gets them.
addEventListener("keydown", (event) => {
  if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey || !ACTIONS[event.code]) return
  event.preventDefault()
  event.stopPropagation()
  ACTIONS[event.code]()
}, { capture: true })

addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.target.closest("input, textarea, select, [contenteditable], dialog")) return
  event.preventDefault()
  list()
})

document.getElementById("keys-button")?.addEventListener("click", list)
