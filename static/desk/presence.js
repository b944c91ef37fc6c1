/* Says every so often that this story is open here, and shows who else has it open and whether they saved it. */

const form = document.getElementById("story_form")
const place = document.getElementById("present")
const EVERY = 20_000

function body(fields) {
  const data = new FormData()
  const cookie = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1]
  data.append("csrfmiddlewaretoken", cookie ?? form.elements.csrfmiddlewaretoken.value)
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  return data
}

async function beat() {
  try {
    const fields = body({ opened_on: form.elements.opened_on?.value ?? "" })
    const response = await fetch(place.dataset.url, { method: "POST", body: fields, redirect: "manual" })
    if (!response.ok) return
    const { others, saved } = await response.json()
    const text = [others, saved].filter(Boolean).join(" ")
    if (place.textContent !== text) place.textContent = text
  } catch {
    // No network: autosave tells of it.
  }
}

if (form && place) {
  beat()
  setInterval(beat, EVERY)
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && beat())
  addEventListener("pagehide", () => navigator.sendBeacon(place.dataset.url, body({ left: "1" })))
  addEventListener("pageshow", (event) => event.persisted && beat())
}
