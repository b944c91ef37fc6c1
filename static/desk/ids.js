/* Blocks and citations get their id or key here, when the row is added, so that previews and markers can hold on to it
   before anything is saved. The server checks it and makes the missing ones. */

const hex = (count) =>
  [...crypto.getRandomValues(new Uint8Array(count))].map((byte) => byte.toString(16).padStart(2, "0")).join("")

// Not crypto.randomUUID(): browsers have it on https only.
const uuid = () => {
  const digits = hex(16)
  const variant = "89ab"[Number.parseInt(digits[16], 16) % 4]
  return [
    digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(13, 16)}`, variant + digits.slice(17, 20), digits.slice(20),
  ].join("-")
}

const makers = { uuid, key: () => hex(6) }

document.addEventListener("formset:added", (event) => {
  for (const input of event.target.querySelectorAll("input[data-new]")) {
    input.value ||= makers[input.dataset.new]()
  }
})
