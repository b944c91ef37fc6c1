/* Gives each autocomplete field its label's name: Select2 draws a field of its own, which has none. */

function name(select) {
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`)
  const drawn = select.nextElementSibling
  const words = select.getAttribute("aria-label") // in a table: the column's head stands elsewhere
  if (!(label || words) || !drawn?.classList.contains("select2-container")) return
  const chosen = drawn.querySelector(".select2-selection__rendered")
  if (chosen.getAttribute("role") === "textbox") {
    // It is what is chosen, not a field within the field.
    chosen.removeAttribute("role")
    chosen.removeAttribute("aria-readonly")
  }
  const namer = label ?? drawn
  namer.id ||= `${select.id}_label`
  if (!label) drawn.setAttribute("aria-label", words)
  drawn.querySelector("[role=combobox]")?.setAttribute("aria-labelledby", `${namer.id} ${chosen.id}`)
  drawn.querySelector("[role=searchbox]")?.setAttribute("aria-labelledby", namer.id)
}

function nameAll(root) {
  root.querySelectorAll("select.admin-autocomplete").forEach(name)
}

// Django draws the fields when jQuery is ready and on the event of a new row: come after it.
addEventListener("load", () => window.django.jQuery(() => nameAll(document)))
document.addEventListener("formset:added", ({ target }) => setTimeout(() => nameAll(target)))
