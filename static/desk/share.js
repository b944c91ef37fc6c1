/* Copies the address of a new link. Browsers lend the clipboard on https and on this machine only. */

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
