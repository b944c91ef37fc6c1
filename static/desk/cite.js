/* The dialog that cites a source without leaving the text: one of the story's citations, any source, or a new one.
   The rich text (desk/citation.js) asks for it and puts the marker in. */

const all = (selector, root = document) => [...root.querySelectorAll(selector)]

function element(tag, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(tag), attributes)
  node.append(...children)
  return node
}

const button = (textContent, onclick) => element("button", { type: "button", textContent, onclick })
const say = (text) => {
  const status = document.getElementById("story-status")
  if (status) status.textContent = text
}

/* Rows of citations */

const adder = () => document.querySelector("#citations-group .add-row a") // the correct page adds none

// Add a citation of `source`, {id, name}, or one that waits for its source; return its row.
function addRow(source) {
  adder().click()
  const row = all("#citations-group .inline-related:not(.empty-form)").at(-1)
  if (source) {
    const select = row.querySelector("[name$='-source']")
    select.append(new Option(source.name, source.id, true, true))
    window.django.jQuery(select).trigger("change")
  }
  return row
}

const keyOf = (row) => row.querySelector("[name$='-key']").value

/* Sources that the story does not cite yet, as the field in a citation finds them */

async function find(term) {
  const { dataset } = document.querySelector("#citations-empty [name$='-source']")
  const query = new URLSearchParams({
    term, app_label: dataset.appLabel, model_name: dataset.modelName, field_name: dataset.fieldName,
  })
  const response = await fetch(`${dataset["ajax-Url"]}?${query}`)
  return response.ok && !response.redirected ? (await response.json()).results : []
}

/* The dialog */

function said(term) {
  if (!adder()) return gettext("No citation of this story fits.")
  return term ? gettext("No source fits. Make a new one.") : gettext("Type a part of a name to find a source.")
}

function open({ editor, citations, insert }) {
  const back = () => setTimeout(() => editor.commands.focus())
  const done = (key, text) => {
    dialog.close()
    editor.commands.focus()
    insert(editor, key)
    say(text)
  }
  const cite = (source) => done(keyOf(addRow(source)), `${gettext("Cited")}: ${source.name}`)

  const option = (onclick, ...parts) => element("button", { type: "button", className: "citation-option", onclick }, ...parts)
  const own = citations.map(({ key, number, label, detail }) =>
    option(
      () => done(key, `${gettext("Cited")}: ${label}`),
      element("b", { textContent: number }), element("span", { textContent: label }), element("small", { textContent: detail }),
    ))
  const list = element("div", { className: "citation-options" }, ...own)
  const none = element("p", { className: "citation-none", textContent: said("") })
  none.setAttribute("role", "status")
  none.hidden = own.length > 0

  /* Searching */

  const search = element("input", { type: "search", className: "citation-search", placeholder: gettext("Find a source") })
  search.setAttribute("aria-label", gettext("Find a source"))
  const shown = () => all(".citation-option", list).filter((each) => !each.hidden)
  let latest = 0
  let searching = Promise.resolve()

  async function look(term, turn) {
    if (term) await new Promise((resolve) => setTimeout(resolve, 150)) // while one types on
    if (turn !== latest) return
    const found = term && adder() ? await find(term).catch(() => []) : []
    if (turn !== latest) return
    for (const each of all(".citation-found", list)) each.remove()
    list.append(...found.map(({ id, text: name }) => {
      const each = option(
        () => cite({ id, name }),
        element("b", { textContent: "+" }), element("span", { textContent: name }),
        element("small", { textContent: gettext("new citation in this story") }),
      )
      each.classList.add("citation-found")
      return each
    }))
    none.textContent = said(term)
    none.hidden = shown().length > 0
  }

  search.addEventListener("input", () => {
    const term = search.value.trim()
    for (const each of own) each.hidden = !each.textContent.toLowerCase().includes(term.toLowerCase())
    searching = look(term, ++latest)
  })

  /* Making a source */

  const template = adder() && document.getElementById("new-source")
  const fields = element("form", { className: "new-source", hidden: true, noValidate: true })
  const problem = element("p", { className: "new-source-error" })
  problem.setAttribute("role", "alert")
  const choices = element("div", { className: "citation-buttons" })

  function make() {
    if (!fields.childElementCount) {
      fields.append(template.content.cloneNode(true), problem, element(
        "div", { className: "citation-buttons" },
        element("button", { type: "submit", className: "citation-main", textContent: gettext("Create and cite") }),
        button(gettext("Back"), () => show(false)),
      ))
      for (const field of all("input, select", fields)) field.setAttribute("aria-describedby", `${field.id}_error`)
    }
    show(true)
    const name = fields.querySelector("[name$='-name']")
    name.value ||= search.value.trim()
    name.focus()
  }

  function show(making) {
    fields.hidden = !making
    for (const part of [search, list, choices]) part.hidden = making
    none.hidden = making || shown().length > 0
    title.textContent = making ? gettext("New source") : gettext("Cite a source")
    if (!making) search.focus()
  }

  fields.addEventListener("submit", async (event) => {
    event.preventDefault()
    event.stopPropagation()
    const body = new URLSearchParams(new FormData(fields))
    body.set("csrfmiddlewaretoken", document.querySelector("#story_form [name=csrfmiddlewaretoken]").value)
    const main = fields.querySelector(".citation-main")
    main.disabled = true // not twice
    problem.textContent = ""
    try {
      const response = await fetch(template.dataset.url, { method: "POST", body })
      const answer = response.redirected ? {} : await response.json()
      if (answer.id) return cite(answer)
      tell(answer.errors)
    } catch {
      problem.textContent = gettext("The source could not be saved: the server does not answer as it should, or you are no longer logged in.")
    } finally {
      main.disabled = false
    }
  })

  function tell(errors) {
    for (const field of all("input, select", fields)) {
      const sentences = errors[field.name.replace(/^.*-/, "")] ?? []
      field.setAttribute("aria-invalid", String(sentences.length > 0))
      fields.querySelector(`#${field.id}_error`).textContent = sentences.join(" ")
    }
    fields.querySelector("[aria-invalid=true]")?.focus()
  }

  function addEmpty() {
    const row = addRow(null)
    done(keyOf(row), "")
    row.scrollIntoView({ block: "center" })
    // Later, when the closed dialog has given the focus back to the text.
    setTimeout(() => window.django.jQuery(row.querySelector("[name$='-source']")).select2("open"), 50)
  }

  /* The whole */

  const title = element("h2", { textContent: gettext("Cite a source"), id: "citation-dialog-title" })
  if (template) choices.append(button(gettext("New source"), make))
  if (adder()) choices.append(button(gettext("New citation"), addEmpty))
  choices.append(button(gettext("Cancel"), () => {
    dialog.close()
    back()
  }))
  const dialog = element("dialog", { className: "citation-dialog" }, title, search, list, none, choices, fields)
  dialog.setAttribute("aria-labelledby", title.id)
  dialog.addEventListener("keydown", async (event) => {
    if (!fields.hidden) return
    const stops = [search, ...shown()]
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      stops[Math.max(0, Math.min(stops.length - 1, stops.indexOf(document.activeElement) + step))].focus()
    } else if (event.key === "Enter" && document.activeElement === search) {
      event.preventDefault()
      if (!own.includes(shown()[0])) await searching
      if (dialog.open) shown()[0]?.click()
    }
  })
  dialog.addEventListener("close", () => dialog.remove())
  dialog.addEventListener("cancel", back)
  document.body.append(dialog)
  dialog.showModal()
  search.focus()
}

document.addEventListener("desk:cite", ({ detail }) => open(detail))
