/* Unsaved work is kept on the server soon after each change, and when the tab is left. Saving makes it superfluous. */

const form = document.getElementById("story_form") ?? document.getElementById("correct_form")
const kept = document.getElementById("kept")
const problem = document.getElementById("kept-problem")
const SOON = 2_000 // after the last change
const LATEST = 10_000 // after the first of a row of changes
const AGAIN = 15_000 // after it failed
const SMALL = 60_000 // bytes that a browser still sends for a page that is gone

let first = null // the form as it was before anybody touched it
let sent = null // the form as it was kept last
let timer = 0
let since = 0
let flight = null
let failing = false
let away = false // the newsroom cannot be reached, or takes nothing from who is logged out
let asking = false // whether it can, before the form is sent
let saving = false

/* Another tab may have logged in anew: then the token in this page is stale, and that of the cookie is not. */
function token() {
  const input = form.elements.csrfmiddlewaretoken
  const cookie = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1]
  if (cookie) input.value = cookie
  return input.value
}

function snapshot() {
  const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string")
  return JSON.stringify(fields)
}

const touch = () => (first ??= snapshot())

function post(url, fields, leaving) {
  const body = new FormData()
  for (const [name, value] of fields) body.append(name, value)
  body.append("csrfmiddlewaretoken", token())
  // What each field costs in the body that is sent comes on top.
  const size = new TextEncoder().encode(JSON.stringify(fields)).length + 150 * fields.length
  const signal = leaving ? undefined : AbortSignal.timeout(20_000)
  return fetch(url, { method: "POST", body, redirect: "manual", keepalive: leaving && size < SMALL, signal })
}

function changed() {
  if (saving) return
  since ||= Date.now()
  plan(Math.max(0, Math.min(SOON, since + LATEST - Date.now())))
}

function plan(wait) {
  clearTimeout(timer)
  timer = setTimeout(keep, wait)
}

async function keep({ leaving = false } = {}) {
  const now = snapshot()
  if (saving || first === null || now === (sent ?? first)) return
  if (flight && !leaving) {
    plan(SOON)
    return
  }
  since = 0
  const back = now === first && !("unsaved" in kept.dataset) // all was undone: there is nothing to keep
  const request = back
    ? post(kept.dataset.discard, [["form", form.elements._form.value], ["quietly", "1"]], leaving)
    : post(kept.dataset.url, JSON.parse(now), leaving)
  flight = request.then((response) => answered(response, now, back)).catch(() => failed(kept.dataset.unreachable))
  await flight
  flight = null
}

async function answered(response, now, back) {
  if (response.ok) {
    const answer = await response.json() // only then it is known to be the newsroom's
    sent = now
    failing = away = false
    tell(kept, back ? "" : `${kept.dataset.kept} ${answer.kept}`)
    tell(problem, "")
  } else if (response.status === 409) {
    failed((await response.json()).message, false)
  } else if (response.type === "opaqueredirect" || response.status === 403) {
    failed(kept.dataset.refused)
  } else if (response.status === 400 || response.status === 413) {
    failed(kept.dataset.large, false)
  } else {
    failed(kept.dataset.unreachable)
  }
}

function failed(sentence, lost = true) {
  failing = true
  away = lost
  tell(kept, "")
  tell(problem, sentence)
  plan(AGAIN)
}

/* Send the form once the server has what is in it: a page that says “log in” or “no network” in its place has no words. */
async function save(submitter) {
  asking = true
  clearTimeout(timer)
  await flight // what is on its way would be kept after it was saved
  await keep()
  await new Promise((done) => setTimeout(done)) // a form is not sent from within its own submit event
  asking = false
  if (away && snapshot() !== (sent ?? first)) {
    tell(problem, `${kept.dataset.unsent} ${problem.textContent}`)
    return
  }
  clearTimeout(timer)
  saving = true
  setTimeout(() => (saving = false), AGAIN) // if the page is still there
  form.requestSubmit(submitter)
}

function tell(node, text) {
  if (node.textContent !== text) node.textContent = text
}

function start() {
  for (const name of ["beforeinput", "pointerdown", "keydown"]) document.addEventListener(name, touch, { capture: true })
  for (const name of ["input", "change", "formset:added", "formset:removed", "desk:moved"]) {
    document.addEventListener(name, changed)
  }
  window.django?.jQuery?.(document).on("change", changed) // Select2 tells jQuery alone
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && keep({ leaving: true }))
  addEventListener("pagehide", () => keep({ leaving: true }))
  addEventListener("beforeunload", (event) => {
    if (failing && !saving && snapshot() !== (sent ?? first)) event.preventDefault()
  })
  form.addEventListener("submit", (event) => {
    token()
    if (event.submitter?.hasAttribute("formaction")) return // a preview: the tab stays
    if (saving) return
    event.preventDefault()
    if (!asking) save(event.submitter)
  })
}

if (form && kept) {
  start()
  if ("unsaved" in kept.dataset) {
    // What an error sent back, or what one goes on with, is saved nowhere: it is kept before anything is changed.
    const again = () => {
      for (const box of form.querySelectorAll(".delete input:checked")) box.dispatchEvent(new Event("change", { bubbles: true }))
      touch()
      sent = ""
      plan(SOON)
    }
    if (form.id === "story_form") document.addEventListener("content-editor:ready", again)
    else again()
  }
}
