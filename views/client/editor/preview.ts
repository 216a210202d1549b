// The preview: starts it, shows how far it is, lets it be cancelled.
import { announce, find } from '../dom.ts'
import { tokenOf } from './server.ts'

interface Line {
  readonly progress?: number
  readonly html?: string
  readonly error?: string
}

/** Wires the preview's button. */
export function startPreview(form: HTMLFormElement): void {
  const button = find<HTMLButtonElement>('[data-preview-button]', form)
  const cancel = find<HTMLButtonElement>('[data-preview-cancel]', form)
  let running: AbortController | undefined
  button?.addEventListener('click', (event) => {
    event.preventDefault()
    running?.abort()
    const own = new AbortController()
    running = own
    void run(form, own.signal).finally(() => {
      if (running === own) running = undefined
    })
  })
  cancel?.addEventListener('click', () => running?.abort())
}

async function run(form: HTMLFormElement, signal: AbortSignal): Promise<void> {
  const bar = find<HTMLProgressElement>('.preview progress', form)
  const cancel = find('[data-preview-cancel]', form)
  const place = find('#preview', form)
  if (!bar || !cancel || !place) return
  delete form.dataset.stale
  bar.value = 0
  bar.hidden = false
  cancel.hidden = false
  try {
    for await (const line of linesOf(form, signal)) {
      if (line.progress !== undefined) bar.value = line.progress
      if (line.html !== undefined) place.innerHTML = line.html
      if (line.error !== undefined) problem(place, line.error)
    }
    announce('Preview done')
  } catch (error) {
    if (signal.aborted) announce('Preview cancelled')
    else problem(place, `no answer from the server (${error})`)
  } finally {
    bar.hidden = true
    cancel.hidden = true
  }
}

function problem(place: HTMLElement, text: string): void {
  const box = document.createElement('div')
  box.className = 'notice problem'
  box.setAttribute('role', 'alert')
  box.textContent = text
  place.replaceChildren(box)
}

async function* linesOf(form: HTMLFormElement, signal: AbortSignal): AsyncGenerator<Line> {
  const headers = { 'x-csrf-token': tokenOf(form) }
  const body = new FormData(form)
  const answer = await fetch(form.dataset.preview ?? '', { method: 'POST', body, headers, signal })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const part = await reader?.read()
    rest += part?.value ?? ''
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line) as Line
    if (part === undefined || part.done) return
  }
}
