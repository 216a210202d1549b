// The rule editor's own code, loaded by the page that holds `form[data-module]` and by no other. Without it
// the page is a form with two text areas.
import { announce, find } from '../dom.ts'
import { startPreview } from './preview.ts'
import { type Checked, createServer, type Server } from './server.ts'
import { createEditor, type Editor, showFindings } from './view.ts'

const CHECK_DELAY_MS = 350
const SAVE_DELAY_MS = 1_200
const FILES = ['text', 'test'] as const
type File = (typeof FILES)[number]

/** Puts an editor in the place of each text area. Called once for every page that is shown. */
export function mount(form: HTMLFormElement): void {
  if (form.dataset.mounted === '1') return
  form.dataset.mounted = '1'
  const server = createServer(form)
  const editors = {} as Record<File, Editor>
  const changed = whenQuiet(form, server, editors)
  for (const file of FILES) editors[file] = editorOf(form, file, server, changed)
  startTabs(form, editors)
  startPreview(form)
  startFindings(form, editors)
  startSubmit(form)
  void check(form, server, editors)
}

function editorOf(form: HTMLFormElement, file: File, server: Server, changed: () => void): Editor {
  const area = form.elements.namedItem(file) as HTMLTextAreaElement
  return createEditor(area, {
    complete: file === 'text' ? (text, at) => server.complete(text, at) : undefined,
    changed,
  })
}

/** Checks and saves after a moment without another keystroke. */
function whenQuiet(
  form: HTMLFormElement,
  server: Server,
  editors: Record<File, Editor>,
): () => void {
  let checking: ReturnType<typeof setTimeout> | undefined
  let saving: ReturnType<typeof setTimeout> | undefined
  return () => {
    form.dataset.changed = '1'
    form.dataset.stale = '1'
    clearTimeout(checking)
    clearTimeout(saving)
    checking = setTimeout(() => void check(form, server, editors), CHECK_DELAY_MS)
    saving = setTimeout(() => void save(form, server), SAVE_DELAY_MS)
  }
}

let lastCheck = 0

async function check(
  form: HTMLFormElement,
  server: Server,
  editors: Record<File, Editor>,
): Promise<void> {
  const own = ++lastCheck
  const checked = await server.check()
  if (own !== lastCheck || !form.isConnected || checked === undefined) return
  show(form, checked)
  for (const file of FILES)
    showFindings(
      editors[file],
      checked.findings.filter((finding) => finding.file === file),
    )
}

function show(form: HTMLFormElement, { html, facts, tests }: Checked): void {
  const list = find('#checks', form)
  if (list) list.innerHTML = html
  const line = find('#check-facts', form)
  if (line) line.textContent = facts.map((fact) => `, ${fact}`).join('')
  const count = find('#test-count', form)
  if (count) count.textContent = tests === 0 ? '' : String(tests)
}

let underWay: Promise<void> = Promise.resolve()

/** Saves one after another: each names the version that the one before made. */
function save(form: HTMLFormElement, server: Server): Promise<void> {
  underWay = underWay.then(() => saveNow(form, server))
  return underWay
}

async function saveNow(form: HTMLFormElement, server: Server): Promise<void> {
  if (!form.isConnected || form.dataset.changed !== '1') return
  delete form.dataset.changed
  const saved = await server.save()
  const line = find('#saved', form)
  if (saved.error !== undefined) {
    if (line) line.textContent = `not saved: ${saved.error}`
    announce(`Not saved: ${saved.error}`)
    return
  }
  set(form, 'draft', saved.draft)
  set(form, 'version', String(saved.version))
  if (line) line.textContent = 'saved just now'
  find<HTMLButtonElement>('button[value=discard]', form)?.removeAttribute('disabled')
  if (location.pathname + location.search !== saved.address)
    history.replaceState(history.state, '', saved.address)
}

function set(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name)
  if (field instanceof HTMLInputElement) field.value = value
}

function startTabs(form: HTMLFormElement, editors: Record<File, Editor>): void {
  form.classList.add('tabbed')
  select(form, 'text')
  find('[data-editor-tabs]', form)?.addEventListener('click', (event) => {
    const tab = (event.target as Element).closest('[role=tab]')
    if (tab === null) return
    const file: File = tab.id === 'tab-test' ? 'test' : 'text'
    select(form, file)
    editors[file].focus()
  })
}

function select(form: HTMLFormElement, file: File): void {
  for (const name of FILES) {
    find(`#tab-${name}`, form)?.setAttribute('aria-selected', String(name === file))
    find(`#panel-${name}`, form)?.toggleAttribute('hidden', name !== file)
  }
}

/** A finding in the list leads to its place. */
function startFindings(form: HTMLFormElement, editors: Record<File, Editor>): void {
  find('#checks', form)?.addEventListener('click', (event) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-line]')
    if (button === null) return
    const file: File = button.dataset.file === 'test' ? 'test' : 'text'
    select(form, file)
    editors[file].goTo(Number(button.dataset.line), Number(button.dataset.column))
  })
}

/** A save under way ends first, so that the form names the newest version. */
function startSubmit(form: HTMLFormElement): void {
  form.addEventListener('submit', (event) => {
    const button = event.submitter
    if (form.dataset.sending === '1' || !(button instanceof HTMLButtonElement)) return
    event.preventDefault()
    const question = button.dataset.confirm
    if (question !== undefined && !confirm(question)) return
    form.dataset.sending = '1'
    delete form.dataset.changed
    // While the event is under way a form refuses another submission.
    void underWay.then(() => setTimeout(() => form.requestSubmit(button)))
  })
}
