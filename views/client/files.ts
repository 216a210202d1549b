// Files dropped on a page, or chosen: each goes to the server as it is; the server shows how far it is.
import { announce, find, near, on, refresh } from './dom.ts'

const OVER = 'dropping'
const TOO_MANY = 429
const WAIT_MS = 2000

/** Drops whose files are not all sent. */
let sending = 0

function zone(): HTMLElement | undefined {
  return find('[data-drop-zone]')
}

async function post(file: File, address: string, source: string): Promise<Response> {
  const headers = JSON.parse(find('#page')?.getAttribute('hx-headers:inherited') ?? '{}')
  const query = new URLSearchParams({ name: file.name, source, bytes: String(file.size) })
  return await fetch(`${address}?${query}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/octet-stream' },
    body: file,
  })
}

/** Sends a file, later when the server has enough to read. */
async function sendOne(file: File, address: string, source: string): Promise<void> {
  for (;;) {
    const answer = await post(file, address, source)
    if (answer.ok) return
    if (answer.status !== TOO_MANY) {
      throw new Error(
        (await answer.text())
          .replace(/<[^>]*>/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
      )
    }
    announce(`${file.name} waits: the server reads others first`)
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
  }
}

/** Keeps a file that was not sent in sight. */
function problem(file: File, error: Error): void {
  const lost = error instanceof TypeError ? 'the connection ended before all of it was sent' : ''
  const line = document.createElement('li')
  line.textContent = `${file.name} was not sent: ${lost || error.message}`
  find('[data-files-problems]')?.append(line)
  announce(line.textContent)
}

/** Sends files one after another. */
async function send(files: readonly File[]): Promise<void> {
  const place = zone()
  const address = place?.dataset.upload
  if (!place || address === undefined || files.length === 0) return
  const source = find<HTMLInputElement>('[data-files-source]', place)?.value.trim() ?? ''
  const shown = find('#imports')
  setTimeout(() => shown && refresh(shown), 150)
  find('[data-files-problems]', place)?.replaceChildren()
  let sent = 0
  sending++
  for (const file of files) {
    announce(`Sending ${file.name}`)
    try {
      await sendOne(file, address, source)
      sent++
    } catch (error) {
      problem(file, error as Error)
    }
    const section = find('#imports')
    if (section) refresh(section)
  }
  sending--
  const [first] = files
  if (files.length > 1) announce(`${sent} of ${files.length} files sent`)
  else if (sent === 1) announce(`${first?.name} sent`)
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true && zone() !== undefined
}

/** Listens for files that are dropped or chosen, and for the end of the page. */
export function startFiles(): void {
  // Leaving the page would end what is being sent; the browser asks.
  window.addEventListener('beforeunload', (event) => {
    if (sending > 0) event.preventDefault()
  })
  on('dragover', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    zone()?.classList.add(OVER)
  })
  on('dragleave', (event) => {
    if (event.relatedTarget === null) zone()?.classList.remove(OVER)
  })
  on('drop', (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    zone()?.classList.remove(OVER)
    void send([...(event.dataTransfer?.files ?? [])])
  })
  on('change', (event) => {
    const input = near<HTMLInputElement>(event, 'input[data-files]')
    if (!input) return
    void send([...(input.files ?? [])])
    input.value = ''
  })
}
