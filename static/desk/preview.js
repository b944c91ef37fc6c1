/* The preview beside the form: what is typed, as readers would see it, some moments after typing stops.
   The page is fetched and put into the frame, not loaded by it: no step in the browser's history, no jump, no flash. */

const pane = document.getElementById("preview-pane")
const form = pane?.closest("form")
const frame = pane?.querySelector("iframe")
const opener = document.getElementById("preview-button")
const problem = document.getElementById("preview-problem")
const wide = matchMedia("(min-width: 1280px)") // beside the form; else over it

const PAUSE = 700 // milliseconds without a change until the preview follows
const KEPT = "newsroom-preview" // in this browser: the width, and whether the pane is open

/* What it shows */

let shown = "" // what was posted for it
let asked = null // the request under way
let waiting = 0

function soon(pause = PAUSE) {
  if (pane.hidden) return
  clearTimeout(waiting)
  waiting = setTimeout(refresh, pause)
}

async function refresh() {
  const body = new URLSearchParams(new FormData(form))
  if (pane.hidden || String(body) === shown) return
  asked?.abort()
  const mine = (asked = new AbortController())
  pane.setAttribute("aria-busy", "true")
  try {
    const response = await fetch(pane.dataset.url, { method: "POST", body, signal: mine.signal })
    if (response.redirected || !response.ok) throw new Error(response.status)
    const page = await response.text()
    if (mine.signal.aborted) return
    show(page)
    shown = String(body)
    tell("")
  } catch (error) {
    if (error.name === "AbortError") return
    tell(gettext("There is no newer preview: the server does not answer as it should, or you are no longer logged in. Your text is still here."))
  }
  pane.removeAttribute("aria-busy")
}

function tell(text) {
  if (problem.textContent !== text) problem.textContent = text
}

const sheets = (page) => [...page.querySelectorAll("link[rel=stylesheet]")].map((link) => link.getAttribute("href")).join()

// Only the body is exchanged where the style stays, so that the place where one reads does too.
function show(html) {
  const next = new DOMParser().parseFromString(html, "text/html")
  const page = frame.contentDocument
  const at = frame.contentWindow.scrollY
  if (page.body?.childElementCount && sheets(page) === sheets(next)) {
    for (const name of ["lang", "dir"]) page.documentElement.setAttribute(name, next.documentElement.getAttribute(name) ?? "")
    page.title = next.title
    const folds = page.querySelectorAll("details")
    next.querySelectorAll("details").forEach((fold, index) => {
      if (folds[index]) fold.open = folds[index].open
    })
    page.body.replaceWith(page.adoptNode(next.body))
  } else {
    for (const script of next.querySelectorAll("script")) script.remove()
    page.open()
    page.write(`<!doctype html>${next.documentElement.outerHTML}`)
    page.close()
  }
  dress(page)
  frame.contentWindow.scrollTo({ top: at, behavior: "instant" })
}

function dress(page) {
  page.body.addEventListener("click", follow)
  page.body.addEventListener("submit", (event) => event.preventDefault())
}

// A marker leads to its source in the frame; what leads away opens beside the desk, which would refuse to be its frame.
function follow(event) {
  const link = event.target.closest("a[href]")
  if (!link) return
  event.preventDefault()
  const href = link.getAttribute("href")
  if (!href.startsWith("#")) return open(link.href, "_blank", "noopener")
  const target = link.ownerDocument.getElementById(decodeURIComponent(href.slice(1)))
  target?.scrollIntoView({ block: "center" })
  target?.querySelector("a")?.focus({ preventScroll: true })
}

/* How wide it is */

const widths = [...(pane?.querySelectorAll("[data-width]") ?? [])]
const chosen = () => Number(widths.find((button) => button.getAttribute("aria-pressed") === "true").dataset.width)

function fit() {
  const room = frame.parentElement
  if (!room.clientWidth) return
  const scale = Math.min(1, room.clientWidth / chosen())
  Object.assign(frame.style, {
    width: `${chosen()}px`,
    height: `${room.clientHeight / scale}px`,
    transform: `scale(${scale})`,
    marginInlineStart: `${Math.max(0, (room.clientWidth - chosen() * scale) / 2)}px`,
  })
}

function choose(button) {
  for (const each of widths) each.setAttribute("aria-pressed", String(each === button))
  pane.classList.toggle("is-desktop", chosen() > 390)
  document.body.classList.toggle("preview-desktop", chosen() > 390)
  fit()
  keep()
}

/* Open and closed */

function keep() {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ open: !pane.hidden, width: chosen() }))
  } catch {
    // Without a store it is closed on the next page.
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {}
  } catch {
    return {}
  }
}

function toggle(show) {
  pane.hidden = !show
  document.body.classList.toggle("with-preview", show)
  opener.setAttribute("aria-expanded", String(show))
  cover()
  if (show) {
    fit()
    refresh()
  }
  keep()
}

// Over the form it is all there is: the form below must not take the focus.
function cover() {
  const covered = !pane.hidden && !wide.matches
  for (const part of document.querySelectorAll(".story-text, .story-filing")) part.inert = covered
}

function press() {
  toggle(pane.hidden)
  if (!pane.hidden && !wide.matches) document.getElementById("preview-heading").focus()
}

function close() {
  toggle(false)
  opener.focus()
}

function begin() {
  opener.setAttribute("aria-expanded", "false")
  opener.setAttribute("aria-controls", pane.id)
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return // in a new tab, as everywhere
    event.preventDefault()
    press()
  })
  document.getElementById("preview-close").addEventListener("click", close)
  pane.addEventListener("keydown", (event) => event.key === "Escape" && close())
  for (const button of widths) button.addEventListener("click", () => choose(button))
  // Whatever may change the text; what did not change is not asked for again.
  for (const name of ["input", "change", "keyup", "click", "formset:added", "formset:removed", "desk:moved"]) {
    document.addEventListener(name, () => soon())
  }
  document.addEventListener("drop", () => soon())
  window.django?.jQuery(document).on("change", () => soon()) // Select2 tells jQuery alone
  wide.addEventListener("change", cover)
  new ResizeObserver(fit).observe(frame.parentElement)
  const bar = document.querySelector(".story-submit")
  new ResizeObserver(() => document.body.style.setProperty("--bar", `${bar.offsetHeight}px`)).observe(bar)
  const { open, width } = kept()
  const button = widths.find((each) => Number(each.dataset.width) === width)
  if (button) choose(button)
  if (open && wide.matches) toggle(true)
}

if (pane && opener) document.addEventListener("content-editor:ready", begin)
