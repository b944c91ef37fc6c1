/* Notes beside the story form: written, answered and resolved without leaving it, so nothing typed there is lost. The
   bar under the form counts them at once, for open ones keep a story from being ready. */

const panel = document.getElementById("desk-notes-panel")
const status = document.getElementById("desk-notes-status")
const all = (selector, root = document) => [...root.querySelectorAll(selector)]
const FAILED = gettext("Not sent: the newsroom could not be reached. Your note is still here. Try again.")
const LOGIN = gettext("Not sent: you are no longer logged in. Log in in another tab, then try again. Your note is still here.")

async function send(button) {
  const form = document.getElementById("desk-notes")
  button.disabled = true
  try {
    const response = await fetch(button.getAttribute("formaction"), {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "fetch" },
    })
    if (response.redirected || response.status === 403) return fail(LOGIN)
    if (!response.ok && response.status !== 422) return fail(FAILED)
    show(await response.text(), response.ok && button.parentElement.querySelector("textarea")?.name)
    status.textContent = response.ok ? gettext("Saved.") : ""
  } catch {
    fail(FAILED)
  } finally {
    button.disabled = false
  }
}

// What is typed in the other fields stays.
function show(html, sent) {
  const typed = all("textarea, select", panel).map((field) => [field.name, field.value])
  panel.innerHTML = html
  const preflight = panel.querySelector("#preflight-now")
  const before = document.querySelector(".story-submit > .preflight")
  const now = preflight.content.firstElementChild
  if (before && now) {
    if (before.open) now.open = true
    before.replaceWith(now)
  }
  preflight.remove()
  for (const [name, value] of typed) {
    const field = panel.querySelector(`[name="${name}"]`)
    if (field && name !== sent && !(name === "block" && sent === "text-new")) field.value = value
  }
  const field = panel.querySelector(`[name="${sent || "text-new"}"]`) ?? panel.querySelector("#text-new")
  field.focus()
  mark()
}

function fail(words) {
  panel.querySelector(".errornote")?.remove()
  const note = Object.assign(document.createElement("p"), { className: "errornote", textContent: words })
  note.setAttribute("role", "alert")
  panel.prepend(note)
}

/* A button on each saved block */

const idOf = (row) => row.querySelector("input[name$='-id']")?.value

function mark() {
  for (const row of all(".order-machine > .inline-related:not(.empty-form)")) {
    const id = idOf(row)
    const label = row.querySelector(":scope > h3 .inline_label")
    if (!id || !label || !panel.querySelector(`#note-block option[value="${id}"]`)) continue
    const count = all(`.threads li[data-block="${id}"]`, panel).length
    const button = row.querySelector(":scope > h3 .row-note") ?? made(row, label)
    button.textContent = count ? `${gettext("Notes")} ${count}` : gettext("Note")
    button.classList.toggle("open", count > 0)
  }
}

function made(row, label) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "row-button row-note" })
  button.addEventListener("click", (event) => {
    event.stopPropagation() // a click on the heading folds the block
    panel.querySelector("#note-block").value = idOf(row)
    panel.querySelector("#text-new").focus()
  })
  label.after(button)
  return button
}

if (panel) {
  panel.addEventListener("click", (event) => {
    const button = event.target.closest("button[form=desk-notes]")
    if (!button) return
    event.preventDefault()
    send(button)
  })
  document.addEventListener("content-editor:ready", mark)
}
