/* Leads to what a check is about, on the story's form and on the page to correct it: #id_headline is a field, #block-<id>
   and #citation-<key> are rows, with .<field> behind it a field of the row, #notes are those that are open. What is folded
   opens, and the cursor stands where it can be settled. */

const FIELDS = ".ProseMirror, input:not([type=hidden], [name$=-DELETE]), textarea, select"
const RICH = "textarea[data-django-prose-editor-configurable]"
const all = (selector, root = document) => [...root.querySelectorAll(selector)]

function find(name) {
  const [, kind, id, field] = name.match(/^(block|citation)-([-0-9a-f]+)(?:\.(\w+))?$/) ?? []
  if (kind) {
    const inputs = all(`.inline-related:not(.empty-form) input[name$="-${kind === "block" ? "id" : "key"}"]`)
    const row = inputs.find((input) => input.value === id)?.closest(".inline-related")
    const place = field && row?.querySelector(`[name$="-${field}"]`)?.closest(".fieldBox, .form-row")
    return place || row?.querySelector("fieldset")
  }
  if (name === "notes") {
    const panel = document.getElementById("desk-notes-panel")
    return panel?.querySelector(".threads > li") ?? panel // the newest that is open
  }
  if (name === "blocks") {
    return document.querySelector(".order-machine > .inline-related:not(.empty-form) > fieldset, .block-bar button")
  }
  const target = document.getElementById(name)
  return target?.matches(RICH) ? target.closest(".form-row") : target // rich text stands beside its field, which is hidden
}

function open(target) {
  target.closest(".inline-related")?.classList.remove("collapsed")
  for (const each of all("details", target)) each.open = true
  for (let around = target.closest("details"); around; around = around.parentElement.closest("details")) around.open = true
}

function settle(target) {
  const editor = target.querySelector(RICH)
  const field = target.matches("input, textarea, select, button, a")
    ? target
    : [...all(FIELDS, target), ...all("a, button", target)].find((each) => each.offsetParent)
  if (editor && !target.querySelector(".ProseMirror") && !(field?.offsetParent && field !== editor)) {
    // The rich text is made later than the page.
    document.addEventListener("prose-editor:ready", () => setTimeout(() => settle(target)), { once: true })
    return
  }
  const drawn = field?.nextElementSibling?.querySelector?.(".select2-selection")
  ;(drawn ?? field)?.focus({ preventScroll: true })
  target.scrollIntoView({ block: target.offsetHeight > innerHeight / 2 ? "start" : "center" })
}

function jump() {
  const target = find(location.hash.slice(1))
  if (!target) return
  open(target)
  settle(target)
}

addEventListener("hashchange", jump)
document.addEventListener("click", ({ target }) => {
  const link = target.closest(".checks a[href^='#']")
  if (!link) return
  const panel = link.closest("details.preflight")
  if (panel) panel.open = false // it stands in front of what it leads to
  if (link.hash === location.hash) setTimeout(jump) // no change of address, so no event of it
})
// After the form's own script has folded the rows.
document.addEventListener("content-editor:ready", () => setTimeout(jump))
