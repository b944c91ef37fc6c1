/* Copies the address of a new link. Browsers lend the clipboard on https and on this machine only.
   And posts the form once: the answer to the second of two clicks would hide that to the first, which has the address. */

const address = document.getElementById("made-address")
const button = document.getElementById("copy-address")

if (address) {
  address.focus()
  address.select()
}
if (button && navigator.clipboard) {
  button.hidden = false
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(address.value)
    document.getElementById("copied").textContent = gettext("Copied.")
  })
}

let sent = false
document.getElementById("share_form")?.addEventListener("submit", (event) => {
  if (sent) event.preventDefault()
  sent = true
})
addEventListener("pageshow", () => (sent = false)) // also after going back to it
